import net from 'node:net';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { http1Failure, Http1Failure, timedOut } from './failure.js';
import type { Call, CallHolder } from './call.js';
import { LazyDeadline } from './lazy-deadline.js';
import { Outgoing } from './outgoing.js';
import { readBuffer } from './read-buffer.js';
import { declaredLength, requestHead } from './request-head.js';
import { ResponseReader } from './response-reader.js';
import { Upload } from './upload.js';

/** Where a connection goes, and its limits. Times in milliseconds. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** The value of Host. */
  readonly hostField: string;
  readonly connectTimeout: number;
  /** Between two reads of a body. */
  readonly bodyTimeout: number;
  /** How long an idle connection is kept when the backend does not tell. */
  readonly keepAlive: number;
  /** The longest, whatever the backend tells. */
  readonly mostKeepAlive: number;
  /** A connection that is older carries no further call: names may lead elsewhere by now. */
  readonly mostAge: number;
  readonly lookup: net.LookupFunction;
  /** Undefined when the address that was connected to may be called. */
  refused(address: string): Error | undefined;
}

/** The pool that a connection belongs to. */
export interface ConnectionOwner {
  /** The connection waits for the next call. */
  rests(connection: Connection): void;
  /** The connection is gone. */
  closed(connection: Connection): void;
  /** A call that a kept connection lost unheard; it may be sent again. */
  again(call: Call): void;
}

/** The backend's idea of its time limit starts earlier than ours. Milliseconds. */
const keepAliveMargin = 2000;

/** A connection that rested this long may have been closed by the backend at the moment it was used. Milliseconds. */
const staleAfter = 1000;

const idempotent: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'TRACE',
]);

/** One connection of HTTP/1.1 to a backend; it carries one call at a time. */
export class Connection implements CallHolder {
  readonly #options: ConnectionOptions;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #out: Outgoing;
  readonly #reader = new ResponseReader();
  readonly #deadline = new LazyDeadline(() => this.#late());
  #connected = false;
  #closed = false;
  #paused = false;
  #call: Call | undefined;
  #upload: Upload | undefined;
  /** When connecting must have ended. */
  readonly #connectBy: number;
  /** When it carries no further call. */
  readonly #oldAt: number;
  /** Since when the connection rests, and until when it may. */
  #restsSince = 0;
  #restsUntil = 0;
  /** The call was sent on a connection that had rested for long. */
  #mayBeStale = false;

  /** Connects for a first call. */
  constructor(options: ConnectionOptions, owner: ConnectionOwner, call: Call) {
    this.#options = options;
    this.#owner = owner;
    this.#call = call;
    call.holder = this;
    const now = performance.now();
    this.#connectBy = now + options.connectTimeout;
    this.#oldAt = now + options.mostAge;
    this.#deadline.set(Math.min(this.#connectBy, call.deadline));
    this.#socket = net
      .connect({
        host: options.host,
        port: options.port,
        lookup: options.lookup,
        autoSelectFamily: true,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: 60_000,
        onread: {
          buffer: readBuffer,
          callback: (read, bytes) => this.#onRead(bytes as Buffer, read),
        },
      })
      .on('connect', () => this.#onConnect())
      .on('drain', () => this.#upload?.drained())
      .on('end', () => this.#onEnd())
      .on('error', (error) => this.#lose(http1Failure(error)))
      .on('close', () => this.#onEnd());
    this.#out = new Outgoing(this.#socket);
  }

  /** Whether a resting connection may still be used. */
  isFresh(now: number): boolean {
    return !this.#closed && now < this.#restsUntil;
  }

  /** Carries a call; the connection must rest. */
  carry(call: Call, now: number): void {
    this.#call = call;
    call.holder = this;
    this.#mayBeStale = now - this.#restsSince >= staleAfter;
    this.#deadline.set(call.deadline);
    this.#send(call);
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  abort(failure: Error): void {
    const call = this.#close();
    call?.onFailure(failure);
  }

  #onConnect(): void {
    const address = this.#socket.remoteAddress;
    const refused = address === undefined ? undefined : this.#options.refused(address);
    if (refused) return this.abort(http1Failure(refused));
    this.#connected = true;
    const call = this.#call;
    if (!call) return;
    this.#deadline.set(call.deadline);
    this.#send(call);
  }

  #send(call: Call): void {
    const { body } = call;
    const { hostField } = this.#options;
    this.#reader.begin(call, call.method);
    this.#upload = undefined;
    try {
      if (body === null) this.#out.send(requestHead(call, hostField, undefined));
      else if (body instanceof Uint8Array)
        this.#out.write(requestHead(call, hostField, body.length), body);
      else {
        const length = declaredLength(call.headers);
        const head = requestHead(call, hostField, length);
        this.#upload = new Upload(this.#out, length, (error) => this.abort(error));
        this.#upload.start(head, body);
      }
    } catch (error) {
      // Nothing has left: the connection is as good as before.
      this.#call = call.holder = undefined;
      this.#rest(this.#options.keepAlive);
      call.onFailure(http1Failure(error));
    }
  }

  /** False pauses the socket. */
  #onRead(bytes: Buffer, read: number): boolean {
    const call = this.#call;
    // Nobody asked: a late byte of an earlier answer, or one that comes before its question.
    if (!call || !this.#connected) {
      this.#close();
      return false;
    }
    const reader = this.#reader;
    try {
      reader.read(bytes, read);
    } catch (error) {
      this.abort(http1Failure(error));
      return false;
    }
    if (this.#closed) return false;
    if (reader.ended) this.#complete(call);
    else if (reader.head) {
      this.#deadline.set(performance.now() + this.#options.bodyTimeout);
      call.onArrival();
    }
    return !this.#paused;
  }

  /** The backend sends nothing more, or the socket is gone. */
  #onEnd(): void {
    if (this.#closed) return;
    const call = this.#call;
    if (!call) return void this.#close();
    const failure = this.#connected ? this.#reader.close() : terminated();
    if (failure) this.#lose(failure);
    else {
      this.#close();
      call.onArrival();
    }
  }

  #complete(call: Call): void {
    const head = this.#reader.head!;
    this.#call = call.holder = undefined;
    const sent = this.#upload?.finished !== false;
    this.#upload?.stop();
    this.#upload = undefined;
    const { keepAlive, mostKeepAlive } = this.#options;
    const told = head.keepAlive === undefined ? keepAlive : head.keepAlive - keepAliveMargin;
    // After a request that was not read to its end, the backend may take its rest for the next one.
    if (this.#reader.reusable && sent) this.#rest(Math.min(told, mostKeepAlive));
    else this.#close();
    call.onArrival();
  }

  /** Waits for the next call, for so many milliseconds. */
  #rest(time: number): void {
    const now = performance.now();
    if (time <= 0 || now >= this.#oldAt) return void this.#close();
    // What was paused for its last reader must hear what the next one is told.
    this.resume();
    this.#restsSince = now;
    this.#restsUntil = now + time;
    this.#deadline.set(this.#restsUntil);
    this.#owner.rests(this);
  }

  #late(): void {
    const now = performance.now();
    const call = this.#call;
    if (!call) return void this.#close();
    if (!this.#connected && now >= this.#connectBy) this.abort(notConnected());
    else if (!this.#reader.head) this.abort(timedOut());
    // Who does not read has no claim on the backend's pace.
    else if (this.#paused) this.#deadline.set(now + this.#options.bodyTimeout);
    else this.abort(silent());
  }

  /** The connection broke. A call that it lost unheard, because it was closed meanwhile, is sent again. */
  #lose(failure: Http1Failure): void {
    const unheard = this.#mayBeStale && !this.#reader.started;
    const call = this.#close();
    if (!call) return;
    if (unheard && isRepeatable(call)) this.#owner.again(call);
    else call.onFailure(failure);
  }

  /** Ends the connection at once. Gives the call that it carried. */
  #close(): Call | undefined {
    if (this.#closed) return undefined;
    this.#closed = true;
    this.#deadline.close();
    this.#socket.destroy();
    const call = this.#call;
    if (call) call.holder = undefined;
    this.#call = undefined;
    this.#upload?.stop();
    this.#owner.closed(this);
    return call;
  }
}

/** RFC 9110 section 9.2.2; a stream is gone once it was sent. */
function isRepeatable({ method, body }: Call): boolean {
  return idempotent.has(method) && (body === null || body instanceof Uint8Array);
}

function terminated(): Http1Failure {
  return new Http1Failure('connection_terminated', false);
}

function notConnected(): Http1Failure {
  return new Http1Failure('connection_timeout', false);
}

function silent(): Http1Failure {
  return new Http1Failure('connection_read_timeout', true);
}
