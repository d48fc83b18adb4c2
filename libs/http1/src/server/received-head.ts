import { METHODS } from 'node:http';
import {
  carriageReturn,
  endOfLine,
  lineFeed,
  scanFields,
  skipToken,
  space,
  tableOf,
  takeFields,
} from '../field-lines.js';
import { contentLength } from '../field-text.js';
import { NameTable } from '../name-table.js';
import { malformed } from './refused-request.js';

interface Method {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Methods that are known, by their lengths, usual ones first. CONNECT asks for a tunnel: there is none. */
const methods: readonly (readonly Method[])[] = methodsByLength();

/** 1 for visible ASCII but "#": a target has no fragment (RFC 9112 section 3.2). */
const isTarget = tableOf((code) => code > 0x20 && code < 0x7f && code !== 0x23);

const slash = 0x2f;
const asterisk = 0x2a;
/** A target in absolute form: a host with an optional port, then a path or query. */
const absolute = /^https?:\/\/(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:[/?]|$)/i;

/** A tab beside a coding is allowed (RFC 9110 section 5.5), but others do not take it for a blank: who forwards decides. */
const tabbedCoding = /\r\ntransfer-encoding:[^\r]*\t/i;

const version = Buffer.from('HTTP/1.');

type FramingField = 'content-length' | 'transfer-encoding' | 'connection' | 'expect' | 'upgrade';

const framingFields = new NameTable<FramingField>(
  (['content-length', 'transfer-encoding', 'connection', 'expect', 'upgrade'] as const).map(
    (name) => [name, name] as const,
  ),
);

/** What a caller wants to hear before it sends the body: "100 Continue", or something that nobody knows. */
export type Expectation = 'continue' | 'unknown';

/** The head of a request: request line and fields, its framing settled (RFC 9112 section 6). */
export class ReceivedHead {
  /** Bytes of the head. */
  size = 0;
  /** The value of Content-Length; -1 without one. */
  length = -1;
  /** The body comes in chunks. */
  chunked = false;
  expects: Expectation | undefined;
  /** The caller offers to change to another protocol: the value of Upgrade. */
  upgrade: string | undefined;
  /** The caller keeps the connection after the answer; one of HTTP/1.0 only when it says so (RFC 9112 section 9.3). */
  readonly persistent: boolean;
  #closes = false;
  #keeps = false;
  #offers = false;

  /** `fields`: name, value, name, value, … as they came. Throws RefusedRequest for framing that can be read in two ways. */
  constructor(
    readonly method: string,
    readonly target: string,
    readonly minorVersion: 0 | 1,
    readonly fields: readonly string[],
  ) {
    for (let at = 0; at < fields.length; at += 2) {
      const field = framingFields.find(fields[at]!);
      if (field !== undefined) this.#settle(field, fields[at + 1]!);
    }
    if (this.chunked && this.length >= 0)
      throw malformed('The request has both Content-Length and Transfer-Encoding.');
    this.persistent = (minorVersion === 1 || this.#keeps) && !this.#closes;
    // An offer of HTTP/1.0 is none (RFC 9110 section 7.8).
    if (!this.#offers || this.hasBody || minorVersion === 0) this.upgrade = undefined;
  }

  get hasBody(): boolean {
    return this.chunked || this.length > 0;
  }

  #settle(field: FramingField, value: string): void {
    switch (field) {
      case 'content-length':
        if (this.length >= 0) throw malformed('The request has more than one Content-Length.');
        this.length = contentLength(value);
        if (this.length < 0) throw malformed('The Content-Length is no number.');
        return;
      case 'transfer-encoding':
        if (this.minorVersion === 0) throw malformed('HTTP/1.0 knows no Transfer-Encoding.');
        if (this.chunked || value.toLowerCase() !== 'chunked')
          throw malformed('The request has a transfer coding that is not known.');
        this.chunked = true;
        return;
      case 'connection':
        if (value === 'keep-alive') this.#keeps = true;
        else this.#settleConnection(value);
        return;
      case 'expect':
        if (this.minorVersion === 0) return;
        this.expects =
          this.expects === undefined && value.toLowerCase() === '100-continue'
            ? 'continue'
            : 'unknown';
        return;
      case 'upgrade':
        this.upgrade = this.upgrade === undefined ? value : `${this.upgrade}, ${value}`;
    }
  }

  #settleConnection(value: string): void {
    for (const part of value.toLowerCase().split(',')) {
      const option = part.trim();
      if (option === 'close') this.#closes = true;
      else if (option === 'keep-alive') this.#keeps = true;
      else if (option === 'upgrade') this.#offers = true;
    }
  }
}

/**
 * Reads the head of a request from `from` on; undefined when the bytes up to `to` do not hold all of it. Throws
 * RefusedRequest or Http1Failure for what is no head of HTTP/1: exactly one blank between the parts of the request
 * line, every line ends in CR LF.
 */
export function readReceivedHead(
  bytes: Buffer,
  from: number,
  to: number,
): ReceivedHead | undefined {
  const methodEnd = skipToken(bytes, from, to);
  if (methodEnd - from >= methods.length) throw malformed('The method is not known.');
  if (methodEnd === to) return undefined;
  if (bytes[methodEnd] !== space || methodEnd === from)
    throw malformed('The request line has no proper method.');
  const method = methodOf(bytes, from, methodEnd);
  if (method === undefined) throw malformed('The method is not known.');
  const target = methodEnd + 1;
  let at = target;
  while (at < to && isTarget[bytes[at]!] === 1) at++;
  if (at === to) return undefined;
  if (bytes[at] !== space || at === target) throw malformed('The request target is malformed.');
  const targetEnd = at++;
  const lineEnd = endOfVersion(bytes, at, to);
  if (lineEnd < 0) return undefined;
  const end = scanFields(bytes, lineEnd, to);
  if (end < 0) return undefined;
  const text = bytes.toString('latin1', from, end);
  const wanted = text.slice(target - from, targetEnd - from);
  checkTarget(bytes[target]!, wanted);
  const minorVersion = bytes[at + 7] === 0x31 ? 1 : 0;
  const head = new ReceivedHead(method, wanted, minorVersion, takeFields(text, from));
  head.size = end - from;
  if (head.chunked && tabbedCoding.test(text))
    throw malformed('The request has a transfer coding that is not known.');
  return head;
}

function methodsByLength(): Method[][] {
  const lengths: Method[][] = [];
  const known = METHODS.filter((name) => name !== 'CONNECT');
  for (const name of new Set(['GET', 'POST', 'HEAD', ...known])) {
    while (lengths.length <= name.length) lengths.push([]);
    lengths[name.length]!.push({ name, bytes: Buffer.from(name) });
  }
  return lengths;
}

/** A known method, without making a text of it. */
function methodOf(bytes: Buffer, from: number, to: number): string | undefined {
  for (const method of methods[to - from]!) {
    let at = 0;
    while (from + at < to && bytes[from + at] === method.bytes[at]) at++;
    if (from + at === to) return method.name;
  }
  return undefined;
}

/** The place behind the request line, or -1 when its end has not arrived. */
function endOfVersion(bytes: Buffer, from: number, to: number): number {
  const there = Math.min(to - from, version.length);
  for (let at = 0; at < there; at++)
    if (bytes[from + at] !== version[at]) throw malformed('The request is no HTTP/1.');
  if (to - from <= version.length) return -1;
  const minor = bytes[from + version.length]!;
  if (minor !== 0x30 && minor !== 0x31) throw malformed('The version of HTTP is not known.');
  const end = from + version.length + 1;
  return end >= to ? -1 : endOfLine(bytes, end, to);
}

/** Origin form, absolute form, or the asterisk (RFC 9112 section 3.2). */
function checkTarget(first: number, target: string): void {
  if (first === slash || (first === asterisk && target.length === 1)) return;
  if (!absolute.test(target)) throw malformed('The request target has no known form.');
}

/** Whether an empty line may stand between `from` and `to`, as far as it has arrived. */
export function startsWithBlankLine(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes[from] === carriageReturn && (from + 1 >= to || bytes[from + 1] === lineFeed);
}
