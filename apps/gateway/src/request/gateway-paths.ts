import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DataPlane } from '../handle-request.js';
import { debugHeader } from '../observability/call-traces.js';

/** The path that load balancers and orchestrators ask; it needs no key and tells nothing. */
export const statusPath = '/status-0123456789abcdef';

/** Below this path stand traces, for those who hold a debug credential. */
export const tracePath = '/trace-0123456789abcdef/';

/** Answers the gateway's own paths; false when the path is not one of them. */
export function answerGatewayPath(
  plane: DataPlane,
  message: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { url = '' } = message;
  if (url === statusPath || url.startsWith(`${statusPath}?`)) {
    response.writeHead(plane.model === undefined ? 503 : 200, { 'Content-Length': 0 });
    response.end();
    return true;
  }
  if (!url.startsWith(tracePath) || message.method !== 'GET') return false;
  const token = message.headers[debugHeader];
  const trace = plane.traces.read(
    url.slice(tracePath.length),
    typeof token === 'string' ? token : undefined,
  );
  // Whether a trace exists is nobody's business without a credential.
  const body = trace
    ? JSON.stringify(trace)
    : '{ "statusCode": 404, "message": "Resource not found" }';
  response.writeHead(trace ? 200 : 404, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
  return true;
}
