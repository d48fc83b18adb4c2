import type { Dispatcher } from 'undici';
import type { Exchange } from './exchange.js';
import { backendFailure, timedOut } from './failures.js';
import type { BackendFailure } from './failures.js';
import type { CallHolder } from './http1/call.js';
import { ResponseHead } from './http1/response-head.js';
import type { PendingAnswer } from './pending-answer.js';

/** Performs an exchange by undici: TLS, HTTP/2 and proxies. */
export function dispatchByUndici(request: Exchange, answer: PendingAnswer): void {
  const handler = new UndiciExchange(answer, request.timeout);
  try {
    request.transport.dispatcher.dispatch(
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
}

class UndiciExchange implements Dispatcher.DispatchHandler, CallHolder {
  readonly #answer: PendingAnswer;
  readonly #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #stop: BackendFailure | undefined;

  constructor(answer: PendingAnswer, timeout: number) {
    this.#answer = answer;
    answer.holder = this;
    if (timeout > 0)
      this.#timer = setTimeout(() => this.abort(timedOut()), Math.min(timeout, 2 ** 31 - 1));
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
    if (status < 200) {
      const headers = fieldsOf(controller.rawHeaders, parsed);
      if (status > 101) this.#answer.onInterim({ status, headers });
      return;
    }
    clearTimeout(this.#timer);
    this.#answer.onHead(
      new ResponseHead(status, reason, fieldsOf(controller.rawHeaders, parsed), 1),
    );
    this.#answer.onArrival();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#answer.onData(chunk);
  }

  onResponseEnd(
    _controller: Dispatcher.DispatchController,
    trailers: Record<string, string | string[] | undefined>,
  ): void {
    this.#answer.holder = undefined;
    this.#answer.onEnd(listOf(trailers ?? {}));
    this.#answer.onArrival();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    clearTimeout(this.#timer);
    if (this.#answer.holder !== this) return;
    this.#answer.holder = undefined;
    this.#answer.onFailure(this.#stop ?? backendFailure(error));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(failure: BackendFailure): void {
    this.#stop ??= failure;
    if (this.#controller) this.#controller.abort(failure);
    else this.onResponseError(undefined, failure);
  }
}

/** Name, value, name, value, … HTTP/2 gives no list. */
function fieldsOf(raw: unknown, parsed: Record<string, string | string[] | undefined>): string[] {
  if (Array.isArray(raw)) return raw.map(text);
  return listOf(parsed).filter((_, at, all) => !all[at & ~1]!.startsWith(':'));
}

function listOf(fields: Record<string, string | string[] | undefined>): string[] {
  const list: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) list.push(name, one);
  }
  return list;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (value as Buffer).toString('latin1');
}
