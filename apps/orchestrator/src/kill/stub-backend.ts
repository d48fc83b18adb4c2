import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call that reached the backend. */
export interface RecordedCall {
  /** The idempotency key `<run id>:<path>`. */
  readonly key: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
}

/** Longest time that an answer takes, in milliseconds. */
const longestAnswerMs = 40;

/**
 * A backend that remembers every call by its idempotency key. A call to `/subscribe` is answered,
 * and its callback URL called a moment later, as a system with webhooks does.
 */
export class StubBackend {
  readonly calls: RecordedCall[] = [];
  readonly #server: Server;
  readonly #callbacks: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param random from 0 to 1 @param route gives the address of a replica that is alive */
  constructor(
    private readonly random: () => number,
    private readonly route: (url: string) => string,
  ) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('error', () => undefined);
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const key = decodeURIComponent(String(request.headers['x-ms-client-request-id'] ?? ''));
        this.calls.push({ key, at: Date.now() });
        if (request.url === '/subscribe')
          this.#callbacks.push(
            (JSON.parse(Buffer.concat(chunks).toString()) as { url: string }).url,
          );
        setTimeout(() => {
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify({ key }));
        }, this.random() * longestAnswerMs);
      });
    });
  }

  /** @returns the address */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#timer = setInterval(() => void this.#callBack(), 100);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Calls back until a replica has said yes or no. */
  async #callBack(): Promise<void> {
    for (const url of this.#callbacks.splice(0)) {
      try {
        const answer = await fetch(this.route(url), {
          method: 'POST',
          signal: AbortSignal.timeout(5000),
        });
        if (answer.status >= 500) this.#callbacks.push(url);
      } catch {
        this.#callbacks.push(url);
      }
    }
  }
}
