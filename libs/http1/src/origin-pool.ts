import { performance } from 'node:perf_hooks';
import type { Http1Failure } from './failure.js';
import { timedOut } from './failure.js';
import type { Call, CallHolder } from './call.js';
import { Connection } from './connection.js';
import type { ConnectionOptions, ConnectionOwner } from './connection.js';

/** The connections to one origin. */
export class OriginPool implements ConnectionOwner {
  readonly #options: ConnectionOptions;
  readonly #most: number;
  readonly #connections = new Set<Connection>();
  /** The last one that came to rest is used first, so that superfluous ones grow old. */
  readonly #resting: Connection[] = [];
  readonly #waiting = new Set<Waiting>();
  #closing: Http1Failure | undefined;

  /** `most`: connections at the same time; calls beyond them wait for their turn. */
  constructor(options: ConnectionOptions, most: number) {
    this.#options = options;
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#connections.size === 0 && this.#waiting.size === 0;
  }

  send(call: Call): void {
    const now = performance.now();
    for (;;) {
      const connection = this.#resting.pop();
      if (!connection) break;
      if (connection.isFresh(now)) return connection.carry(call, now);
    }
    this.again(call);
  }

  rests(connection: Connection): void {
    const next = this.#nextWaiting();
    if (next) connection.carry(next, performance.now());
    else this.#resting.push(connection);
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection);
    const at = this.#resting.indexOf(connection);
    if (at >= 0) this.#resting.splice(at, 1);
    const next = this.#nextWaiting();
    if (next) this.again(next);
  }

  /** On a connection of its own, as soon as there may be one more. */
  again(call: Call): void {
    if (this.#closing) return call.onFailure(this.#closing);
    if (this.#connections.size >= this.#most)
      this.#waiting.add(new Waiting(call, (one) => this.#waiting.delete(one)));
    else this.#connections.add(new Connection(this.#options, this, call));
  }

  /** Ends all connections; calls under way fail. */
  close(failure: Http1Failure): void {
    this.#closing = failure;
    for (const one of [...this.#waiting]) one.abort(failure);
    for (const connection of [...this.#connections]) connection.abort(failure);
  }

  #nextWaiting(): Call | undefined {
    for (const one of this.#waiting) return one.take();
    return undefined;
  }
}

/** A call that waits for a connection. */
class Waiting implements CallHolder {
  readonly #call: Call;
  readonly #leave: (waiting: Waiting) => void;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(call: Call, leave: (waiting: Waiting) => void) {
    this.#call = call;
    this.#leave = leave;
    call.holder = this;
    if (call.deadline !== Infinity) {
      const time = Math.min(Math.max(1, call.deadline - performance.now()), 2 ** 31 - 1);
      this.#timer = setTimeout(() => this.abort(timedOut()), time).unref();
    }
  }

  /** The call's turn has come. */
  take(): Call {
    clearTimeout(this.#timer);
    this.#leave(this);
    this.#call.holder = undefined;
    return this.#call;
  }

  abort(failure: Error): void {
    this.take().onFailure(failure);
  }

  pause(): void {}

  resume(): void {}
}
