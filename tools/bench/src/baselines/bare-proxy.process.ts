import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool, type Dispatcher } from 'undici';
import { announce } from './announce.js';

/** The least that a proxy of node:http and undici does: no policy, no limit, no check. */
const [, , backend = ''] = process.argv;
const pool = new Pool(backend, { connections: 256, pipelining: 1, keepAliveTimeout: 300_000 });
const hop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer']);

announce(createServer(proxy));

function proxy(request: IncomingMessage, response: ServerResponse): void {
  const headers: string[] = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at]!;
    if (!hop.has(name.toLowerCase())) headers.push(name, request.rawHeaders[at + 1]!);
  }
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  pool.dispatch(
    {
      path: request.url!,
      method: request.method as Dispatcher.HttpMethod,
      headers,
      body: hasBody ? request : null,
    },
    new Answer(response),
  );
}

class Answer implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #status = 502;
  #headers: string[] = [];

  constructor(private readonly response: ServerResponse) {}

  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const raw = controller.rawHeaders as Buffer[];
    this.#status = status;
    for (let at = 0; at < raw.length; at += 2) {
      const name = raw[at]!.toString('latin1');
      if (!hop.has(name.toLowerCase())) this.#headers.push(name, raw[at + 1]!.toString('latin1'));
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.response.writeHead(this.#status, this.#headers);
    this.response.end(body.toString('latin1'), 'latin1');
  }

  onResponseError(): void {
    if (this.response.headersSent) this.response.destroy();
    else this.response.writeHead(502).end();
  }
}
