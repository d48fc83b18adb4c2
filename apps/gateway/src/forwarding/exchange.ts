import { Body, bodyOptions, Headers, Response } from '@isthmus/policy-engine';
import type { Dispatcher } from 'undici';
import { backendFailure, BackendFailure, timedOut } from './failures.js';
import { removeHopHeaders } from './hop-headers.js';
import { ResponseStream } from './response-stream.js';

/** One request as it leaves. */
export interface Exchange {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
  readonly method: string;
  /** Name, value, name, value … without hop-by-hop fields. */
  readonly headers: string[];
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  /** Milliseconds until the response headers must be there; 0: no limit. */
  readonly timeout: number;
  /** Bytes of a response that policies may hold in memory. */
  readonly bodyBuffer: number;
  /** Small bodies come with the headers, in one piece; false where every chunk counts at once. */
  readonly gatherSmall: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A body up to this size is awaited, so that it leaves with its headers in one write. Bytes. */
const smallBody = 64 * 1024;

/**
 * Performs an exchange. Resolves when the response headers are there (small bodies included), the
 * body streams with back-pressure. Rejects with BackendFailure when there is no response.
 */
export function exchange(request: Exchange): Promise<Response> {
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(request, resolve, reject);
    try {
      request.dispatcher.dispatch(
        {
          origin: request.origin,
          path: request.path,
          method: request.method as Dispatcher.HttpMethod,
          headers: request.headers,
          // undici reads any iterable of bytes; its types name fewer.
          body: request.body as unknown as Buffer | null,
          headersTimeout: 0,
          bodyTimeout: 300_000,
        },
        handler,
      );
    } catch (error) {
      handler.onResponseError(undefined, error as Error);
    }
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #request: Exchange;
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onAbort: (() => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #stop: BackendFailure | undefined;
  #stream: ResponseStream | undefined;
  #head: { status: number; reason: string; headers: Headers } | undefined;
  #answered = false;

  constructor(
    request: Exchange,
    resolve: (response: Response) => void,
    reject: (error: Error) => void,
  ) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    if (request.timeout > 0)
      this.#timer = setTimeout(() => this.#abort(timedOut()), request.timeout);
    if (request.signal) {
      this.#onAbort = () =>
        this.#abort(new BackendFailure('ClientConnectionFailure', 'connection_terminated', true));
      request.signal.addEventListener('abort', this.#onAbort, { once: true });
      if (request.signal.aborted) this.#onAbort();
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#stop) controller.abort(this.#stop);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    parsed: Record<string, string | string[] | undefined>,
    reason = '',
  ): void {
    if (status < 200) return;
    clearTimeout(this.#timer);
    const headers = readHeaders(controller.rawHeaders, parsed);
    removeHopHeaders(headers);
    this.#head = { status, reason, headers };
    this.#stream = new ResponseStream(controller);
    if (!this.#isSmall(headers, status)) this.#answer();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#stream?.push(chunk);
  }

  onResponseEnd(
    _controller: Dispatcher.DispatchController,
    trailers: Record<string, string | string[] | undefined>,
  ): void {
    this.#release();
    this.#stream?.end(trailers ?? {});
    if (!this.#answered) this.#answer();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#release();
    const failure = this.#stop ?? backendFailure(error);
    if (this.#answered) this.#stream?.fail(failure);
    else {
      this.#answered = true;
      this.#reject(failure);
    }
  }

  #answer(): void {
    if (!this.#head || !this.#stream) return;
    this.#answered = true;
    const { status, reason, headers } = this.#head;
    const options = bodyOptions(headers, this.#request.bodyBuffer);
    const none = this.#request.method === 'HEAD' || status === 204 || status === 304;
    const stream = this.#stream;
    const body = none
      ? null
      : stream.complete
        ? Body.fromBytes(stream.takeAll(), options)
        : Body.fromStream(stream, options);
    this.#resolve(new Response(status, reason, headers, body));
  }

  #isSmall(headers: Headers, status: number): boolean {
    if (this.#request.method === 'HEAD' || status === 204 || status === 304) return true;
    const length = headers.get('content-length')?.[0];
    return this.#request.gatherSmall && length !== undefined && Number(length) <= smallBody;
  }

  #abort(failure: BackendFailure): void {
    this.#stop ??= failure;
    if (this.#controller) this.#controller.abort(failure);
    else this.onResponseError(undefined, failure);
  }

  #release(): void {
    clearTimeout(this.#timer);
    if (this.#onAbort) this.#request.signal?.removeEventListener('abort', this.#onAbort);
  }
}

function readHeaders(raw: unknown, parsed: Record<string, string | string[] | undefined>): Headers {
  if (!Array.isArray(raw)) {
    const pairs = Object.entries(parsed).filter(
      (pair): pair is [string, string | string[]] =>
        pair[1] !== undefined && !pair[0].startsWith(':'),
    );
    return Headers.from(pairs);
  }
  const headers = new Headers();
  for (let index = 0; index + 1 < raw.length; index += 2)
    headers.append(text(raw[index]), text(raw[index + 1]));
  return headers;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (value as Buffer).toString('latin1');
}
