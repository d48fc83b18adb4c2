import { performance } from 'node:perf_hooks';
import {
  finishPipeline,
  isPreflight,
  PolicyContext,
  runPipeline,
  runPreflight,
} from '@isthmus/policy-engine';
import type { Ports } from '@isthmus/policy-engine';
import type { CallerWatcher, ServerExchange } from '@isthmus/http1';
import type { ApiModel, ConfigurationPorts, GatewayModel } from './configuration/gateway-model.js';
import type { Refusal } from './errors.js';
import { failureOf } from './forwarding/last-failure.js';
import type { CallTraces, TraceGrant } from './observability/call-traces.js';
import { Call } from './request/call.js';
import { canonicalRequest } from './request/canonical-request.js';
import type { CanonicalRequest, CanonicalRules } from './request/canonical-request.js';
import {
  builtInFailure,
  effectivePolicies,
  preflightPolicies,
} from './request/policies-of-request.js';
import { answerGatewayPath } from './request/gateway-paths.js';
import { route } from './routing/route.js';
import type { Routed } from './routing/route.js';
import { sendResponse } from './send-response.js';
import type { Sent } from './send-response.js';
import { authorise } from './subscriptions/authorise.js';

/** What handling requests needs of the process. */
export interface DataPlane {
  readonly rules: CanonicalRules;
  /** The model in force; undefined before the first configuration. */
  readonly model: GatewayModel | undefined;
  readonly traces: CallTraces;
  /** Headers that every answer gets (HSTS). */
  extraHeaders(exchange: ServerExchange): readonly string[];
  /** What is not for this listener: plain HTTP where HTTPS is required, a host of another certificate. True when it answered. */
  turnsAway(request: CanonicalRequest, exchange: ServerExchange): boolean;
  finished(call: FinishedCall): void;
  /** Refuses what never becomes a call; `reason` is for whoever reads the log. */
  refuse(exchange: ServerExchange, status: Refusal, reason: string): void;
}

/** A call that has ended, for log, metrics and traces. */
export interface FinishedCall {
  readonly context: PolicyContext;
  readonly routed: Routed;
  readonly sent: Sent;
  /** 0 when the caller left before an answer. */
  readonly statusCode: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** How a request came in, where it is not the usual way. */
export interface Arrival {
  /** Ports of this request alone: a WebSocket handshake forwards in its own way. */
  readonly ports?: (own: ConfigurationPorts) => Ports;
  /** Takes the answer before it is sent; true: it has been dealt with. */
  readonly answered?: (context: PolicyContext) => boolean;
}

const usual: Arrival = {};

/** The story of one request. A promise only when something waits; it rejects only by a defect. */
export function handleRequest(
  plane: DataPlane,
  exchange: ServerExchange,
  arrival: Arrival = usual,
): void | PromiseLike<void> {
  const started = performance.now();
  // 1. One model for the whole request, whatever is published meanwhile.
  const { model } = plane;
  if (answerGatewayPath(plane, exchange)) return;
  if (!model) return plane.refuse(exchange, 503, 'There is no configuration yet.');
  // 2. One canonical request; whatever could be read in two ways is refused.
  const canonical = canonicalRequest(exchange, plane.rules);
  if (!canonical.ok) return plane.refuse(exchange, canonical.status, canonical.reason);
  const { request } = canonical;
  if (plane.turnsAway(request, exchange)) return;
  // 3. Which API and operation.
  const routed = route(model, request);
  // 4. In whose name.
  const { api } = routed;
  const key = api && subscriptionKey(api, request);
  const permit =
    api && authorise(api, key, request.connection.key.in(model.subscriptions), Date.now);
  const granted = plane.traces.grant(request, api);
  const own = api?.ports ?? model.ports;
  const ports = arrival.ports?.(own) ?? own;
  const context = new PolicyContext(
    new Call({ model, canonical: request, routed, permit, key, granted, ports, exchange }),
  );
  if (context.recorder) plane.traces.begin(context, routed);
  // 5. A preflight is answered by the cors policies alone, before any key is asked for.
  const preflight =
    !routed.operation &&
    isPreflight(context.request) &&
    runPreflight(preflightPolicies(model, routed, request), context);
  // 6. The pipeline: inbound, backend (which forwards), outbound; any failure enters on-error.
  const policies = effectivePolicies(model, routed, permit);
  const running = preflight
    ? undefined
    : runPipeline(policies, context, builtInFailure(routed, permit, request));
  // 7. The answer, then what waits for it: counters, caches, log.
  const facts = { started, exchange, arrival, routed, request, granted };
  const ending = new Ending(plane, context, facts);
  if (!running) return ending.send();
  ending.watchCaller();
  return running.then(
    () => ending.send(),
    (defect: unknown) => ending.broke(defect),
  );
}

interface EndingFacts {
  /** By `performance.now()`. */
  readonly started: number;
  readonly exchange: ServerExchange;
  readonly arrival: Arrival;
  readonly routed: Routed;
  readonly request: CanonicalRequest;
  readonly granted: TraceGrant;
}

/** The end of a call: its answer leaves, then it is counted. */
class Ending implements FinishedCall, CallerWatcher {
  sent: Sent = nothingSent;
  statusCode = 0;
  duration = 0;

  constructor(
    private readonly plane: DataPlane,
    readonly context: PolicyContext,
    private readonly facts: EndingFacts,
  ) {}

  get routed(): Routed {
    return this.facts.routed;
  }

  send(): void | Promise<void> {
    try {
      return this.#send();
    } catch (defect) {
      return this.broke(defect);
    }
  }

  #send(): void | Promise<void> {
    const { context, plane } = this;
    const { exchange, arrival, granted } = this.facts;
    if (exchange.over) return this.#finish(cutOff);
    if (arrival.answered?.(context)) return this.#finish(nothingSent);
    const extra = plane.extraHeaders(exchange);
    const sent = sendResponse(
      context,
      exchange,
      granted || context.lastError
        ? [...extra, ...traceHeaders(granted), ...causeHeaders(context)]
        : extra,
    );
    if (!(sent instanceof Promise)) return this.#finish(sent);
    this.watchCaller();
    return sent.then((how) => this.#finish(how)).catch((defect: unknown) => this.broke(defect));
  }

  /** While something waits: the connection (or stream) of the caller may close before its answer has ended. */
  watchCaller(): void {
    this.facts.exchange.watcher = this;
  }

  callerGone(): void {
    this.context.cancellation.cancel();
  }

  #finish(sent: Sent): void | Promise<void> {
    const { context } = this;
    const { request, started } = this.facts;
    context.bytesTransferred = sent.bytes + request.bytes.received;
    this.sent = sent;
    this.statusCode = sent.aborted === 'client' ? 0 : (context.response?.statusCode ?? 500);
    this.duration = performance.now() - started;
    this.plane.finished(this);
    const rest = finishPipeline(context);
    return rest ? rest.then(() => this.#leave()) : this.#leave();
  }

  /** A defect of ours ended the call. */
  broke(defect: unknown): never {
    this.#leave();
    throw defect;
  }

  /** What a backend still sends by now nobody reads: an answer that was tried again, or that a policy replaced. */
  #leave(): void {
    this.facts.request.bytes.giveBack();
    const { cancellation } = this.context;
    const { listener } = cancellation;
    cancellation.listener = null;
    listener?.();
  }
}

const nothingSent: Sent = { bytes: 0 };
const cutOff: Sent = { bytes: 0, aborted: 'client' };

/** The key of a call: the header, or where there is none the query parameter. */
function subscriptionKey(api: ApiModel, request: CanonicalRequest): string | undefined {
  return request.headers.text(api.keyNames.header) ?? request.query.get(api.keyNames.query)?.[0];
}

function traceHeaders(granted: TraceGrant): readonly string[] {
  if (granted === undefined) return [];
  return 'recorder' in granted ? ['Apim-Trace-Id', granted.recorder.traceId] : granted.header;
}

/** The cause of an answer without a backend's response (RFC 9209). */
function causeHeaders(context: PolicyContext): readonly string[] {
  const failure = failureOf(context);
  return failure ? ['Proxy-Status', `isthmus; error=${failure.proxyStatus}`] : [];
}
