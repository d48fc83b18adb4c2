import type { Dispatcher } from 'undici';
import type { Exchange } from './exchange.js';
import { backendFailure, timedOut } from './failures.js';
import type { BackendFailure } from './failures.js';
import { ResponseHead, type CallHolder } from '@isthmus/http1';
import type { PendingAnswer } from './pending-answer.js';

/**
 * Performs an exchange by undici: TLS, HTTP/2 and proxies. `upgrade`: the protocol that is offered in place of HTTP;
 * the handler then takes the connection.
 */
export function dispatchByUndici(
  request: Exchange,
  answer: PendingAnswer,
  { handler = new UndiciExchange(answer, request.timeout), upgrade }: UndiciOptions = {},
): void {
  const { dispatcher, plain } = request.transport;
  try {
    dispatcher.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method as Dispatcher.HttpMethod,
        // Through a proxy, undici keeps one value of a list; of pairs it keeps all.
        headers: plain ? request.headers : new FieldPairs(request.headers),
        // undici reads any iterable of bytes; its types name fewer.
        body: request.body as unknown as Buffer | null,
        headersTimeout: 0,
        bodyTimeout: 300_000,
        ...(upgrade === undefined ? {} : { upgrade }),
      },
      handler,
    );
  } catch (error) {
    handler.onResponseError(undefined, error as Error);
  }
}

/** What an exchange is in which more than an answer is awaited. */
export interface UndiciOptions {
  readonly handler?: UndiciExchange;
  readonly upgrade?: string;
}

/** Names with their values, one after the other. */
class FieldPairs implements Iterable<[string, string]> {
  constructor(private readonly list: readonly string[]) {}

  *[Symbol.iterator](): Generator<[string, string]> {
    const { list } = this;
    for (let at = 0; at < list.length; at += 2) yield [list[at]!, list[at + 1]!];
  }
}

/** Tells what undici hears of a backend to an answer that waits for it. */
export class UndiciExchange implements Dispatcher.DispatchHandler, CallHolder {
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
    this.inTime();
    this.#answer.onHead(
      new ResponseHead(status, reason, fieldsOf(controller.rawHeaders, parsed), 1),
    );
    // What came together with the head is told first: a body that is complete needs no stream.
    queueMicrotask(() => this.#answer.onArrival());
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
    this.inTime();
    if (this.#answer.holder !== this) return;
    this.#answer.holder = undefined;
    this.#answer.onFailure(this.#stop ?? backendFailure(error));
  }

  /** The head is there: its deadline no longer counts. */
  protected inTime(): void {
    clearTimeout(this.#timer);
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
export function fieldsOf(
  raw: unknown,
  parsed: Record<string, string | string[] | undefined>,
): string[] {
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
