import { constants } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import { bodyKind, CallerGone, keptFields } from '@isthmus/http1';
import type {
  AnswerHead,
  BodyFlow,
  BodyReceiver,
  CallerWatcher,
  Expectation,
  PushedBody,
} from '@isthmus/http1';
import type { StreamDeadlines, TimedStream } from './stream-deadlines.js';

/** How long the rest of a body is read and thrown away after its answer. Milliseconds. */
const linger = 2000;

/** Node writes no other to HTTP/2; callers take what is beyond for a failure anyway (RFC 9110 section 15). */
const highestStatus = 599;

/** A request of HTTP/2 as node shows it, and its answer. */
export class Http2Exchange implements TimedStream {
  readonly version = '2.0';
  readonly upgrade = undefined;
  readonly body: PushedBody | null;
  watcher: CallerWatcher | undefined;
  onDrain: (() => void) | undefined;
  readonly #message: Http2ServerRequest;
  readonly #response: Http2ServerResponse;
  readonly #deadlines: StreamDeadlines;
  /** When the request must be here, and when the caller must have taken more, by performance.now(). */
  #arrivesBy: number;
  #takesBy = Infinity;

  constructor(
    message: Http2ServerRequest,
    response: Http2ServerResponse,
    deadlines: StreamDeadlines,
  ) {
    this.#message = message;
    this.#response = response;
    this.body = hasBody(message) ? new Http2Body(message, () => this.#continue()) : null;
    this.#deadlines = deadlines;
    this.#arrivesBy = this.body ? this.#soon() : Infinity;
    deadlines.add(this);
    response
      .on('drain', () => {
        this.#takesBy = Infinity;
        this.onDrain?.();
      })
      .on('close', () => {
        deadlines.delete(this);
        if (!response.writableEnded) this.watcher?.callerGone();
        this.onDrain?.();
      });
  }

  get method(): string {
    return this.#message.method;
  }

  get target(): string {
    return this.#message.url ?? '';
  }

  get fields(): readonly string[] {
    return this.#message.rawHeaders;
  }

  get expects(): Expectation | undefined {
    const { expect } = this.#message.headers;
    if (expect === undefined) return undefined;
    return expect.toLowerCase() === '100-continue' ? 'continue' : 'unknown';
  }

  get socket(): Socket {
    return this.#message.socket as Socket;
  }

  get begun(): boolean {
    return this.#response.headersSent;
  }

  get over(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  close(): void {
    // The other streams of the connection have nothing to do with it.
  }

  answer(head: AnswerHead, content: string | Uint8Array = ''): void {
    if (this.begun || this.over) return;
    const kind = bodyKind(this.method, head.status, 'whole');
    const fields = keptFields(head, kind);
    if (kind === 'whole') fields.push('content-length', String(content.length));
    this.#writeHead(head.status, fields);
    if (kind !== 'whole') this.#response.end();
    else if (typeof content === 'string') this.#response.end(content, 'latin1');
    else this.#response.end(content);
    this.#ended();
  }

  begin(head: AnswerHead): void {
    if (this.begun || this.over) return;
    const kind = bodyKind(this.method, head.status, 'stream');
    this.#writeHead(head.status, keptFields(head, kind));
  }

  write(bytes: Uint8Array): boolean {
    if (this.over || this.#response.write(bytes)) return true;
    this.#takesBy = this.#soon();
    return false;
  }

  end(trailers: readonly string[] = []): void {
    if (this.over) return;
    this.#response.addTrailers(fieldsByName(trailers));
    this.#response.end();
    this.#ended();
  }

  interim(status: number, fields: readonly string[]): void {
    if (this.begun || this.over) return;
    this.#response.stream.additionalHeaders({ ':status': status, ...fieldsByName(fields) });
  }

  /** With a code that says so: the stream would look complete otherwise. */
  abort(): void {
    this.#response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  check(now: number): void {
    const { stream } = this.#message;
    if (now >= this.#takesBy) return stream.close(constants.NGHTTP2_CANCEL);
    if (now < this.#arrivesBy || this.#response.writableEnded) return;
    this.#arrivesBy = Infinity;
    if (stream.state.remoteClose === 1) return;
    if (this.begun) return this.abort();
    this.#deadlines.tooLate(this);
    this.watcher?.callerGone();
  }

  detach(): never {
    throw new Error('A stream of HTTP/2 never leaves HTTP.');
  }

  #writeHead(status: number, fields: readonly string[]): void {
    this.#response.writeHead(status > highestStatus ? 500 : status, fieldsByName(fields));
  }

  #soon(): number {
    return performance.now() + this.#deadlines.timeout;
  }

  /** What has been written is still to leave. */
  #ended(): void {
    this.#takesBy = this.#soon();
    this.#letGo();
  }

  #continue(): void {
    if (this.expects === 'continue' && !this.begun && !this.over) this.#response.writeContinue();
  }

  /** What has begun to arrive is read on for a moment, so that the caller gets the answer; node ends what nobody touched. */
  #letGo(): void {
    const message = this.#message;
    // Without a body there is still its end to be read: the stream is open until then.
    if (!this.body) return void message.resume();
    if (message.destroyed || message.readableEnded || !message.readableDidRead) return;
    const { stream } = message;
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), linger).unref();
    message.once('close', () => clearTimeout(timer));
    message.resume();
  }
}

/** HTTP/2 frames a body without any field: none comes when the head was the end. */
function hasBody({ headers, stream }: Http2ServerRequest): boolean {
  return !stream.endAfterHeaders && headers['content-length'] !== '0';
}

function fieldsByName(fields: readonly string[]): Record<string, string[]> {
  const named: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (let at = 0; at < fields.length; at += 2)
    (named[fields[at]!.toLowerCase()] ??= []).push(fields[at + 1]!);
  return named;
}

/** The body of a message: pushed to a backend, or iterated by whoever reads it. */
class Http2Body implements PushedBody {
  readonly #message: Http2ServerRequest;
  readonly #wanted: () => void;

  constructor(message: Http2ServerRequest, wanted: () => void) {
    this.#message = message;
    this.#wanted = wanted;
  }

  pushTo(receiver: BodyReceiver): BodyFlow {
    this.#wanted();
    return new Http2Flow(this.#message, receiver);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const message = this.#message;
    this.#wanted();
    try {
      // The message outlives a reader that stops early: its stream still carries the answer.
      for await (const chunk of message.iterator({ destroyOnReturn: false }))
        yield chunk as Uint8Array;
    } catch (error) {
      throw message.destroyed ? new CallerGone() : error;
    }
    if (!isWhole(message)) throw new CallerGone();
  }
}

/** Gives the chunks of a message to a receiver, by events. */
class Http2Flow implements BodyFlow {
  readonly #message: Http2ServerRequest;
  readonly #receiver: BodyReceiver;
  #over = false;

  constructor(message: Http2ServerRequest, receiver: BodyReceiver) {
    this.#message = message;
    this.#receiver = receiver;
    const broken = (): void => this.#break();
    message
      .on('end', () => this.#end())
      .on('error', broken)
      .on('close', broken)
      .on('data', (chunk: Uint8Array) => this.#take(chunk));
    if (message.destroyed) process.nextTick(broken);
  }

  resume(): void {
    if (!this.#over) this.#message.resume();
  }

  stop(): void {
    this.#over = true;
    this.#message.pause();
  }

  #take(chunk: Uint8Array): void {
    if (this.#over) return;
    if (!this.#receiver.chunk(chunk)) this.#message.pause();
  }

  #end(): void {
    if (this.#over) return;
    if (!isWhole(this.#message)) return this.#break();
    this.#over = true;
    this.#receiver.end();
  }

  #break(): void {
    if (this.#over) return;
    this.#over = true;
    this.#receiver.fail(new CallerGone());
  }
}

/** Whether a request is here to its end: a stream is called complete as well that was cancelled in the middle. */
function isWhole(message: Http2ServerRequest): boolean {
  return message.complete && !message.aborted;
}
