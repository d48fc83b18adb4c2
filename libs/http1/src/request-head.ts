import { Http1Failure } from './failure.js';
import { connectionFields } from './connection-fields.js';
import { contentLength, isFieldName, isFieldValue, isTarget } from './field-text.js';

/** What the head of a request is made of. */
export interface RequestLine {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** Name, value, name, value, … A Content-Length is that of a body that streams. */
  readonly headers: readonly string[];
  /** Names and values were looked at before: tokens, and what a field value may hold. */
  readonly sound?: boolean;
}

/** How a request body is framed: its bytes, or -1 for chunks; undefined for no body. */
type BodyLength = number | undefined;

/** Methods whose requests say that they have no content (RFC 9110 section 8.6). */
const meansContent: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * The head of a request as text of Latin-1. `host` is the value of Host unless the fields have one.
 * Fields that frame the message are never taken from the list: exactly one framing leaves (CVE-2026-1525).
 * Throws Http1Failure for what would break the head.
 */
export function requestHead(
  { method, path, headers, sound = false }: RequestLine,
  host: string,
  body: BodyLength,
): string {
  if (!isFieldName(method)) throw unsendable('method');
  if (!isTarget(path)) throw unsendable('path');
  let own = '';
  let fields = '';
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!;
    const value = headers[at + 1]!;
    if (connectionFields.find(name)) continue;
    if (!sound && (!isFieldName(name) || !isFieldValue(value))) throw unsendable('header');
    const isHost = name.length === 4 && name.toLowerCase() === 'host';
    if (!isHost) fields += `${name}: ${value}\r\n`;
    else if (own === '') own = value;
    else throw unsendable('host');
  }
  return `${method} ${path} HTTP/1.1\r\nHost: ${own === '' ? host : own}\r\n${fields}${framing(method, body)}\r\n`;
}

function framing(method: string, body: BodyLength): string {
  if (body === undefined) return meansContent.has(method) ? 'Content-Length: 0\r\n' : '';
  return body < 0 ? 'Transfer-Encoding: chunked\r\n' : `Content-Length: ${body}\r\n`;
}

/** The length that a request tells of its body; -1 when it tells none. */
export function declaredLength(headers: readonly string[]): number {
  let length = -1;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!;
    if (name.length !== 14 || name.toLowerCase() !== 'content-length') continue;
    if (length >= 0) throw unsendable('Content-Length');
    length = contentLength(headers[at + 1]!);
    if (length < 0) throw unsendable('Content-Length');
  }
  return length;
}

function unsendable(part: string): Http1Failure {
  return new Http1Failure('proxy_internal_error', false, {
    message: `The ${part} of the request cannot be sent as HTTP/1.1.`,
  });
}
