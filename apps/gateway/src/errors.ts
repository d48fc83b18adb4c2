import type { ServerResponse } from 'node:http';

/** Answers of the gateway itself, made before or outside of any policy. Byte for byte, with their blanks. */
export const refusals = {
  400: '{ "statusCode": 400, "message": "Bad request" }',
  403: '{ "statusCode": 403, "message": "HTTPS is required" }',
  405: '{ "statusCode": 405, "message": "Method not allowed" }',
  417: '{ "statusCode": 417, "message": "Expectation failed" }',
  421: '{ "statusCode": 421, "message": "Misdirected request" }',
  503: '{ "statusCode": 503, "message": "Service unavailable" }',
} as const;

/** Connections that got a refusal and are about to close. */
const refused = new WeakSet<object>();

/** Whether a connection has had its last answer: what else comes on it is not answered. */
export function isRefused(socket: object): boolean {
  return refused.has(socket);
}

/** The answer that a connection is carrying, or will carry next. */
export function answerOn(socket: object): ServerResponse | undefined {
  // Node's own name for it.
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}

/** Sends a refusal and closes the connection: what follows on it may belong to anybody. */
export function refuse(response: ServerResponse, status: keyof typeof refusals): void {
  if (response.socket) refused.add(response.socket);
  const body = refusals[status];
  if (response.req.httpVersionMajor === 1) response.setHeader('Connection', 'close');
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** What a connection gets whose bytes are no HTTP/1.1; Node's parser has given up on it. */
export function malformed(code: string): string {
  const [status, reason] =
    code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large']
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout']
        : [400, 'Bad Request'];
  const body = `{ "statusCode": ${status}, "message": "${reason === 'Bad Request' ? 'Bad request' : reason}" }`;
  return `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}
