import { Http1Failure } from './failure.js';

/** Bytes of HTTP/1.1 messages. */
export const tab = 0x09;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
const colon = 0x3a;

/** Most fields of one section. */
const mostFields = 1000;

/** 1 for bytes of a token (RFC 9110 section 5.6.2). */
const isToken = tableOf((code) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(code)));

/** 1 for bytes of a field value: tab, blank, visible ASCII, and bytes above it (RFC 9110 section 5.5). */
const isText = tableOf((code) => code === tab || (code >= 0x20 && code !== 0x7f));

/** Start and end of name and value of each field that the last scan met. */
const marks = new Int32Array(mostFields * 4);
let fields = 0;

/** A message that cannot be read in exactly one way, or not at all: nothing of it is used. */
export function protocolError(message: string): Http1Failure {
  return new Http1Failure('http_protocol_error', true, { message });
}

/** A section with more fields than anybody needs. */
export class TooManyFields extends Http1Failure {
  constructor() {
    super('http_protocol_error', true, { message: 'There are too many header fields.' });
  }
}

export function isTokenByte(byte: number): boolean {
  return isToken[byte] === 1;
}

/** Where a token ends that starts at `at`: at the first byte that no token holds, or at `to`. */
export function skipToken(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && isToken[bytes[end]!] === 1) end++;
  return end;
}

/** Where text ends that starts at `at`: at the first byte that no text holds, or at `to`. */
export function skipText(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && isText[bytes[end]!] === 1) end++;
  return end;
}

/**
 * Looks for the field lines from `from` on, up to the empty line. Gives the place after that line, or
 * -1 when it is not among the bytes up to `to`; `takeFields` then gives the fields. Strict: names are
 * tokens right before their colon, lines end in CR LF, no line is folded, no control character passes.
 */
export function scanFields(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  fields = 0;
  for (;;) {
    if (at >= to) return -1;
    if (bytes[at] === carriageReturn) return endOfLine(bytes, at, to);
    const name = at;
    at = skipToken(bytes, at, to);
    if (at === to) return -1;
    if (bytes[at] !== colon || at === name)
      throw protocolError('A header line has no proper name.');
    const nameEnd = at++;
    while (at < to && (bytes[at] === space || bytes[at] === tab)) at++;
    const value = at;
    at = skipText(bytes, at, to);
    if (at === to) return -1;
    const next = endOfLine(bytes, at, to);
    if (next < 0) return -1;
    while (at > value && (bytes[at - 1] === space || bytes[at - 1] === tab)) at--;
    mark(name, nameEnd, value, at);
    at = next;
  }
}

function mark(name: number, nameEnd: number, value: number, valueEnd: number): void {
  if (fields === mostFields) throw new TooManyFields();
  const base = fields++ * 4;
  marks[base] = name;
  marks[base + 1] = nameEnd;
  marks[base + 2] = value;
  marks[base + 3] = valueEnd;
}

/** The place after CR LF, or -1 when the LF has not arrived. */
export function endOfLine(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] !== carriageReturn) throw protocolError('A header line holds a control character.');
  if (at + 1 >= to) return -1;
  if (bytes[at + 1] !== lineFeed) throw protocolError('A header line does not end in CR LF.');
  return at + 2;
}

/** The fields of the last scan: name, value, name, value, … `text` is Latin-1 of the bytes from `from` on. */
export function takeFields(text: string, from: number): string[] {
  const list: string[] = [];
  for (let base = 0, end = fields * 4; base < end; base += 4) {
    list.push(
      text.slice(marks[base]! - from, marks[base + 1]! - from),
      text.slice(marks[base + 2]! - from, marks[base + 3]! - from),
    );
  }
  return list;
}

/** A table with 1 for the bytes that it holds. */
export function tableOf(holds: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (holds(code) ? 1 : 0));
}
