import type { ServerExchange } from '@isthmus/http1';

/** How often time limits are looked at. Milliseconds. */
const sweepInterval = 500;

/** A stream that may come too late. */
export interface TimedStream extends ServerExchange {
  /** Ends it when it is too late. `now` by performance.now(). */
  check(now: number): void;
}

/**
 * The streams of HTTP/2 that are open. Node ends connections that are silent, but neither a stream that one keeps alive
 * by others, nor one whose caller never takes its answer. One timer for all.
 */
export class StreamDeadlines {
  readonly #open = new Set<TimedStream>();
  #sweep: NodeJS.Timeout | undefined;

  /**
   * `timeout`: milliseconds for a request to arrive, and for a caller to take more of an answer. `tooLate` answers a
   * request that has not arrived in time.
   */
  constructor(
    readonly timeout: number,
    readonly tooLate: (exchange: ServerExchange) => void,
  ) {}

  add(stream: TimedStream): void {
    this.#open.add(stream);
    this.#sweep ??= setInterval(() => this.#check(), sweepInterval).unref();
  }

  delete(stream: TimedStream): void {
    this.#open.delete(stream);
    if (this.#open.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #check(): void {
    const now = performance.now();
    for (const stream of this.#open) stream.check(now);
  }
}
