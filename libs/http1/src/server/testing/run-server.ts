import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Http1Server } from '../http1-server.js';
import type { Http1ServerOptions } from '../http1-server.js';
import type { AnswerHead, ServerExchange } from '../server-exchange.js';

/** A server on a free port of 127.0.0.1. */
export interface RunningServer {
  readonly port: number;
  readonly http: Http1Server;
  readonly defects: unknown[];
  /** Ends it, and says whether all connections had closed by themselves after `drain`. */
  close(): Promise<void>;
}

export function runServer(
  serve: (exchange: ServerExchange) => void,
  limits: Partial<Http1ServerOptions> = {},
): Promise<RunningServer> {
  const defects: unknown[] = [];
  const http = new Http1Server({
    mostHeadBytes: 8192,
    headTimeout: 10_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5000,
    refusal: ({ status }) =>
      `HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    serve,
    defect: (error) => defects.push(error),
    ...limits,
  });
  const sockets = new Set<Socket>();
  const listener = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    http.accept(socket);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      listener.close(() => resolve());
      http.drain();
      for (const socket of sockets) socket.destroy();
    });
  return new Promise((resolve) =>
    listener.listen(0, '127.0.0.1', () =>
      resolve({ port: (listener.address() as AddressInfo).port, http, defects, close }),
    ),
  );
}

/** The head of a 200 with fields. */
export function ok(...fields: string[]): AnswerHead {
  return { status: 200, reason: 'OK', fields };
}

/** A caller that is nothing but a socket. */
export class RawCaller {
  text = '';
  /** The other side has ended or cut the connection. */
  closed = false;
  readonly socket: Socket;
  #told: (() => void) | undefined;

  constructor(port: number, halfOpen = false) {
    this.socket = net
      .connect({ port, host: '127.0.0.1', allowHalfOpen: halfOpen })
      .on('data', (chunk) => {
        this.text += chunk.toString('latin1');
        this.#told?.();
      })
      .on('end', () => this.#close())
      .on('error', () => this.#close())
      .on('close', () => this.#close());
  }

  send(bytes: string): this {
    this.socket.write(bytes, 'latin1');
    return this;
  }

  /** Waits until a text has come so many times. */
  async count(part: string, times: number): Promise<void> {
    await this.#when(() => this.text.split(part).length > times, part);
  }

  /** Waits until the text matches, or until the connection has closed. */
  async until(pattern: RegExp | 'closed'): Promise<string> {
    await this.#when(() => (pattern === 'closed' ? this.closed : pattern.test(this.text)), pattern);
    return this.text;
  }

  async #when(there: () => boolean, what: unknown): Promise<void> {
    const late = performance.now() + 4000;
    while (!there()) {
      if (performance.now() > late || (this.closed && what !== 'closed'))
        throw new Error(`Not there: ${String(what)} in ${JSON.stringify(this.text.slice(-2000))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#told = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #close(): void {
    this.closed = true;
    this.#told?.();
  }
}
