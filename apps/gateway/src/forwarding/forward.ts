import { Body, Headers, Response, parseBaseUrl } from '@isthmus/policy-engine';
import type { Forward, ForwardOptions, PolicyContext, RequestUrl } from '@isthmus/policy-engine';
import type { BackendModel } from './backend-model.js';
import type { BackendStates, ChosenBackend } from './backend-states.js';
import type { ConnectionChoice, Dispatchers } from './dispatchers.js';
import { usualConnection } from './dispatchers.js';
import { exchange } from './exchange.js';
import type { Exchange, ExchangeWatcher } from './exchange.js';
import { BackendFailure } from './failures.js';
import { outgoingHeaders } from './outgoing-headers.js';
import type { EntityFields } from './outgoing-headers.js';
import { rememberFailure } from './last-failure.js';
import { originOf } from './origin.js';
import { GatewayRequest } from '../request/gateway-request.js';
import { followRedirects } from './redirects.js';
import { tlsCertificate } from '../services/certificates.js';

/** What forwarding works with; `backends` are those of one configuration. */
export interface ForwardServices {
  readonly dispatchers: Dispatchers;
  readonly states: BackendStates;
  readonly backends: ReadonlyMap<string, BackendModel>;
  /** Bytes of a body that policies may hold in memory. */
  readonly bodyBuffer: number;
  /** Where the Dapr sidecar listens. */
  readonly daprUrl: string;
}

/** Where a call goes, settled: entity and pool chosen. */
interface Destination {
  readonly url: RequestUrl;
  readonly chosen: ChosenBackend | undefined;
  readonly connection: ConnectionChoice;
}

/** Forwards requests to backends as the `forward-request` policy asks. */
export class HttpForward implements Forward {
  readonly #services: ForwardServices;

  constructor(services: ForwardServices) {
    this.#services = services;
  }

  forward(context: PolicyContext, options: ForwardOptions): Promise<Response> {
    try {
      // 1. Where to: service URL, backend entity, member of a pool.
      const destination = this.#destination(context, options);
      if (destination === 'open') return Promise.resolve(tripped());
      if (context.recorder) tellDestination(context, destination);
      // 2. What must be there before: a body that is sent again, a token of the gateway's identity.
      const model = destination.chosen?.model;
      return options.bufferRequestBody || options.followRedirects || model?.managedIdentity
        ? this.#prepareAndSend(context, options, destination)
        : this.#send(context, options, { ...destination, entity: model });
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  async #prepareAndSend(
    context: PolicyContext,
    options: ForwardOptions,
    destination: Destination,
  ): Promise<Response> {
    if (options.bufferRequestBody || options.followRedirects) await context.request.body?.buffer();
    const model = destination.chosen?.model;
    const entity = model && {
      headers: model.headers,
      authorization: model.authorization ?? (await identityToken(context, model)),
    };
    return this.#send(context, options, { ...destination, entity });
  }

  #send(
    context: PolicyContext,
    options: ForwardOptions,
    {
      url,
      chosen,
      connection,
      entity,
    }: Destination & { readonly entity: EntityFields | undefined },
  ): Promise<Response> {
    const { dispatchers, bodyBuffer } = this.#services;
    const { request } = context;
    const body = outgoingBody(request.body);
    const watcher = new ForwardWatcher(context, chosen);
    const message: Exchange = {
      transport: dispatchers.for(connection),
      method: request.method,
      origin: originOf(url),
      path: url.path + url.queryString,
      headers: outgoingHeaders(context, entity, body !== null && !(body instanceof Uint8Array)),
      body,
      timeout: options.timeout,
      bodyBuffer,
      gatherSmall: options.bufferResponse,
      cancellation: context.cancellation,
      interimTo: request instanceof GatewayRequest ? request.answer : undefined,
      // Of redirects, only the last answer counts.
      watcher: options.followRedirects ? undefined : watcher,
    };
    return options.followRedirects
      ? watched(followRedirects({ ...message, url }, dispatchers), watcher)
      : exchange(message);
  }

  #destination(context: PolicyContext, options: ForwardOptions): Destination | 'open' {
    const { target, request } = context;
    // Chosen backends have addresses of their own; expressions go on seeing the request's.
    const { url } = request;
    const http2 = options.httpVersion !== '1';
    const certificate = context.backendCertificate
      ? tlsCertificate(context.backendCertificate)
      : undefined;
    const own = (base: ConnectionChoice): ConnectionChoice =>
      certificate || http2 || context.proxy
        ? {
            ...base,
            allowHttp2: http2,
            ...(certificate ? { certificate } : {}),
            ...(context.proxy ? { proxy: context.proxy } : {}),
          }
        : base;
    switch (target.kind) {
      case 'service':
        if (context.parts.api?.serviceUrl === undefined)
          throw misconfigured('The API names no backend service.');
        return { url, chosen: undefined, connection: own(usualConnection) };
      case 'url':
        return { url, chosen: undefined, connection: own(usualConnection) };
      case 'dapr': {
        const url = request.url.clone();
        const app = target.namespace ? `${target.appId}.${target.namespace}` : target.appId;
        url.setBase(parseBaseUrl(this.#services.daprUrl));
        url.basePath = '';
        url.resourcePath = `/v1.0/invoke/${app}/method/${target.method.replace(/^\/+/, '')}`;
        return { url, chosen: undefined, connection: own(usualConnection) };
      }
      case 'entity': {
        const chosen = this.#services.states.choose(
          target.id,
          this.#services.backends,
          request.headers.text('cookie'),
        );
        if (chosen === undefined)
          throw misconfigured(`Backend with id '${target.id}' could not be found.`);
        if (chosen === 'open') return 'open';
        const url = request.url.clone();
        if (chosen.model.base) url.setBase(chosen.model.base);
        context.backendInfo = chosen.model.info;
        for (const [name, values] of chosen.model.query) url.query.set(name, values);
        return { url, chosen, connection: own(chosen.model.connection) };
      }
    }
  }
}

function misconfigured(message: string): BackendFailure {
  return new BackendFailure('BackendConnectionFailure', 'proxy_configuration_error', false, {
    message,
  });
}

/** Which member of a pool was chosen, and the address, stands in traces beside the request. */
function tellDestination(context: PolicyContext, { url, chosen }: Destination): void {
  context.record('forward-request', {
    message: 'The backend was chosen.',
    // Without the query, in which backends may have their credentials.
    backend: { id: chosen?.model.info.id ?? null, url: url.toString().split('?')[0] },
  });
}

/** All breakers are open: 503, as a response, so that retry and choose can see it. */
function tripped(): Response {
  const headers = Headers.from([
    ['Content-Type', 'application/json'],
    ['Proxy-Status', 'isthmus; error=destination_unavailable'],
  ]);
  const text =
    '{ "statusCode": 503, "message": "The backend service is temporarily unavailable." }';
  return new Response(503, 'Service Unavailable', headers, Body.fromText(text));
}

/** A stream can be sent once: a retry then sends nothing. */
function outgoingBody(body: Body | null): Uint8Array | AsyncIterable<Uint8Array> | null {
  const content = body?.send();
  return content === undefined || (content instanceof Uint8Array && content.length === 0)
    ? null
    : content;
}

/** Value of Authorization by the gateway's own identity, where the entity asks for it. */
async function identityToken(
  context: PolicyContext,
  { managedIdentity }: BackendModel,
): Promise<string | undefined> {
  if (!managedIdentity) return undefined;
  const { resource, clientId } = managedIdentity;
  return `Bearer ${await context.ports.tokens.managedIdentity(resource, clientId)}`;
}

async function watched(exchanged: Promise<Response>, watcher: ExchangeWatcher): Promise<Response> {
  try {
    const response = await exchanged;
    watcher.answered(response);
    return response;
  } catch (error) {
    if (error instanceof BackendFailure) watcher.failed(error);
    throw error;
  }
}

/** Tells the breaker and the caller's answer how a forwarded call ended. */
class ForwardWatcher implements ExchangeWatcher {
  constructor(
    private readonly context: PolicyContext,
    private readonly chosen: ChosenBackend | undefined,
  ) {}

  answered(response: Response): void {
    rememberFailure(this.context, undefined);
    const { chosen } = this;
    if (!chosen) return;
    chosen.breaker?.record({
      statusCode: response.statusCode,
      retryAfter: response.headers.text('retry-after'),
    });
    if (chosen.affinity) response.headers.append('Set-Cookie', chosen.affinity);
  }

  failed(failure: BackendFailure): void {
    rememberFailure(this.context, failure);
    if (failure.reason !== 'ClientConnectionFailure')
      this.chosen?.breaker?.record({ errorReason: failure.reason });
  }
}
