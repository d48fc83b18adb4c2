import { Http1Failure } from './failure.js';
import { connectionFields } from './connection-fields.js';
import { ChunkedBody } from './chunked-body.js';
import { protocolError } from './field-lines.js';
import { readHead } from './response-head.js';
import type { ResponseHead } from './response-head.js';

/** Who takes an answer, in this order: head once, data any number of times, end once. */
export interface ResponseSink {
  /** The final head shows the fields of the connection as well, as `received`. */
  readonly keepsAllFields?: boolean;
  /** Before the final head: an interim answer other than "100 Continue". */
  onInterim?(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  /** The chunk belongs to the receiver. */
  onData(chunk: Buffer): void;
  /** `trailers`: name, value, name, value, … */
  onEnd(trailers: readonly string[]): void;
}

/** Most bytes of a head, and of trailers. */
const mostHeadBytes = 64 * 1024;
/** Most interim answers before the final one. */
const mostInterim = 32;

const noTrailers: readonly string[] = [];

/**
 * Reads one answer of HTTP/1.1 out of bytes that may be split anywhere. It knows no socket: bytes go
 * in, events come out. Throws Http1Failure for everything that can be read in two ways (request and
 * response smuggling live on that); an answer that breaks off is never one that ended.
 */
export class ResponseReader {
  readonly #take = (bytes: Buffer, from: number, to: number): void =>
    this.#sink!.onData(copyOf(bytes, from, to));
  #sink: ResponseSink | undefined;
  #isHead = false;
  /** The beginning of a head that is not complete. */
  #held: Buffer | undefined;
  #interim = 0;
  #head: ResponseHead | undefined;
  /** Bytes of the body that are to come; -1: until the connection closes. */
  #left = 0;
  #chunks: ChunkedBody | undefined;
  /** The answer is complete. */
  ended = false;
  /** Bytes came behind the end: nothing on this connection can be trusted any more. */
  surplus = false;

  /** Reads the next answer. `method` is that of the request: an answer to HEAD has no body. */
  begin(sink: ResponseSink, method: string): void {
    this.#sink = sink;
    this.#isHead = method === 'HEAD';
    this.#held = this.#head = this.#chunks = undefined;
    this.#interim = this.#left = 0;
    this.ended = this.surplus = false;
  }

  /** The final head, once it is here. */
  get head(): ResponseHead | undefined {
    return this.#head;
  }

  /** Whether the connection may serve another request. */
  get reusable(): boolean {
    return this.ended && !this.surplus && this.#head?.persistent === true && !this.#doubtful();
  }

  /** Whether any byte has arrived. */
  get started(): boolean {
    return this.#head !== undefined || this.#held !== undefined || this.#interim > 0;
  }

  /** Takes the first `to` of the bytes, which may be overwritten afterwards. */
  read(bytes: Buffer, to: number): void {
    if (to === 0) return;
    let at = 0;
    if (!this.#head) {
      if (this.#held) {
        const before = this.#held.length;
        const all = Buffer.concat([this.#held, bytes.subarray(0, to)]);
        this.#held = all;
        // The head is looked at again only when it may be complete: a slow one costs no more than a fast one.
        if (all.length <= mostHeadBytes && all.indexOf('\r\n\r\n', Math.max(0, before - 3)) < 0)
          return;
        [bytes, to] = [all, all.length];
      }
      at = this.#readHead(bytes, to);
      if (at < 0) return;
    }
    at = this.#readBody(bytes, at, to);
    if (at < to) this.surplus = true;
  }

  /** The backend has closed its side. Gives the failure unless the answer is complete. */
  close(): Http1Failure | undefined {
    if (this.ended) return undefined;
    if (this.#head && this.#left < 0) {
      this.#end(noTrailers);
      return undefined;
    }
    try {
      if (this.#held) readHead(this.#held, 0, this.#held.length);
      this.#chunks?.close();
    } catch (error) {
      return error as Http1Failure;
    }
    const cause = this.started ? 'http_response_incomplete' : 'connection_terminated';
    return new Http1Failure(cause, true, {
      message: 'The backend closed the connection before its answer was complete.',
    });
  }

  /** Gives the place behind the final head, or -1. */
  #readHead(bytes: Buffer, to: number): number {
    let at = 0;
    for (;;) {
      const found = readHead(bytes, at, to, this.#sink!.keepsAllFields);
      if (!found || found.end - at > mostHeadBytes) {
        if (found || to - at > mostHeadBytes)
          throw protocolError('The head of the answer is too large.');
        this.#held = copyOf(bytes, at, to);
        return -1;
      }
      at = found.end;
      const { head } = found;
      if (head.status === 101)
        throw protocolError('The backend changes a protocol that nobody asked to.');
      if (head.status >= 200) {
        this.#held = undefined;
        this.#begin(head);
        return at;
      }
      if (++this.#interim > mostInterim)
        throw protocolError('The backend sent too many interim answers.');
      if (head.status !== 100) this.#sink!.onInterim?.(head);
      if (at === to) {
        this.#held = undefined;
        return -1;
      }
    }
  }

  /** How long the body is (RFC 9112 section 6.3). */
  #begin(head: ResponseHead): void {
    this.#head = head;
    this.#sink!.onHead(head);
    if (this.#isHead || head.status === 204 || head.status === 304) this.#end(noTrailers);
    else if (head.chunked) this.#chunks = new ChunkedBody(mostHeadBytes);
    else if (head.length === 0) this.#end(noTrailers);
    else this.#left = head.length;
  }

  #readBody(bytes: Buffer, from: number, to: number): number {
    if (this.ended || from === to) return from;
    if (this.#chunks) {
      const at = this.#chunks.read(bytes, from, to, this.#take);
      if (this.#chunks.ended) this.#end(endToEnd(this.#chunks.trailers));
      return at;
    }
    const end = this.#left < 0 ? to : Math.min(to, from + this.#left);
    this.#take(bytes, from, end);
    if (this.#left > 0) {
      this.#left -= end - from;
      if (this.#left === 0) this.#end(noTrailers);
    }
    return end;
  }

  #end(trailers: readonly string[]): void {
    this.ended = true;
    this.#sink!.onEnd(trailers);
  }

  /**
   * An answer without a body that tells of one: some backends send it all the same, and when it comes late,
   * the next caller would take it for the answer.
   */
  #doubtful(): boolean {
    const { status, chunked, length } = this.#head!;
    return (this.#isHead || status === 204 || status === 304) && (chunked || length > 0);
  }
}

/** Trailers may not frame the message or speak of the connection after the fact (RFC 9110 section 6.5.1). */
function endToEnd(fields: readonly string[]): readonly string[] {
  if (fields.length === 0) return fields;
  return fields.filter((_, at) => connectionFields.find(fields[at & ~1]!) === undefined);
}

function copyOf(bytes: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafe(to - from);
  bytes.copy(copy, 0, from, to);
  return copy;
}
