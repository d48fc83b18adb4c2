import type { ServerExchange } from '@isthmus/http1';
import { isSameName } from '@isthmus/policy-engine';
import { reasonOf } from '../errors.js';
import type { DataPlane } from '../handle-request.js';
import { debugHeader } from '../observability/call-traces.js';

/** The path that load balancers and orchestrators ask; it needs no key and tells nothing. */
export const statusPath = '/status-0123456789abcdef';

/** Below this path stand traces, for those who hold a debug credential. */
export const tracePath = '/trace-0123456789abcdef/';

const traceFields = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'];

/** Answers the gateway's own paths; false when the path is not one of them. */
export function answerGatewayPath(plane: DataPlane, exchange: ServerExchange): boolean {
  const { target } = exchange;
  if (target === statusPath || target.startsWith(`${statusPath}?`)) {
    const status = plane.model === undefined ? 503 : 200;
    exchange.answer({ status, reason: reasonOf(status), fields: [] });
    return true;
  }
  if (!target.startsWith(tracePath) || exchange.method !== 'GET') return false;
  const trace = plane.traces.read(target.slice(tracePath.length), credentialOf(exchange));
  // Whether a trace exists is nobody's business without a credential.
  const body = trace
    ? JSON.stringify(trace)
    : '{ "statusCode": 404, "message": "Resource not found" }';
  const status = trace ? 200 : 404;
  exchange.answer({ status, reason: reasonOf(status), fields: traceFields }, Buffer.from(body));
  return true;
}

function credentialOf({ fields }: ServerExchange): string | undefined {
  for (let at = 0; at < fields.length; at += 2)
    if (isSameName(debugHeader, fields[at]!)) return fields[at + 1];
  return undefined;
}
