import type { NameTable } from './name-table.js';
import { connectionFields, namedByConnection } from './connection-fields.js';
import type { ConnectionField } from './connection-fields.js';
import { contentLength } from './field-text.js';
import {
  endOfLine,
  protocolError,
  scanFields,
  skipText,
  space,
  takeFields,
} from './field-lines.js';

/** The head of an answer: status line and fields, its framing settled. */
export class ResponseHead {
  /** The value of Content-Length; -1 without one. */
  length = -1;
  /** The body comes in chunks. */
  chunked = false;
  /** The backend keeps the connection after this answer. */
  readonly persistent: boolean;
  /** Milliseconds for which the backend keeps an idle connection, where it tells. */
  keepAlive: number | undefined;
  /** All fields as they came, for a call with `keepsAllFields`; undefined for others. */
  received: readonly string[] | undefined;
  /** Values of Connection. */
  #connection = '';

  /**
   * `headers`: name, value, name, value, …; the fields that were for this connection only are taken
   * out. Throws Http1Failure for framing that can be read in two ways.
   */
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly headers: string[],
    minorVersion: number,
  ) {
    let to = 0;
    for (let at = 0; at < headers.length; at += 2) {
      const name = headers[at]!;
      const value = headers[at + 1]!;
      const field = connectionFields.find(name);
      if (field !== undefined && this.#settle(field, value)) continue;
      headers[to++] = name;
      headers[to++] = value;
    }
    shorten(headers, to);
    if (this.chunked && this.length >= 0)
      throw protocolError('The answer has both Content-Length and Transfer-Encoding.');
    this.persistent = this.#isPersistent(minorVersion);
    const named = this.#connection === '' ? undefined : namedByConnection(this.#connection);
    if (named) removeNamed(headers, named);
  }

  /** Settles what a field says about the message or its connection. True when it stays behind. */
  #settle(field: ConnectionField, value: string): boolean {
    switch (field) {
      case 'content-length':
        if (this.length >= 0) throw protocolError('The answer has more than one Content-Length.');
        this.length = contentLength(value);
        if (this.length < 0) throw protocolError('The Content-Length of the answer is no number.');
        return false;
      case 'transfer-encoding':
        if (this.chunked || value.toLowerCase() !== 'chunked')
          throw protocolError('The answer has a transfer coding that is not known.');
        this.chunked = true;
        return true;
      case 'connection':
        this.#connection = this.#connection === '' ? value : `${this.#connection},${value}`;
        return true;
      case 'keep-alive': {
        const seconds = /(?:^|[,;\s])timeout\s*=\s*(\d{1,6})/i.exec(value)?.[1];
        if (seconds !== undefined) this.keepAlive = Number(seconds) * 1000;
        return true;
      }
      case 'hop':
        return true;
    }
  }

  /** RFC 9112 section 9.3. A message of HTTP/1.0 in chunks is read, but nothing after it (section 6.1). */
  #isPersistent(minorVersion: number): boolean {
    if (this.#connection === '' || this.#connection === 'keep-alive')
      return minorVersion === 1 || (this.#connection !== '' && !this.chunked);
    const options = this.#connection.toLowerCase();
    if (minorVersion === 1) return !hasOption(options, 'close');
    return !this.chunked && hasOption(options, 'keep-alive') && !hasOption(options, 'close');
  }
}

/**
 * Reads the head of an answer from `from` on. Gives it with the place where it ends; undefined when the
 * bytes up to `to` do not hold all of it. Throws Http1Failure for what is no head of HTTP/1.
 */
export function readHead(
  bytes: Buffer,
  from: number,
  to: number,
  keepsAllFields = false,
): { readonly head: ResponseHead; readonly end: number } | undefined {
  if (!startsLikeHead(bytes, from, to)) return undefined;
  const minorVersion = bytes[from + 7]! - 0x30;
  const status = statusOf(bytes, from + 9);
  let at = from + 12;
  if (bytes[at] === space) at++;
  else if (bytes[at] !== 0x0d) throw protocolError('The status line of the answer is malformed.');
  const reason = at;
  at = skipText(bytes, at, to);
  if (at === to) return undefined;
  const first = endOfLine(bytes, at, to);
  if (first < 0) return undefined;
  const end = scanFields(bytes, first, to);
  if (end < 0) return undefined;
  const text = bytes.toString('latin1', from, end);
  const fields = takeFields(text, from);
  const received = keepsAllFields ? [...fields] : undefined;
  const head = new ResponseHead(status, text.slice(reason - from, at - from), fields, minorVersion);
  head.received = received;
  return { head, end };
}

const version = Buffer.from('HTTP/1.');

/** False when there are too few bytes to tell; throws when they are no status line of HTTP/1. */
function startsLikeHead(bytes: Uint8Array, from: number, to: number): boolean {
  const there = Math.min(to - from, version.length);
  for (let at = 0; at < there; at++)
    if (bytes[from + at] !== version[at]) throw protocolError('The answer is no HTTP/1.');
  if (to - from < 13) return false;
  const minor = bytes[from + 7];
  if ((minor !== 0x30 && minor !== 0x31) || bytes[from + 8] !== space)
    throw protocolError('The answer has a version of HTTP that is not known.');
  return true;
}

function statusOf(bytes: Uint8Array, at: number): number {
  let status = 0;
  for (let index = 0; index < 3; index++) {
    const digit = bytes[at + index]! - 0x30;
    if (digit < 0 || digit > 9) throw protocolError('The status of the answer is no number.');
    status = status * 10 + digit;
  }
  if (status < 100) throw protocolError('The status of the answer is below 100.');
  return status;
}

function hasOption(options: string, option: string): boolean {
  return options === option || options.split(',').some((part) => part.trim() === option);
}

function removeNamed(headers: string[], named: NameTable<true>): void {
  let to = 0;
  for (let at = 0; at < headers.length; at += 2) {
    if (named.find(headers[at]!)) continue;
    headers[to++] = headers[at]!;
    headers[to++] = headers[at + 1]!;
  }
  shorten(headers, to);
}

/** V8 sets the length of an array by a call out of compiled code, and pops without. */
function shorten(list: string[], to: number): void {
  while (list.length > to) list.pop();
}
