import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { Outgoing } from '../outgoing.js';
import { kept } from '../read-buffer.js';
import { Http1Exchange } from './http1-exchange.js';
import type { ExchangeCarrier } from './http1-exchange.js';
import type { ConnectionHost } from './connection-host.js';
import { malformed, RefusedRequest, tooLate } from './refused-request.js';
import { RequestReader } from './request-reader.js';
import { giveBack, readShared } from './shared-reads.js';

/** Bytes of requests that wait for their turn before the caller is told to wait. */
const mostWaiting = 16 * 1024;

/** How much is read and thrown away after a last answer, so that the caller gets it instead of a reset: time and bytes. */
const linger = { time: 2000, bytes: 16 * 1024 * 1024 };

/** A resting connection's time is counted from the next look at it: no clock is asked for every answer. */
const atNextLook = -1;

/** A socket whose caller speaks HTTP/1.1. Requests that come before their turn wait; one is carried at a time. */
export class ServerConnection implements ExchangeCarrier {
  readonly socket: Socket;
  readonly out: Outgoing;
  readonly #host: ConnectionHost;
  readonly #reader: RequestReader;
  #exchange: Http1Exchange | undefined;
  /** Bytes behind the request that is being answered. */
  #waiting: Buffer | undefined;
  #reading = false;
  #paused = false;
  /** The last answer has been written; what still comes is nobody's. */
  #closing = false;
  /** Bytes that may still be thrown away. */
  #left = linger.bytes;
  /** When something is too late, by performance.now(); `atNextLook`: a rest that begins when it is looked at. */
  #due: number;

  constructor(socket: Socket, host: ConnectionHost) {
    this.socket = socket;
    this.out = new Outgoing(socket);
    this.#host = host;
    this.#reader = new RequestReader(host.mostHeadBytes);
    this.#due = performance.now() + host.headTimeout;
    if (!readShared(socket, this.#onRead)) socket.on('data', this.#onData);
    socket
      .on('drain', this.#onDrain)
      .on('end', this.#onEnd)
      .on('error', this.#onError)
      .on('close', this.#onClose);
  }

  /** Ends what is too late. */
  check(now: number): void {
    if (this.#due === atNextLook) this.#due = now + this.#host.keepAlive;
    if (now < this.#due) return;
    const exchange = this.#exchange;
    const arriving = exchange ? !this.#reader.ended && !exchange.over : this.#reader.started;
    if (arriving && !this.#closing) this.#refuse(tooLate());
    else if (exchange?.over && !this.#closing && this.socket.writableLength > 0) this.#finish();
    else this.socket.destroy();
  }

  /** The server takes no more requests: a connection that rests closes. */
  drain(): void {
    if (this.#exchange || this.#reader.started || this.#closing) return;
    this.out.flush();
    if (this.socket.writableLength > 0) this.#finish();
    else this.socket.destroy();
  }

  /** Gives the socket away, with the bytes that came behind the request. */
  detach(): Buffer {
    const { socket } = this;
    this.out.flush();
    socket
      .off('data', this.#onData)
      .off('drain', this.#onDrain)
      .off('end', this.#onEnd)
      .off('error', this.#onError)
      .off('close', this.#onClose);
    giveBack(socket);
    this.#host.closed(this);
    const rest = this.#waiting ?? Buffer.alloc(0);
    this.#waiting = this.#exchange = undefined;
    this.#closing = true;
    this.resume();
    return rest;
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.socket.resume();
  }

  get draining(): boolean {
    return this.#host.draining;
  }

  tail(hasDate: boolean, closes: boolean, framing: string): string {
    return this.#host.tail(hasDate, closes, framing);
  }

  stalled(): void {
    if (this.#reader.ended) this.#due = performance.now() + this.#host.requestTimeout;
  }

  answered(): void {
    const exchange = this.#exchange!;
    if (exchange.closes) return this.#finish();
    if (!this.#reader.ended) {
      // The rest of the body is thrown away: what comes behind it is the next request.
      this.#due = performance.now() + linger.time;
      this.#left = linger.bytes;
      this.resume();
    } else this.#rest();
  }

  cut(resets: boolean): void {
    this.out.flush();
    if (resets && !('encrypted' in this.socket)) this.socket.resetAndDestroy();
    else this.socket.destroy();
    this.#leave();
  }

  readonly #onData = (bytes: Buffer): void => this.#onRead(bytes, bytes.length);

  readonly #onRead = (bytes: Buffer, to: number): void => {
    if (this.#closing) return this.#throwAway(to);
    const waiting = this.#waiting;
    if (!waiting) return this.#read(bytes, to);
    this.#waiting = undefined;
    const all = Buffer.concat([waiting, bytes.subarray(0, to)]);
    this.#read(all, all.length);
  };

  readonly #onDrain = (): void => {
    if (this.#closing) return;
    const exchange = this.#exchange;
    if (!exchange) {
      this.#due = performance.now() + this.#host.keepAlive;
      return this.#readWaiting();
    }
    if (this.#reader.ended) this.#due = Infinity;
    exchange.onDrain?.();
  };

  /** The caller sends nothing more: it has left. A request that it broke off is none. */
  readonly #onEnd = (): void => {
    if (this.#closing) return;
    const { ended, started } = this.#reader;
    if (started || !ended) this.#refuse(malformed('The request ends in the middle.'));
    else if (this.#exchange) this.cut(false);
    else this.#finish();
  };

  readonly #onError = (): void => void this.socket.destroy();

  readonly #onClose = (): void => {
    this.#closing = true;
    this.#waiting = undefined;
    this.#host.closed(this);
    this.#leave();
  };

  #read(bytes: Buffer, to: number): void {
    this.#reading = true;
    try {
      let at = 0;
      while (at < to && at >= 0) at = this.#readSome(bytes, at, to);
    } catch (error) {
      if (error instanceof RefusedRequest) this.#refuse(error);
      else this.#broke(error);
    } finally {
      this.#reading = false;
    }
  }

  /** Reads a head or some body. Gives the place where it stopped, -1 when the rest has to wait. */
  #readSome(bytes: Buffer, at: number, to: number): number {
    if (this.#closing) {
      this.#throwAway(to - at);
      return -1;
    }
    const reader = this.#reader;
    if (!reader.ended) {
      const end = reader.readBody(bytes, at, to, this.#take);
      if (reader.ended) this.#received();
      return end;
    }
    // Neither the answers of those who do not read, nor requests before their turn pile up.
    if (this.#exchange || this.socket.writableNeedDrain) {
      this.#waiting = kept(bytes, at, to);
      if (this.#waiting.length >= mostWaiting) this.pause();
      return -1;
    }
    const started = reader.started;
    const end = reader.readHead(bytes, at, to);
    if (reader.head) this.#begin();
    else if (!started && reader.started) this.#due = performance.now() + this.#host.headTimeout;
    return end;
  }

  #begin(): void {
    const { head, ended } = this.#reader;
    const exchange = new Http1Exchange(head!, this);
    this.#exchange = exchange;
    if (ended) this.#due = Infinity;
    else this.#due = performance.now() + this.#host.requestTimeout;
    this.#host.serve(exchange);
  }

  readonly #take = (bytes: Buffer, from: number, to: number): void => {
    const exchange = this.#exchange!;
    if (exchange.over) this.#throwAway(to - from);
    else exchange.body!.push(kept(bytes, from, to));
  };

  /** The body is here to its end. */
  #received(): void {
    const exchange = this.#exchange;
    if (!exchange) return;
    if (exchange.over) return this.#rest();
    this.#due = Infinity;
    exchange.body!.finish();
  }

  /** Waits for the next request, which may be here already. */
  #rest(): void {
    this.#exchange = undefined;
    if (this.#host.draining && !this.#waiting && !this.#reading) return this.#finish();
    this.#due = this.socket.writableNeedDrain
      ? performance.now() + this.#host.requestTimeout
      : atNextLook;
    this.#readWaiting();
  }

  #readWaiting(): void {
    if (this.#reading || this.#closing) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.#read(waiting, waiting.length);
    if (!this.#waiting) this.resume();
  }

  /** Answers bytes that are no request; an answer that is half written is cut off. */
  #refuse(refused: RefusedRequest): void {
    if (this.#exchange?.over) return this.#finish();
    if (this.#exchange?.begun) return this.cut(false);
    this.out.send(this.#host.refusal(refused, this.socket));
    this.#leave();
    this.#finish();
  }

  /** Ends the connection behind what has been written. */
  #finish(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#waiting = undefined;
    // A caller that reads slowly has its time for what is still to leave; then it is waited for its end.
    this.#due = performance.now() + this.#host.requestTimeout;
    this.out.flush();
    this.socket.end(() => (this.#due = performance.now() + linger.time));
    this.resume();
  }

  /** A defect of whoever serves the request or reads its body. */
  #broke(error: unknown): void {
    this.#host.defect(error);
    this.cut(false);
  }

  #leave(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.leave();
  }

  #throwAway(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    if (this.socket.writableLength > 0) this.pause();
    else this.socket.destroy();
  }
}
