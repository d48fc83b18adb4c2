import { isSameName } from '@isthmus/policy-engine';
import type { PolicyContext } from '@isthmus/policy-engine';
import { callCorrelation } from '../request/call-correlation.js';
import { GatewayRequest } from '../request/gateway-request.js';
import { hopFields, NameTable } from '@isthmus/http1';
import type { BackendModel } from './backend-model.js';
import { wireText } from './hop-headers.js';

/** Fields of one connection, those that are written anew for each message, and the one that is added where it is missing. */
type Rewritten = 'left' | 'content-length' | 'x-forwarded-for' | 'via' | 'x-ms-client-tracking-id';

const rewritten = new NameTable<Rewritten>([
  ['host', 'left'],
  ['expect', 'left'],
  ['traceparent', 'left'],
  ...['connection', 'keep-alive', 'transfer-encoding', ...hopFields].map(
    (name) => [name, 'left'] as const,
  ),
  ...(['content-length', 'x-forwarded-for', 'via', 'x-ms-client-tracking-id'] as const).map(
    (name) => [name, name] as const,
  ),
]);

/** What a backend entity adds to its requests. */
export interface EntityFields {
  readonly headers: BackendModel['headers'];
  /** Value of Authorization. */
  readonly authorization: string | undefined;
}

/**
 * The fields of a request to a backend: those of the context without hop-by-hop fields, the
 * credentials of the backend entity, and what a gateway adds. `streamed`: the body goes through as a
 * stream, and the caller's Content-Length with it; the length of bytes is written with them.
 */
export function outgoingHeaders(
  context: PolicyContext,
  entity: EntityFields | undefined,
  streamed: boolean,
): string[] {
  const { request } = context;
  const { raw, clean } = request.headers;
  const fields: string[] = [];
  let length: string | undefined;
  let chain: string | undefined;
  let via: string | undefined;
  let tracked = false;
  let underscored = false;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!;
    const value = clean ? raw[at + 1]! : wireText(raw[at + 1]!);
    switch (rewritten.find(name)) {
      case 'left':
        continue;
      case 'content-length':
        length = value;
        continue;
      case 'x-forwarded-for':
        chain = chain === undefined ? value : `${chain}, ${value}`;
        continue;
      case 'via':
        via = via === undefined ? value : `${via}, ${value}`;
        continue;
      case 'x-ms-client-tracking-id':
        tracked = true;
        break;
      case undefined:
        if (entity && sets(entity, name)) continue;
    }
    if (name.includes('_')) underscored = true;
    fields.push(name, value);
  }
  if (entity) addEntity(fields, entity);
  // The caller's Host stays behind; one that a policy set goes out.
  if (request.hostOverride !== null) fields.push('Host', request.hostOverride);
  if (streamed && length !== undefined) fields.push('Content-Length', length);
  const peer = request instanceof GatewayRequest ? request.peerAddress : request.ipAddress;
  fields.push('X-Forwarded-For', chain ? `${chain.replaceAll(/\s*,\s*/g, ', ')}, ${peer}` : peer);
  fields.push('Via', via ? `${via}, 1.1 isthmus` : '1.1 isthmus');
  addTrace(fields, context, tracked);
  return underscored ? withoutTwins(fields) : fields;
}

/** Servers that read "_" as "-" would take a caller's "X_User" for the "X-User" that a policy set: it stays behind. */
function withoutTwins(fields: readonly string[]): string[] {
  const names = new Set(fields.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()));
  const isTwin = (name: string): boolean =>
    name.includes('_') && names.has(name.toLowerCase().replaceAll('_', '-'));
  return fields.filter((_, at) => !isTwin(fields[at - (at % 2)]!));
}

/** What an entity sets itself does not come from the request as well. */
function sets({ headers, authorization }: EntityFields, name: string): boolean {
  if (authorization !== undefined && isSameName(name, 'authorization')) return true;
  return headers.some(([own]) => isSameName(name, own));
}

function addEntity(fields: string[], { headers, authorization }: EntityFields): void {
  for (const [name, values] of headers) for (const value of values) fields.push(name, value);
  if (authorization !== undefined) fields.push('Authorization', authorization);
}

/** The trace goes on with our span; the tracking id is the call's, unless a policy set another. */
function addTrace(fields: string[], { request, requestId }: PolicyContext, tracked: boolean): void {
  const correlation =
    request instanceof GatewayRequest
      ? request.correlation
      : callCorrelation(request.headers, requestId);
  const { traceId, spanId, flags, correlationId } = correlation;
  fields.push('traceparent', `00-${traceId}-${spanId}-${flags}`);
  if (!tracked) fields.push('x-ms-client-tracking-id', correlationId);
}
