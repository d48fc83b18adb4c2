import { carriageReturn, lineFeed, protocolError, scanFields, takeFields } from './field-lines.js';
import { ExtensionSyntax, semicolon } from './chunk-extension.js';

/** Most bytes of chunk extensions in one message: nobody needs them, an endless one costs time. */
const mostExtensionBytes = 16 * 1024;
/** Digits of a chunk size: more are no size that a number holds exactly. */
const mostSizeDigits = 13;

/** Parts of chunks up to this size are put together. Bytes. */
const smallPart = 512;
/** Bytes behind a part that may be nothing but the end of the body. */
const mostEnding = 16;
/** Where small parts of one read are put together. */
const together = Buffer.allocUnsafeSlow(16 * 1024);

const none: readonly string[] = [];

/** Takes pieces of content; the bytes are overwritten later, so it copies what it keeps. */
export type TakePiece = (bytes: Buffer, from: number, to: number) => void;

type Place = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailers' | 'end';

/**
 * Takes a chunked body apart (RFC 9112 section 7.1) however its bytes are split. Strict: a size is
 * hexadecimal digits and nothing else, every line ends in CR LF.
 */
export class ChunkedBody {
  #place: Place = 'size';
  /** Bytes of the chunk that are to come; while its size is read, the size so far. */
  #left = 0;
  #digits = 0;
  #extension = 0;
  /** Bytes that were put together and wait to be given. */
  #gathered = 0;
  readonly #mostTrailerBytes: number;
  readonly #syntax = new ExtensionSyntax();
  /** The beginning of trailers that are not complete. */
  #held: Buffer | undefined;
  /** Trailer fields as they came, once the body has ended: name, value, name, value, … */
  trailers = none;

  /** `mostTrailerBytes`: of the whole trailer section. */
  constructor(mostTrailerBytes: number) {
    this.#mostTrailerBytes = mostTrailerBytes;
  }

  get ended(): boolean {
    return this.#place === 'end';
  }

  /**
   * Reads on at `from`, and gives the content to `take`. Gives the place where it stopped: `to`, or
   * behind the end of the body. Throws Http1Failure for what is no chunk.
   */
  read(bytes: Buffer, from: number, to: number, take: TakePiece): number {
    let at = from;
    while (at < to && this.#place !== 'end') {
      if (this.#place === 'data') {
        const end = Math.min(to, at + this.#left);
        if (end - at <= smallPart && to - end > mostEnding) this.#gather(bytes, at, end, take);
        else {
          this.#give(take);
          take(bytes, at, end);
        }
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#place = 'data-cr';
      } else if (this.#place === 'trailers') at = this.#readTrailers(bytes, at, to);
      else if (this.#place === 'extension') at = this.#skipExtension(bytes, at, to);
      else this.#readByte(bytes[at++]!);
    }
    this.#give(take);
    return at;
  }

  /** Nothing more comes. Throws Http1Failure when what waits for its end is malformed already. */
  close(): void {
    if (this.#held) scanFields(this.#held, 0, this.#held.length);
  }

  /** Chunks of a byte each would cost their receivers a thousand times what they cost their sender. */
  #gather(bytes: Buffer, from: number, to: number, take: TakePiece): void {
    if (this.#gathered + to - from > together.length) this.#give(take);
    bytes.copy(together, this.#gathered, from, to);
    this.#gathered += to - from;
  }

  #give(take: TakePiece): void {
    if (this.#gathered === 0) return;
    const piece = Buffer.from(together.subarray(0, this.#gathered));
    this.#gathered = 0;
    take(piece, 0, piece.length);
  }

  #readByte(byte: number): void {
    const place = this.#place;
    if (place === 'size') this.#readSize(byte);
    else if (place === 'data-cr') {
      expect(byte, carriageReturn);
      this.#place = 'data-lf';
    } else {
      expect(byte, lineFeed);
      if (place === 'size-lf') this.#place = this.#left === 0 ? 'trailers' : 'data';
      else {
        this.#place = 'size';
        this.#digits = 0;
      }
    }
  }

  #readSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.#digits > mostSizeDigits) throw protocolError('A chunk has no sane size.');
      this.#left = this.#left * 16 + digit;
      return;
    }
    if (this.#digits === 0) throw protocolError('A chunk has no size.');
    if (byte === semicolon) {
      this.#syntax.begin();
      this.#place = 'extension';
    } else {
      expect(byte, carriageReturn);
      this.#place = 'size-lf';
    }
  }

  /** Extensions are read over (RFC 9112 section 7.1.1). */
  #skipExtension(bytes: Buffer, from: number, to: number): number {
    const end = this.#syntax.skip(bytes, from, to);
    this.#extension += end - from;
    if (this.#extension > mostExtensionBytes)
      throw protocolError('The chunks have too long extensions.');
    if (end === to) return to;
    expect(bytes[end]!, carriageReturn);
    this.#place = 'size-lf';
    return end + 1;
  }

  /** The section is read when all of it is here: nearly always it is an empty line. */
  #readTrailers(bytes: Buffer, from: number, to: number): number {
    const held = this.#held;
    const before = held?.length ?? 0;
    const all = held ? Buffer.concat([held, bytes.subarray(from, to)]) : bytes.subarray(from, to);
    const end = before > 0 && !mayEnd(all, before) ? -1 : scanFields(all, 0, all.length);
    if (end < 0) {
      if (all.length > this.#mostTrailerBytes) throw protocolError('The trailers are too long.');
      this.#held = Buffer.from(all);
      return to;
    }
    if (end > this.#mostTrailerBytes) throw protocolError('The trailers are too long.');
    this.trailers = end === 2 ? none : takeFields(all.toString('latin1', 0, end), 0);
    this.#held = undefined;
    this.#place = 'end';
    return from + end - before;
  }
}

/** Whether an empty line ends in the bytes that came behind the first `before`: one alone, or that behind the fields. */
function mayEnd(all: Buffer, before: number): boolean {
  return all[0] === carriageReturn || all.indexOf('\r\n\r\n', Math.max(0, before - 3)) >= 0;
}

function expect(byte: number, wanted: number): void {
  if (byte !== wanted) throw protocolError('The chunks are malformed.');
}

/** The value of a hexadecimal digit, or -1. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
