import type { PolicyContext } from '@isthmus/policy-engine';
import { callCorrelation } from '../request/call-correlation.js';
import { GatewayRequest } from '../request/gateway-request.js';
import type { BackendModel } from './backend-model.js';
import { wireHeaders } from './hop-headers.js';

/** Fields that are written anew for each message. */
const rewritten: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'expect',
  'x-forwarded-for',
  'via',
  'traceparent',
]);

/**
 * The fields of a request to a backend: those of the context without hop-by-hop fields, the
 * credentials of the backend entity, and what a gateway adds. `streamedLength`: the caller's
 * Content-Length, where its body goes through as a stream.
 */
export function outgoingHeaders(
  context: PolicyContext,
  model: BackendModel | undefined,
  streamed: boolean,
): string[] {
  const { request } = context;
  const { headers } = request;
  const raw = wireHeaders(headers, model ? replacedBy(model) : rewritten);
  for (const [name, values] of model?.headers ?? [])
    for (const value of values) raw.push(name, value);
  if (model?.authorization) raw.push('Authorization', model.authorization);
  // The caller's Host stays behind; one that a policy set goes out.
  if (request.hostOverride !== null) raw.push('Host', request.hostOverride);
  // undici writes the length of bytes itself.
  const length = headers.text('content-length');
  if (streamed && length !== undefined) raw.push('Content-Length', length);
  const peer = request instanceof GatewayRequest ? request.peerAddress : request.ipAddress;
  const chain = headers.text('x-forwarded-for');
  raw.push('X-Forwarded-For', chain ? `${chain.replaceAll(/\s*,\s*/g, ', ')}, ${peer}` : peer);
  const via = headers.text('via');
  raw.push('Via', via ? `${via}, 1.1 isthmus` : '1.1 isthmus');
  addTrace(raw, context);
  return raw;
}

/** What an entity sets itself does not come from the request as well. */
function replacedBy(model: BackendModel): ReadonlySet<string> {
  const replaced = new Set(rewritten);
  for (const [name] of model.headers) replaced.add(name.toLowerCase());
  if (model.authorization) replaced.add('authorization');
  return replaced;
}

/** The trace goes on with our span; the tracking id is the call's, unless a policy set another. */
function addTrace(raw: string[], { request, requestId }: PolicyContext): void {
  const correlation =
    request instanceof GatewayRequest
      ? request.correlation
      : callCorrelation(request.headers, requestId);
  const { traceId, spanId, flags, correlationId } = correlation;
  raw.push('traceparent', `00-${traceId}-${spanId}-${flags}`);
  if (!request.headers.has('x-ms-client-tracking-id'))
    raw.push('x-ms-client-tracking-id', correlationId);
}
