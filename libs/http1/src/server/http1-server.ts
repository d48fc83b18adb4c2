import type { Socket } from 'node:net';
import type { RefusedRequest } from './refused-request.js';
import { ServerConnection } from './server-connection.js';
import type { ConnectionHost } from './connection-host.js';
import type { ServerExchange } from './server-exchange.js';

/** Limits and handlers of a server. Times in milliseconds. */
export interface Http1ServerOptions {
  /** Bytes of a head, and of the trailers behind a body. */
  readonly mostHeadBytes: number;
  /** For a head to arrive; a connection that stays silent from its beginning on closes after it as well. */
  readonly headTimeout: number;
  /** For a whole request to arrive; also for a caller that takes nothing of an answer. */
  readonly requestTimeout: number;
  /** For which idle connections are kept, as callers are told; the connection itself is a second more patient. */
  readonly keepAliveTimeout: number;
  /** The answer to bytes that are no request: a whole message with `Connection: close`. */
  refusal(refused: RefusedRequest, socket: Socket): string;
  /** Takes every request. Must not throw. */
  serve(exchange: ServerExchange): void;
  /** Told what a handler threw all the same; its connection is cut. */
  defect(error: unknown): void;
}

/** A caller that hears the limit must not lose the race against it. Milliseconds. */
const keepAliveMargin = 1000;

/** How often time limits are looked at. Milliseconds. */
const sweepInterval = 500;

/**
 * HTTP/1.1 for sockets that somebody else accepts (plain ones, or TLS). One timer serves all connections, so that an
 * idle one costs nothing but its memory.
 */
export class Http1Server implements ConnectionHost {
  readonly mostHeadBytes: number;
  readonly headTimeout: number;
  readonly requestTimeout: number;
  readonly keepAlive: number;
  draining = false;
  readonly #options: Http1ServerOptions;
  readonly #connections = new Set<ServerConnection>();
  /** While there are connections, and as long as more may come. */
  #sweep: NodeJS.Timeout | undefined;
  readonly #kept: string;
  /** The field Date of this second; '' when it has passed. */
  #date = '';
  #usual = '';

  constructor(options: Http1ServerOptions) {
    this.#options = options;
    this.mostHeadBytes = options.mostHeadBytes;
    this.headTimeout = options.headTimeout;
    this.requestTimeout = options.requestTimeout;
    this.keepAlive = options.keepAliveTimeout + keepAliveMargin;
    const seconds = Math.floor(options.keepAliveTimeout / 1000);
    this.#kept = `Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n`;
  }

  /** Serves a socket that may stay half open (`allowHalfOpen`), until it closes. */
  accept(socket: Socket): void {
    // One more may come behind `drain`: its TLS handshake was on its way.
    this.#sweep ??= setInterval(() => this.#check(), sweepInterval).unref();
    this.#connections.add(new ServerConnection(socket, this));
  }

  /** No connection is kept any more: idle ones close, others say so with their next answer. */
  drain(): void {
    this.draining = true;
    for (const connection of this.#connections) connection.drain();
    this.#stopSweep();
  }

  serve(exchange: ServerExchange): void {
    this.#options.serve(exchange);
  }

  refusal(refused: RefusedRequest, socket: Socket): string {
    return this.#options.refusal(refused, socket);
  }

  defect(error: unknown): void {
    this.#options.defect(error);
  }

  closed(connection: ServerConnection): void {
    this.#connections.delete(connection);
    if (this.draining) this.#stopSweep();
  }

  tail(hasDate: boolean, closes: boolean, framing: string): string {
    if (this.#date === '') this.#tellDate();
    if (!hasDate && !closes && framing === '') return this.#usual;
    return `${hasDate ? '' : this.#date}${closes ? 'Connection: close\r\n' : this.#kept}${framing}\r\n`;
  }

  /** A clock is asked once in a second. */
  #tellDate(): void {
    const now = new Date();
    this.#date = `Date: ${now.toUTCString()}\r\n`;
    this.#usual = `${this.#date}${this.#kept}\r\n`;
    setTimeout(() => (this.#date = ''), 1000 - now.getMilliseconds()).unref();
  }

  #stopSweep(): void {
    if (this.#connections.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #check(): void {
    const now = performance.now();
    for (const connection of this.#connections) connection.check(now);
  }
}
