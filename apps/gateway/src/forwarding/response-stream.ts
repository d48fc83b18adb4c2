import { BackendFailure } from './failures.js';
import type { CallHolder } from '@isthmus/http1';

/** Bytes that wait for the reader before the backend is told to wait. */
const highWater = 128 * 1024;

/**
 * The body of a backend's response as it arrives. It holds a bounded amount: when the reader is
 * slow, the connection to the backend is paused; when the reader leaves, the exchange is aborted.
 */
export class ResponseStream implements AsyncIterable<Uint8Array> {
  readonly #controller: CallHolder;
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  /** Trailer fields, once the body has ended: name, value, name, value, … */
  trailers: readonly string[] = [];

  constructor(controller: CallHolder) {
    this.#controller = controller;
  }

  /** Whether the whole body is here and can be had in one piece; trailers need a stream. */
  get complete(): boolean {
    return this.#ended && this.#failure === undefined && this.trailers.length === 0;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting >= highWater) this.#controller.pause();
    this.#signal();
  }

  end(trailers: readonly string[]): void {
    this.trailers = trailers;
    this.#ended = true;
    this.#signal();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#ended = true;
    this.#signal();
  }

  /** All that is here, at once. Meant for complete bodies. */
  takeAll(): Uint8Array {
    const [first, ...more] = this.#chunks;
    this.#chunks = [];
    this.#waiting = 0;
    return more.length === 0
      ? (first ?? new Uint8Array(0))
      : Buffer.concat([first ?? new Uint8Array(0), ...more]);
  }

  /** Stops the exchange; the connection is closed, since the rest of the answer is on its way. */
  cancel(): void {
    if (!this.#ended) this.#controller.abort(readerGone());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk) {
          this.#waiting -= chunk.length;
          if (this.#waiting < highWater / 2) this.#controller.resume();
          yield chunk;
        } else if (this.#failure) throw this.#failure;
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.cancel();
    }
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

function readerGone(): BackendFailure {
  return new BackendFailure('ClientConnectionFailure', 'connection_terminated', true, {
    message: 'The reader of the response is gone.',
  });
}
