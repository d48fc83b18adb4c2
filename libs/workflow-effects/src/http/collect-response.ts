import type { Dispatcher } from 'undici';
import { ExchangeError } from './exchange-error.js';

/** The parts of an address that a request is sent by. */
export interface WireTarget {
  readonly origin: string;
  readonly hostname: string;
  /** With its query. */
  readonly path: string;
}

/** One request on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly target: WireTarget;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body?: Uint8Array;
}

/** Takes an address apart. */
export function wireTarget({ origin, hostname, pathname, search }: URL): WireTarget {
  return { origin, hostname, path: pathname + search };
}

/** Limits of an exchange. */
export interface ExchangeOptions {
  readonly dispatcher?: Dispatcher;
  readonly signal: AbortSignal;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** Bytes that an answer may have. */
  readonly contentSize: number;
}

/** An answer as it came, its body still encoded. */
export interface CollectedResponse {
  readonly statusCode: number;
  readonly rawHeaders: readonly string[];
  readonly bytes: Uint8Array;
}

/**
 * Sends a request and collects its answer, without streams in between: workflows need the whole answer anyway.
 * @throws ExchangeError, what the connection says, or the reason of the signal
 */
export function collectResponse(
  dispatcher: Dispatcher,
  request: WireRequest,
  options: ExchangeOptions,
): Promise<CollectedResponse> {
  const { origin, path } = request.target;
  return new Promise((resolve, reject) => {
    options.signal.throwIfAborted();
    const collector = new Collector(options, { resolve, reject });
    dispatcher.dispatch(
      {
        origin,
        path,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers as string[],
        body: request.body ?? null,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      collector,
    );
  });
}

interface Settle {
  resolve(response: CollectedResponse): void;
  reject(error: unknown): void;
}

class Collector implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => this.#stop(this.options.signal.reason as Error);
  #size = 0;
  #statusCode = 0;
  #rawHeaders: string[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #stopped: Error | undefined;

  constructor(
    private readonly options: ExchangeOptions,
    private readonly settle: Settle,
  ) {
    const late = 'Http request failed: the timeout was reached.';
    this.#timer = setTimeout(
      () => this.#stop(new ExchangeError('BadRequest', late, true)),
      options.timeout,
    );
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#stopped) controller.abort(this.#stopped);
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number): void {
    // Interim answers (1xx) are not the answer.
    if (statusCode < 200) return;
    this.#statusCode = statusCode;
    const raw = controller.rawHeaders as Buffer[];
    this.#rawHeaders = raw.map((part) => part.toString('latin1'));
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    const { contentSize } = this.options;
    if (this.#size <= contentSize) this.#chunks.push(chunk);
    else this.#stop(tooLarge(contentSize));
  }

  onResponseEnd(): void {
    this.#release();
    const [only] = this.#chunks;
    const bytes = only && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    this.settle.resolve({ statusCode: this.#statusCode, rawHeaders: this.#rawHeaders, bytes });
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#release();
    this.settle.reject(this.#stopped ?? error);
  }

  #stop(reason: Error): void {
    this.#stopped ??= reason;
    this.#release();
    // Settled here: a connection that is still being made reports its end much later.
    this.settle.reject(this.#stopped);
    this.#controller?.abort(this.#stopped);
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.options.signal.removeEventListener('abort', this.#onAbort);
  }
}

function tooLarge(limit: number): ExchangeError {
  const message = `Http request failed: the content is larger than the limit of '${limit}' bytes.`;
  return new ExchangeError('BadRequest', message, false);
}
