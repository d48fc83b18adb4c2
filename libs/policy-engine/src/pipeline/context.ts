import type {
  ApiView,
  BackendView,
  CertificateView,
  DeploymentView,
  ExpressionContext,
  GraphQlView,
  ProductView,
  SubscriptionView,
  UserView,
} from '@isthmus/policy-expressions';
import type {
  ApiInfo,
  BackendInfo,
  DeploymentInfo,
  OperationInfo,
  ProductInfo,
  SubscriptionInfo,
  UserInfo,
  WorkspaceInfo,
} from '../model/entities.js';
import type { BodyRoom } from '../model/body.js';
import { Headers } from '../model/headers.js';
import { Response, type Request } from '../model/message.js';
import type { CertificateInfo } from '../model/entities.js';
import type { BackendTarget } from '../ports/forward.js';
import type { ProxyInfo } from '../ports/http.js';
import type { Ports } from '../ports/ports.js';
import { apiView, productView, subscriptionView, userView } from './entity-views.js';
import { Cancellation } from './cancellation.js';
import { defaultErrorBody } from './default-error-body.js';
import type { LastError, Place } from './policy-error.js';
import type { Section } from './scope.js';
import { ticksOfUnixMilliseconds, timeSpanText, timestampText } from './ticks.js';
import { toPolicyError } from './to-policy-error.js';
import type { TraceRecorder } from './trace.js';

/** Something to be done at the end of a call. */
export type Work = () => void | Promise<void>;

/** What the gateway knows about a request when its pipeline begins. */
export interface ContextParts {
  readonly request: Request;
  readonly ports: Ports;
  /** GUID with hyphens; also the activityId of default bodies. */
  readonly requestId: string;
  readonly deployment: DeploymentInfo;
  readonly api?: ApiInfo | undefined;
  readonly operation?: OperationInfo | undefined;
  readonly product?: ProductInfo | undefined;
  readonly subscription?: SubscriptionInfo | undefined;
  readonly user?: UserInfo | undefined;
  readonly workspace?: WorkspaceInfo | undefined;
  /** Present while the request is traced. */
  readonly trace?: TraceRecorder | undefined;
  /** Told when the caller went away. */
  readonly cancellation?: Cancellation | undefined;
  /** Where the bodies that the call holds in memory count. */
  readonly bodyRoom?: BodyRoom | undefined;
}

/** Everything that the steps of one request share. Views for expressions are made when first read. */
export class PolicyContext implements ExpressionContext {
  readonly request: Request;
  /** Null until a backend or a policy made one. */
  response: Response | null = null;
  readonly ports: Ports;
  readonly requestId: string;
  section: Section = 'inbound';
  /** The policy that runs; known only while the request is traced. */
  place: Place | null = null;
  lastError: LastError | null = null;
  /** Chosen by set-backend-service. */
  target: BackendTarget = { kind: 'service' };
  /** Set by the gateway when it resolved an entity or pool member. */
  backendInfo: BackendInfo | null = null;
  /** Set by authentication-certificate, for the connection to the backend. */
  backendCertificate: CertificateInfo | null = null;
  /** Set by the proxy policy. */
  proxy: ProxyInfo | null = null;
  /** Set inside GraphQL resolvers. */
  graphql: GraphQlView | null = null;
  /** Bytes of the request and response bodies; the gateway tells before `finishPipeline`. */
  bytesTransferred = 0;
  readonly recorder: TraceRecorder | null;
  readonly cancellation: Cancellation;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly parts: ContextParts;
  /** Where the caller's path went before any policy changed it. */
  readonly #firstPath: string;
  #variables: Map<string, unknown> | undefined;
  #responseHeaders: Headers | undefined;
  #onResponse: Work[] | undefined;
  #beforeResponse: Work[] | undefined;
  #afterwards: Work[] | undefined;
  #notes: Map<symbol, unknown> | undefined;
  #signal: AbortSignal | undefined;
  #api: ApiView | null | undefined;
  #product: ProductView | null | undefined;
  #subscription: SubscriptionView | null | undefined;
  #user: UserView | null | undefined;
  #deployment: DeploymentView | undefined;

  constructor(parts: ContextParts) {
    this.parts = parts;
    this.request = parts.request;
    this.ports = parts.ports;
    this.requestId = parts.requestId;
    this.recorder = parts.trace ?? null;
    this.cancellation = parts.cancellation ?? new Cancellation();
    this.startedAt = parts.ports.clock.now();
    this.#firstPath = parts.request.url.resourcePath;
  }

  /** Values as expressions produce them (`object`: numbers boxed). */
  get variables(): Map<string, unknown> {
    return (this.#variables ??= new Map());
  }

  /** Headers laid over every response that is made from now on (cors, rate-limit). */
  get responseHeaders(): Headers {
    return (this.#responseHeaders ??= new Headers());
  }

  /** Run when the response is there, before outbound; without outbound when the sections are done. */
  get onResponse(): Work[] {
    return (this.#onResponse ??= []);
  }

  /** Takes what is to be done when the response is there; undefined when it is nothing (more). */
  takeOnResponse(): readonly Work[] | undefined {
    const works = this.#onResponse;
    this.#onResponse = undefined;
    return works;
  }

  /** Run when the sections are done, before the response goes out (counting by the answer). */
  get beforeResponse(): Work[] {
    return (this.#beforeResponse ??= []);
  }

  /** Run by `finishPipeline`, after the response was sent. */
  get afterwards(): Work[] {
    return (this.#afterwards ??= []);
  }

  /** What is to be done at the end of the sections, or after the answer; undefined when it is nothing. */
  waiting(end: 'beforeResponse' | 'afterwards'): readonly Work[] | undefined {
    return end === 'afterwards' ? this.#afterwards : this.#beforeResponse;
  }

  /** Scratch space of policies that work in two sections (cache-lookup and cache-store), by their own symbols. */
  get notes(): Map<symbol, unknown> {
    return (this.#notes ??= new Map());
  }

  /** Aborted when the caller went away, or when `wait for="any"` needs no more answers. */
  get signal(): AbortSignal {
    return this.#signal ?? this.cancellation.signal;
  }

  set signal(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** The part of the caller's path that stands for the API (suffix and version). */
  get frontPath(): string {
    const { path } = this.request.originalUrl;
    return path.endsWith(this.#firstPath)
      ? path.slice(0, -this.#firstPath.length || undefined)
      : (this.parts.api?.path ?? '');
  }

  get api(): ApiView | null {
    return (this.#api ??= this.parts.api ? apiView(this.parts.api) : null);
  }

  get operation(): OperationInfo | null {
    return this.parts.operation ?? null;
  }

  get product(): ProductView | null {
    return (this.#product ??= this.parts.product ? productView(this.parts.product) : null);
  }

  get subscription(): SubscriptionView | null {
    return (this.#subscription ??= this.parts.subscription
      ? subscriptionView(this.parts.subscription)
      : null);
  }

  get user(): UserView | null {
    return (this.#user ??= this.parts.user ? userView(this.parts.user) : null);
  }

  get workspace(): WorkspaceInfo | null {
    return this.parts.workspace ?? null;
  }

  get backend(): BackendView | null {
    const backend = this.backendInfo;
    return backend
      ? { id: backend.id, type: backend.type, azureRegion: backend.azureRegion ?? null }
      : null;
  }

  get deployment(): DeploymentView {
    return (this.#deployment ??= deploymentView(this.parts.deployment));
  }

  get tracing(): boolean {
    return this.recorder !== null;
  }

  /** Ticks of 100 ns. */
  get elapsed(): bigint {
    return BigInt(Math.max(0, Math.round((this.ports.clock.now() - this.startedAt) * 10_000)));
  }

  /** UTC ticks. */
  get timestamp(): bigint {
    return ticksOfUnixMilliseconds(this.startedAt);
  }

  /** `context.Trace(text)` of expressions. */
  trace(message: string): void {
    this.record('trace', { message });
  }

  /** Adds an entry to the trace; nothing when the request is not traced. */
  record(source: string, data: unknown): void {
    if (!this.recorder) return;
    const { place } = this;
    this.recorder.add(this.section, {
      source,
      ...(place && this.section === place.section ? { scope: place.scope, path: place.path } : {}),
      ...(place?.policyId ? { policyId: place.policyId } : {}),
      timestamp: timestampText(this.ports.clock.now()),
      elapsed: timeSpanText(this.elapsed),
      data,
    });
  }

  /** Makes this the response; `responseHeaders` are laid over it. */
  setResponse(response: Response): void {
    this.response = response;
    this.#responseHeaders?.forEach((name, values) => layOver(response.headers, name, values));
  }

  /** The response, made when there is none yet (200, empty). */
  ensureResponse(): Response {
    if (!this.response) this.setResponse(new Response());
    return this.response!;
  }

  /** Replaces the response by the default one of an error, after the sections are done. */
  refuseResponse(error: unknown): void {
    const failure = toPolicyError(error, this.section);
    const response = new Response(failure.answer.statusCode, failure.answer.statusReason);
    response.body = defaultErrorBody(failure, this.requestId);
    response.headers.set('Content-Type', 'application/json');
    this.setResponse(response);
  }

  /** Sets a header on the present response and on every later one. */
  setResponseHeader(name: string, value: string): void {
    this.responseHeaders.set(name, value);
    if (this.response) layOver(this.response.headers, name, [value]);
  }
}

/** What the backend varies by stays beside what the gateway varies by. */
function layOver(headers: Headers, name: string, values: readonly string[]): void {
  const present = name === 'Vary' ? headers.text(name) : undefined;
  if (present === undefined) headers.set(name, values);
  else if (!present.split(',').some((one) => values.includes(one.trim())))
    headers.set(name, `${present}, ${values.join(', ')}`);
}

function deploymentView(info: DeploymentInfo): DeploymentView {
  const certificates = new Map<string, CertificateView>();
  for (const [id, certificate] of info.certificates) {
    certificates.set(id, {
      certificate: certificate.der,
      privateKey: certificate.privateKey ?? null,
    });
  }
  return {
    gatewayId: info.gatewayId,
    region: info.region,
    serviceId: info.serviceId,
    serviceName: info.serviceName,
    instanceId: info.instanceId,
    isManaged: info.gatewayId === 'managed',
    certificates,
    carbonIntensity: null,
  };
}
