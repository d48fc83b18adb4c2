import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  finishPipeline,
  isPreflight,
  PolicyContext,
  runPipeline,
  runPreflight,
} from '@isthmus/policy-engine';
import type { Ports, SubscriptionInfo } from '@isthmus/policy-engine';
import type { ApiModel, GatewayModel } from './configuration/gateway-model.js';
import { refuse } from './errors.js';
import { failureOf } from './forwarding/last-failure.js';
import type { CallTraces, TraceGrant } from './observability/call-traces.js';
import { callCorrelation } from './request/call-correlation.js';
import { canonicalRequest, callerUrl } from './request/canonical-request.js';
import type { CanonicalRequest, CanonicalRules } from './request/canonical-request.js';
import { clientCertificate } from './request/client-certificate.js';
import { GatewayRequest } from './request/gateway-request.js';
import {
  builtInFailure,
  effectivePolicies,
  preflightPolicies,
} from './request/policies-of-request.js';
import type { Permit } from './request/policies-of-request.js';
import { answerGatewayPath } from './request/gateway-paths.js';
import { letGo } from './request/incoming-body.js';
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
  /** Headers that every answer gets (HSTS, Connection while draining). */
  extraHeaders(message: IncomingMessage): readonly string[];
  /** What is not for this listener: plain HTTP where HTTPS is required, a host of another certificate. True when it answered. */
  turnsAway(message: IncomingMessage, request: CanonicalRequest, response: ServerResponse): boolean;
  finished(call: FinishedCall): void;
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
  /** Present when the caller waits for "100 Continue". */
  readonly sendContinue?: () => void;
  /** Ports of this request alone: a WebSocket handshake forwards in its own way. */
  readonly ports?: (model: GatewayModel) => Ports;
  /** Takes the answer before it is sent; true: it has been dealt with. */
  readonly answered?: (context: PolicyContext) => boolean;
}

/** The story of one request. A promise only when something waits; it rejects only by a defect. */
export function handleRequest(
  plane: DataPlane,
  message: IncomingMessage,
  response: ServerResponse,
  arrival: Arrival = {},
): void | Promise<void> {
  const started = performance.now();
  // 1. One model for the whole request, whatever is published meanwhile.
  const { model } = plane;
  if (answerGatewayPath(plane, message, response)) return;
  if (!model) return refuse(response, 503);
  // 2. One canonical request; whatever could be read in two ways is refused.
  const canonical = canonicalRequest(message, plane.rules, arrival.sendContinue);
  if (!canonical.ok) return refuse(response, canonical.status);
  const { request } = canonical;
  if (plane.turnsAway(message, request, response)) return;
  // 3. Which API and operation.
  const routed = route(model, request);
  // 4. In whose name.
  const key = routed.api && subscriptionKey(routed.api, request);
  const permit = routed.api && authorise(routed.api, key, model.subscriptions, Date.now());
  const granted = plane.traces.grant(request, routed.api);
  const context = makeContext({
    model,
    request,
    routed,
    message,
    response,
    permit,
    key,
    granted,
    ports: arrival.ports?.(model) ?? model.ports,
  });
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
  const finish = (sent: Sent): void | Promise<void> => {
    letGo(message);
    context.bytesTransferred = sent.bytes + request.received.bytes;
    const statusCode = sent.aborted === 'client' ? 0 : (context.response?.statusCode ?? 500);
    plane.finished({ context, routed, sent, statusCode, duration: performance.now() - started });
    return context.afterwards.length > 0 ? finishPipeline(context) : undefined;
  };
  const send = (): void | Promise<void> => {
    if (response.destroyed) return finish({ bytes: 0, aborted: 'client' });
    if (arrival.answered?.(context)) return finish({ bytes: 0 });
    const sent = sendResponse(context, response, [
      ...plane.extraHeaders(message),
      ...traceHeaders(granted),
      ...causeHeaders(context),
    ]);
    return sent instanceof Promise ? sent.then(finish) : finish(sent);
  };
  return running ? running.then(send) : send();
}

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

interface ContextInputs {
  readonly model: GatewayModel;
  readonly request: CanonicalRequest;
  readonly routed: Routed;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly permit: Permit | undefined;
  readonly key: string | undefined;
  readonly granted: TraceGrant;
  readonly ports: Ports;
}

function makeContext({
  model,
  request,
  routed,
  message,
  response,
  permit,
  key,
  granted,
  ports,
}: ContextInputs): PolicyContext {
  const original = callerUrl(request);
  const url = original.clone();
  // An unmatched request keeps its whole path; a matched one continues below the API's service URL.
  if (routed.operation && routed.api) {
    url.resourcePath = routed.rest;
    if (routed.api.base) url.setBase(routed.api.base);
  }
  const certificate = clientCertificate(message);
  const parts = {
    method: request.method,
    url,
    originalUrl: original,
    headers: request.headers,
    body: request.body,
    ipAddress: request.ipAddress,
    matchedParameters: routed.parameters,
    ...(certificate ? { clientCertificate: certificate } : {}),
  };
  const requestId = randomUUID();
  const gone = new AbortController();
  whenCallerLeaves(message, response, () => gone.abort());
  const subscription = permit?.ok ? permit.subscription : undefined;
  const workspace = routed.api?.workspace;
  return new PolicyContext({
    request: new GatewayRequest(
      parts,
      request.peerAddress,
      callCorrelation(request.headers, requestId),
    ),
    ports,
    requestId,
    deployment: model.deployment,
    api: routed.operation ? routed.api?.info : undefined,
    operation: routed.operation?.info,
    product: permit?.ok ? permit.product?.info : undefined,
    subscription: subscription && subscriptionInfo(subscription, key ?? ''),
    user:
      subscription?.ownerId === undefined
        ? undefined
        : model.users.get(subscription.ownerId.toLowerCase()),
    workspace: workspace === undefined ? undefined : { id: workspace, name: workspace },
    trace: granted && 'recorder' in granted ? granted.recorder : undefined,
    signal: gone.signal,
  });
}

/** Tells when the connection (or stream) of a caller closes before its answer has left. */
function whenCallerLeaves(
  message: IncomingMessage,
  response: ServerResponse,
  left: () => void,
): void {
  let sent = false;
  response.on('finish', () => (sent = true));
  response.on('close', () => {
    // HTTP/2 says "finish" for streams that were reset, too; there the end of ours counts.
    if (message.httpVersionMajor === 2 ? !response.writableEnded : !sent) left();
  });
}

function subscriptionInfo(
  subscription: NonNullable<(Permit & { ok: true })['subscription']>,
  key: string,
): SubscriptionInfo {
  return {
    id: subscription.id,
    name: subscription.displayName,
    key,
    primaryKey: '',
    secondaryKey: '',
    createdDate: subscription.createdDate,
    ...(subscription.startDate ? { startDate: subscription.startDate } : {}),
    ...(subscription.expirationDate ? { endDate: subscription.expirationDate } : {}),
  };
}
