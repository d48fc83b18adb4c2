import { performance } from 'node:perf_hooks';
import { Body, bodyOptions, Headers, Later, Response } from '@isthmus/policy-engine';
import type { Exchange } from './exchange.js';
import { backendFailure, BackendFailure } from './failures.js';
import type { Call, CallHolder, ResponseHead } from '@isthmus/http1';
import { passInterim } from './interim.js';
import { ResponseStream } from './response-stream.js';

/** A body up to this size is awaited, so that it leaves with its headers in one write. Bytes. */
const smallBody = 64 * 1024;

const noBytes = new Uint8Array(0);

/** What of a head an answer is made of. */
type AnswerHead = Pick<ResponseHead, 'status' | 'reason' | 'headers' | 'length'>;

/**
 * An exchange whose answer is on its way: takes what a client tells of it, and makes the response. A
 * body that is complete with its head, or small, becomes bytes; every other one a stream.
 */
export class PendingAnswer extends Later<Response> implements Call {
  readonly #request: Exchange;
  readonly #gone = (): void => {
    // A response that still streams, of an earlier attempt, ends with its caller as well.
    this.#before?.();
    this.abort(callerLeft());
  };
  #before: (() => void) | null = null;
  #head: AnswerHead | undefined;
  /** The body so far, until the response is made. */
  #first: Uint8Array | undefined;
  #more: Uint8Array[] | undefined;
  #stream: ResponseStream | undefined;
  #hasBody = false;
  #small = false;
  #ended = false;
  #answered = false;
  readonly deadline: number;
  holder: CallHolder | undefined;

  constructor(request: Exchange) {
    super();
    this.#request = request;
    this.deadline = request.timeout > 0 ? performance.now() + request.timeout : Infinity;
  }

  get method(): string {
    return this.#request.method;
  }

  get path(): string {
    return this.#request.path;
  }

  get headers(): readonly string[] {
    return this.#request.headers;
  }

  get sound(): boolean {
    return this.#request.sound === true;
  }

  get body(): Exchange['body'] {
    return this.#request.body;
  }

  /** Watches the caller. False when it has left already; the exchange has failed then. */
  begin(): boolean {
    const { cancellation, signal } = this.#request;
    if (cancellation?.cancelled || signal?.aborted) {
      this.onFailure(callerLeft());
      return false;
    }
    if (cancellation) {
      this.#before = cancellation.listener;
      cancellation.listener = this.#gone;
    }
    signal?.addEventListener('abort', this.#gone, { once: true });
    return true;
  }

  onInterim({ status, headers }: Pick<ResponseHead, 'status' | 'headers'>): void {
    passInterim(this.#request.interimTo, status, headers);
  }

  onHead(head: AnswerHead): void {
    const { status } = head;
    this.#head = head;
    this.#hasBody = this.#request.method !== 'HEAD' && status !== 204 && status !== 304;
    this.#small =
      !this.#hasBody || (this.#request.gatherSmall && head.length >= 0 && head.length <= smallBody);
  }

  onData(chunk: Uint8Array): void {
    if (this.#stream) this.#stream.push(chunk);
    else if (!this.#first) this.#first = chunk;
    else (this.#more ??= []).push(chunk);
  }

  onArrival(): void {
    if (this.#answered || (this.#small && !this.#ended)) return;
    if (!this.#ended) this.#startStream();
    this.#answer();
  }

  onEnd(trailers: readonly string[]): void {
    this.#ended = true;
    this.#release();
    // Trailers travel behind a stream only.
    if (trailers.length > 0 && this.#hasBody && !this.#stream) this.#startStream();
    this.#stream?.end(trailers);
  }

  onFailure(error: Error): void {
    const failure = backendFailure(error);
    this.#release();
    if (this.#answered) this.#stream?.fail(failure);
    else {
      this.#answered = true;
      this.#request.watcher?.failed(failure);
      this.reject(failure);
    }
  }

  pause(): void {
    this.holder?.pause();
  }

  resume(): void {
    this.holder?.resume();
  }

  abort(failure: BackendFailure): void {
    if (this.holder) this.holder.abort(failure);
    else if (!this.#ended) this.onFailure(failure);
  }

  #answer(): void {
    const { status, reason, headers } = this.#head!;
    const fields = Headers.fromRaw(headers);
    this.#answered = true;
    const response = new Response(status, reason, fields, this.#body(fields));
    this.#request.watcher?.answered(response);
    this.resolve(response);
  }

  #body(headers: Headers): Body | null {
    if (!this.#hasBody) return null;
    const { bodyBuffer, bodyRoom } = this.#request;
    const options = bodyOptions(headers, bodyBuffer, bodyRoom);
    if (this.#stream) return Body.fromStream(this.#stream, options);
    const first = this.#first ?? noBytes;
    return Body.fromBytes(this.#more ? Buffer.concat([first, ...this.#more]) : first, options);
  }

  #startStream(): void {
    const stream = new ResponseStream(this);
    if (this.#first) stream.push(this.#first);
    for (const chunk of this.#more ?? []) stream.push(chunk);
    this.#first = this.#more = undefined;
    this.#stream = stream;
  }

  #release(): void {
    const { cancellation, signal } = this.#request;
    if (cancellation?.listener === this.#gone) cancellation.listener = this.#before;
    signal?.removeEventListener('abort', this.#gone);
  }
}

function callerLeft(): BackendFailure {
  return new BackendFailure('ClientConnectionFailure', 'connection_terminated', true);
}
