import type { BodyFlow, BodyReceiver, PushedBody } from '../pushed-body.js';
import { CallerGone } from './server-exchange.js';

/** What a body comes from. */
export interface BodySource {
  /** Reads no more until `resume`. */
  pause(): void;
  resume(): void;
  /** Somebody wants the body: the caller may be waiting to be told to send it. */
  wanted(): void;
}

/** Bytes that wait for a reader before the source is told to wait. */
const highWater = 64 * 1024;
/** What a piece costs beyond its bytes: a body of tiny chunks must not take a hundred times its size. */
const pieceCost = 100;

/** The body of a request as it arrives; it holds a bounded amount for a reader that is slow or still to come. */
export class RequestBody implements PushedBody, BodyFlow {
  readonly #source: BodySource;
  #receiver: BodyReceiver | undefined;
  readonly #pieces: Uint8Array[] = [];
  #waiting = 0;
  /** The receiver has enough for now. */
  #blocked = false;
  #ended = false;
  #failure: Error | undefined;
  /** The receiver was told the end, or wants nothing more. */
  #over = false;

  constructor(source: BodySource) {
    this.#source = source;
  }

  pushTo(receiver: BodyReceiver): BodyFlow {
    this.#receiver = receiver;
    this.#source.wanted();
    if (this.#pieces.length > 0 || this.#ended || this.#failure) {
      // What is here already comes when the receiver knows its flow; until then it counts as having enough.
      this.#blocked = true;
      process.nextTick(() => this.resume());
    } else this.#source.resume();
    return this;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const pieces = new Pieces();
    const flow = this.pushTo(pieces);
    try {
      for (;;) {
        const piece = pieces.take();
        if (piece) yield piece;
        else if (pieces.failure) throw pieces.failure;
        else if (pieces.ended) return;
        else {
          flow.resume();
          await pieces.arrival();
        }
      }
    } finally {
      flow.stop();
    }
  }

  /** Takes what has arrived. */
  push(bytes: Uint8Array): void {
    if (this.#over) return;
    if (this.#receiver && !this.#blocked) {
      if (!this.#receiver.chunk(bytes)) this.#block();
      return;
    }
    this.#pieces.push(bytes);
    this.#waiting += bytes.length + pieceCost;
    if (this.#waiting >= highWater) this.#source.pause();
  }

  /** All of it is here. */
  finish(): void {
    this.#ended = true;
    if (this.#receiver && !this.#blocked) this.#tellEnd();
  }

  /** The rest never comes. */
  breakOff(): void {
    if (this.#over || this.#ended) return;
    this.#failure = new CallerGone();
    this.#pieces.length = 0;
    if (this.#receiver) this.#tellEnd();
  }

  resume(): void {
    const receiver = this.#receiver;
    if (!this.#blocked || this.#over || !receiver) return;
    this.#blocked = false;
    while (this.#pieces.length > 0) {
      const piece = this.#pieces.shift()!;
      this.#waiting -= piece.length + pieceCost;
      if (!receiver.chunk(piece)) return this.#block();
      if (this.#over) return;
    }
    if (this.#ended || this.#failure) this.#tellEnd();
    else this.#source.resume();
  }

  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#pieces.length = 0;
    // What nobody reads is left with its sender until the answer says how it goes on.
    if (!this.#ended) this.#source.pause();
  }

  #block(): void {
    this.#blocked = true;
    if (!this.#ended) this.#source.pause();
  }

  #tellEnd(): void {
    this.#over = true;
    if (this.#failure) this.#receiver!.fail(this.#failure);
    else this.#receiver!.end();
  }
}

/** Chunks on their way to whoever iterates. */
class Pieces implements BodyReceiver {
  readonly #pieces: Uint8Array[] = [];
  #waiting = 0;
  #wake: (() => void) | undefined;
  ended = false;
  failure: Error | undefined;

  take(): Uint8Array | undefined {
    const piece = this.#pieces.shift();
    if (piece) this.#waiting -= piece.length + pieceCost;
    return piece;
  }

  /** Resolves when something came; nothing may be there. */
  arrival(): Promise<void> {
    if (this.#pieces.length > 0 || this.ended || this.failure) return Promise.resolve();
    return new Promise((resolve) => (this.#wake = resolve));
  }

  chunk(bytes: Uint8Array): boolean {
    this.#pieces.push(bytes);
    this.#waiting += bytes.length + pieceCost;
    this.#signal();
    return this.#waiting < highWater;
  }

  end(): void {
    this.ended = true;
    this.#signal();
  }

  fail(error: Error): void {
    this.failure = error;
    this.#signal();
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
