import { worded } from '@isthmus/workflow-engine';
import type { AbortListener, CallSignal } from './call-signal.js';
import { ExchangeError } from './exchange-error.js';

/** Limits of an exchange. */
export interface ExchangeLimits {
  readonly signal: CallSignal;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** Bytes that an answer may have. */
  readonly contentSize: number;
}

/** An answer as it came, its body still encoded. */
export interface CollectedResponse {
  readonly statusCode: number;
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[];
  readonly bytes: Uint8Array;
}

/** Who waits for an answer. */
export interface AnswerTaker {
  resolve(response: CollectedResponse): void;
  reject(error: unknown): void;
}

/** An exchange as its client sees it. */
export interface RunningExchange {
  abort(reason: Error): void;
}

/** So many chunks are put together: an answer in chunks of a byte would take a hundred times its size. */
const chunksAtOnce = 1000;
const nothing = Buffer.alloc(0);

/**
 * Collects an answer under its limits, without streams in between: workflows need the whole answer anyway. A client
 * tells it what arrives, and names the exchange that is to be stopped.
 *
 * One is made for each call, so nothing here assigns a function to a member: V8 makes such functions where only a
 * whole collection finds them, and they would keep all of their call until then.
 */
export class AnswerCollector implements AbortListener {
  readonly #limits: ExchangeLimits;
  readonly #taker: AnswerTaker;
  readonly #timer: NodeJS.Timeout;
  /** Most answers come in one piece. */
  #first: Uint8Array | undefined;
  /** Further chunks: those that were put together, and those since. */
  #parts: Uint8Array[] | undefined;
  #chunks: Uint8Array[] | undefined;
  #size = 0;
  #statusCode = 0;
  #rawHeaders: readonly string[] = [];
  #isOver = false;
  /** Why the exchange was stopped from here. */
  stopped: Error | undefined;
  /** Ends the exchange on the side of the client. */
  exchange: RunningExchange | undefined;

  /** @throws the reason of a signal that is aborted already */
  constructor(limits: ExchangeLimits, taker: AnswerTaker) {
    limits.signal.throwIfAborted();
    this.#limits = limits;
    this.#taker = taker;
    this.#timer = setTimeout(() => this.stop(late()), limits.timeout);
    limits.signal.addEventListener('abort', this, { once: true });
  }

  /** The call is given up. */
  handleEvent(): void {
    this.stop(this.#limits.signal.reason as Error);
  }

  head(statusCode: number, rawHeaders: readonly string[]): void {
    this.#statusCode = statusCode;
    this.#rawHeaders = rawHeaders;
  }

  data(chunk: Uint8Array): void {
    this.#size += chunk.length;
    const { contentSize } = this.#limits;
    if (this.#size > contentSize) return this.stop(tooLarge(contentSize));
    if (this.#first === undefined) this.#first = chunk;
    else if ((this.#chunks ??= []).push(chunk) >= chunksAtOnce) {
      (this.#parts ??= []).push(Buffer.concat(this.#chunks));
      this.#chunks = undefined;
    }
  }

  end(): void {
    if (!this.#over()) return;
    const bytes = this.#bytes();
    this.#taker.resolve({ statusCode: this.#statusCode, rawHeaders: this.#rawHeaders, bytes });
  }

  #bytes(): Uint8Array {
    const first = this.#first ?? nothing;
    if (!this.#chunks && !this.#parts) return first;
    return Buffer.concat([first, ...(this.#parts ?? []), ...(this.#chunks ?? [])]);
  }

  fail(error: unknown): void {
    if (this.#over()) this.#taker.reject(this.stopped ?? error);
  }

  /** Settles at once: a connection that is still being made reports its end much later. */
  stop(reason: Error): void {
    if (!this.#over()) return;
    this.stopped = reason;
    this.#taker.reject(reason);
    this.exchange?.abort(reason);
  }

  /** False when it was over before. */
  #over(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#limits.signal.removeEventListener('abort', this);
    return true;
  }
}

function late(): ExchangeError {
  return new ExchangeError('BadRequest', 'Http request failed: the timeout was reached.', true);
}

/** The content of an answer is larger than it may be. */
export function tooLarge(limit: number): ExchangeError {
  const message = worded`Http request failed: the content is larger than the limit of '${limit}' bytes.`;
  return new ExchangeError('BadRequest', message, false);
}
