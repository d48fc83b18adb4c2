import { STATUS_CODES } from 'node:http';
import type { RefusedRequest, ServerExchange } from '@isthmus/http1';

/** Answers of the gateway itself, made before or outside of any policy. Byte for byte, with their blanks. */
export const refusals = {
  400: '{ "statusCode": 400, "message": "Bad request" }',
  403: '{ "statusCode": 403, "message": "HTTPS is required" }',
  405: '{ "statusCode": 405, "message": "Method not allowed" }',
  408: '{ "statusCode": 408, "message": "Request Timeout" }',
  417: '{ "statusCode": 417, "message": "Expectation failed" }',
  421: '{ "statusCode": 421, "message": "Misdirected request" }',
  431: '{ "statusCode": 431, "message": "Request Header Fields Too Large" }',
  503: '{ "statusCode": 503, "message": "Service unavailable" }',
} as const;

/** How a request is refused. */
export type Refusal = keyof typeof refusals;

/** Sends a refusal and closes the connection: what follows on it may belong to anybody. */
export function refuse(exchange: ServerExchange, status: Refusal): void {
  exchange.close();
  const fields = ['Content-Type', 'application/json'];
  exchange.answer({ status, reason: reasonOf(status), fields }, refusals[status]);
}

/** What a connection gets whose bytes are no request: the whole message. */
export function refusalOfBytes({ status }: RefusedRequest): string {
  const body = refusals[status];
  return `HTTP/1.1 ${status} ${reasonOf(status)}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

/** The usual words behind a status. */
export function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? '';
}
