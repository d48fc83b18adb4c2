import type { Socket } from 'node:net';
import type { Outgoing } from '../outgoing.js';
import { bodyKind, writeAnswerHead, writeFields } from './answer-head.js';
import type { BodyKind } from './answer-head.js';
import type { Expectation, ReceivedHead } from './received-head.js';
import { RequestBody } from './request-body.js';
import type { BodySource } from './request-body.js';
import type { AnswerHead, CallerWatcher, ServerExchange } from './server-exchange.js';

/** The connection that carries an exchange. */
export interface ExchangeCarrier {
  readonly socket: Socket;
  readonly out: Outgoing;
  /** No connection is kept any more. */
  readonly draining: boolean;
  pause(): void;
  resume(): void;
  /** Fields of the server behind those of every head, with the empty line. */
  tail(hasDate: boolean, closes: boolean, framing: string): string;
  /** The caller does not take what was written, for now. */
  stalled(): void;
  /** The answer has been written to its end. */
  answered(): void;
  /** Ends the connection in the middle of an answer; `resets`: its end would look like that of the answer. */
  cut(resets: boolean): void;
  detach(): Buffer;
}

/** How a stream is framed. */
type Framing = 'length' | 'chunks' | 'close' | 'none';

/** One request of HTTP/1.1 and its answer. */
export class Http1Exchange implements ServerExchange, BodySource {
  readonly #head: ReceivedHead;
  readonly #carrier: ExchangeCarrier;
  readonly body: RequestBody | null;
  watcher: CallerWatcher | undefined;
  onDrain: (() => void) | undefined;
  begun = false;
  over = false;
  /** The connection ends with this answer. */
  closes: boolean;
  #continues = false;
  #framing: Framing = 'none';
  /** Bytes of a stream that are to come by its Content-Length. */
  #left = 0;

  constructor(head: ReceivedHead, carrier: ExchangeCarrier) {
    this.#head = head;
    this.#carrier = carrier;
    this.closes = !head.persistent;
    this.body = head.hasBody ? new RequestBody(this) : null;
  }

  get method(): string {
    return this.#head.method;
  }

  get target(): string {
    return this.#head.target;
  }

  get version(): '1.0' | '1.1' {
    return this.#head.minorVersion === 1 ? '1.1' : '1.0';
  }

  get fields(): readonly string[] {
    return this.#head.fields;
  }

  get expects(): Expectation | undefined {
    return this.#head.expects;
  }

  get upgrade(): string | undefined {
    return this.#head.upgrade;
  }

  get socket(): Socket {
    return this.#carrier.socket;
  }

  pause(): void {
    // Behind the answer the rest of the body is thrown away, at its own pace.
    if (!this.over) this.#carrier.pause();
  }

  resume(): void {
    this.#carrier.resume();
  }

  wanted(): void {
    if (this.expects !== 'continue' || this.#continues || this.begun || this.over) return;
    this.#continues = true;
    this.#carrier.out.send('HTTP/1.1 100 Continue\r\n\r\n');
  }

  close(): void {
    this.closes = true;
  }

  answer(head: AnswerHead, content: string | Uint8Array = ''): void {
    if (this.begun || this.over) return;
    const kind = this.#kindOf(head.status, 'whole');
    const { text, hasDate } = writeAnswerHead(head, kind);
    if (kind !== 'whole') this.#closeOld();
    const length = kind === 'whole' ? `Content-Length: ${content.length}\r\n` : '';
    const all = text + length + this.#tail(hasDate, '');
    if (kind !== 'whole') this.#carrier.out.send(all);
    else if (typeof content === 'string') this.#carrier.out.send(all + content);
    else this.#carrier.out.write(all, content);
    this.#answered();
  }

  begin(head: AnswerHead): void {
    if (this.begun || this.over) return;
    const kind = this.#kindOf(head.status, 'stream');
    const { text, hasDate, length } = writeAnswerHead(head, kind);
    this.#left = length;
    if (kind !== 'stream') this.#framing = 'none';
    else if (length >= 0) this.#framing = 'length';
    else if (this.#head.minorVersion === 1) this.#framing = 'chunks';
    else this.#framing = 'close';
    if (this.#framing !== 'length') this.#closeOld();
    const chunked = this.#framing === 'chunks' ? 'Transfer-Encoding: chunked\r\n' : '';
    this.#carrier.out.send(text + this.#tail(hasDate, chunked));
  }

  write(bytes: Uint8Array): boolean {
    if (this.over || this.#framing === 'none' || bytes.length === 0) return true;
    const { out } = this.#carrier;
    if (this.#framing === 'chunks') out.write(`${bytes.length.toString(16)}\r\n`, bytes, '\r\n');
    else if (this.#framing === 'length' && (this.#left -= bytes.length) < 0) {
      this.abort();
      return true;
    } else out.write('', bytes);
    if (!out.isFull) return true;
    this.#carrier.stalled();
    return false;
  }

  end(trailers: readonly string[] = []): void {
    if (this.over) return;
    // Less than the head has promised: the caller must not wait for the rest, nor take it for whole.
    if (this.#framing === 'length' && this.#left > 0) return this.abort();
    if (this.#framing === 'chunks') this.#carrier.out.send(`0\r\n${writeFields(trailers)}\r\n`);
    this.#answered();
  }

  interim(status: number, fields: readonly string[]): void {
    if (this.begun || this.over || this.#head.minorVersion === 0) return;
    const reason = status === 102 ? 'Processing' : 'Early Hints';
    this.#carrier.out.send(`HTTP/1.1 ${status} ${reason}\r\n${writeFields(fields)}\r\n`);
  }

  abort(): void {
    if (this.over) return;
    this.#carrier.cut(this.#framing === 'close');
  }

  detach(): Buffer {
    this.begun = this.over = true;
    return this.#carrier.detach();
  }

  /** The connection is gone, or carries nothing more of this exchange. */
  leave(): void {
    const hadLeft = this.over;
    // First: who is told that the body breaks off may answer at once.
    this.over = true;
    this.body?.breakOff();
    if (hadLeft) return;
    this.watcher?.callerGone();
    this.onDrain?.();
  }

  /** Callers of HTTP/1.0 know where an answer ends by its length alone. */
  #closeOld(): void {
    if (this.#head.minorVersion === 0) this.closes = true;
  }

  #kindOf(status: number, kind: 'whole' | 'stream'): BodyKind {
    this.begun = true;
    // Whether a caller who was not told to continue sends its body nobody knows (RFC 9110 section 10.1.1).
    if (this.expects === 'continue' && !this.#continues && this.body) this.closes = true;
    return bodyKind(this.#head.method, status, kind);
  }

  #tail(hasDate: boolean, framing: string): string {
    if (this.#carrier.draining) this.closes = true;
    return this.#carrier.tail(hasDate, this.closes, framing);
  }

  #answered(): void {
    this.over = true;
    this.body?.breakOff();
    this.#carrier.answered();
  }
}
