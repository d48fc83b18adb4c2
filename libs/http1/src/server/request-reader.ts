import { ChunkedBody } from '../chunked-body.js';
import type { TakePiece } from '../chunked-body.js';
import { Http1Failure } from '../failure.js';
import { lineFeed, TooManyFields } from '../field-lines.js';
import { connectionFields } from '../connection-fields.js';
import { malformed, RefusedRequest } from './refused-request.js';
import { readReceivedHead, startsWithBlankLine } from './received-head.js';
import type { ReceivedHead } from './received-head.js';

/**
 * Reads requests of HTTP/1.1, one after the other, out of bytes that may be split anywhere. It knows no socket. It
 * refuses everything that can be read in two ways (RefusedRequest): request smuggling lives on that.
 */
export class RequestReader {
  readonly #mostHeadBytes: number;
  /** The beginning of a head that is not complete. */
  #held: Buffer | undefined;
  #blankLine = false;
  /** Bytes of the body that are to come. */
  #left = 0;
  #chunks: ChunkedBody | undefined;
  /** The head of the request that is being read, or was read last. */
  head: ReceivedHead | undefined;
  /** The request is complete: what comes next is the head of another. */
  ended = true;

  /** `mostHeadBytes`: of a head, and of the trailers behind a body. */
  constructor(mostHeadBytes: number) {
    this.#mostHeadBytes = mostHeadBytes;
  }

  /** Whether the beginning of a head waits for its end. */
  get started(): boolean {
    return this.#held !== undefined;
  }

  /**
   * Reads the next head, once the request before has ended. Gives the place behind it, with `head` set; or `to`, with
   * `head` undefined, when it is not complete: the bytes up to there are kept. At most one empty line before it is read
   * over (RFC 9112 section 2.2).
   */
  readHead(bytes: Buffer, from: number, to: number): number {
    this.head = undefined;
    try {
      return this.#held ? this.#readOn(bytes, from, to) : this.#readFirst(bytes, from, to);
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** Reads on in the body. Gives the place where it stopped: `to`, or behind the end of the request. */
  readBody(bytes: Buffer, from: number, to: number, take: TakePiece): number {
    if (!this.#chunks) {
      const end = Math.min(to, from + this.#left);
      if (end > from) take(bytes, from, end);
      this.#left -= end - from;
      this.ended = this.#left === 0;
      return end;
    }
    try {
      const end = this.#chunks.read(bytes, from, to, take);
      if (this.#chunks.ended) this.#endChunks(this.#chunks.trailers);
      return end;
    } catch (error) {
      throw asRefusal(error);
    }
  }

  #readFirst(bytes: Buffer, from: number, to: number): number {
    let at = from;
    if (!this.#blankLine && startsWithBlankLine(bytes, at, to)) {
      if (at + 1 >= to) return this.#hold(bytes, at, to);
      this.#blankLine = true;
      at += 2;
      if (at === to) return to;
    }
    const head = readReceivedHead(bytes, at, to);
    if (!head) return this.#hold(bytes, at, to);
    this.#begin(head);
    return at + head.size;
  }

  #readOn(bytes: Buffer, from: number, to: number): number {
    const held = this.#held!;
    const before = held.length;
    const all = Buffer.concat([held, bytes.subarray(from, to)]);
    this.#held = undefined;
    // Looked at again when a line has ended: a head that comes byte by byte costs little more than others.
    if (!bytes.subarray(from, to).includes(lineFeed)) {
      this.#hold(all, 0, all.length);
      return to;
    }
    const at = this.#readFirst(all, 0, all.length);
    return this.#held ? to : from + at - before;
  }

  /** Keeps the beginning of a head. */
  #hold(bytes: Buffer, from: number, to: number): number {
    if (to - from > this.#mostHeadBytes) throw tooLarge();
    this.#held = Buffer.from(bytes.subarray(from, to));
    return to;
  }

  /** How long the body is (RFC 9112 section 6.3): a request without a word about it has none. */
  #begin(head: ReceivedHead): void {
    if (head.size > this.#mostHeadBytes) throw tooLarge();
    this.head = head;
    this.#blankLine = false;
    this.#chunks = head.chunked ? new ChunkedBody(this.#mostHeadBytes) : undefined;
    this.#left = Math.max(0, head.length);
    this.ended = !head.hasBody;
  }

  /** Trailers are read over; those that speak of framing or connection after the fact have the request refused. */
  #endChunks(trailers: readonly string[]): void {
    for (let at = 0; at < trailers.length; at += 2) {
      if (connectionFields.find(trailers[at]!) !== undefined)
        throw malformed('The trailers frame the request anew.');
    }
    this.#chunks = undefined;
    this.ended = true;
  }
}

function tooLarge(): RefusedRequest {
  return new RefusedRequest(431, 'The head of the request is too large.');
}

function asRefusal(error: unknown): unknown {
  if (error instanceof TooManyFields) return new RefusedRequest(431, error.message);
  return error instanceof Http1Failure ? malformed(error.message) : error;
}
