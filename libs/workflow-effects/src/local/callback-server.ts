import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeContent, foldHeaders, type CallbackSignal } from '@isthmus/workflow-engine';

const largest = 10_000_000;

/**
 * Callback URLs of one run in this process, on the loopback interface. What arrives before its action waits for it
 * is kept until then; only the first call of an address counts.
 */
export class CallbackServer {
  private readonly token = randomUUID();
  private readonly early = new Map<string, CallbackSignal>();
  private readonly taken = new Set<string>();
  private readonly awaited = new Set<string>();
  private deliver: (signal: CallbackSignal) => void = () => undefined;

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.receive(request).then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(400).end(),
      );
    });
  }

  static async start(): Promise<CallbackServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return new CallbackServer(server);
  }

  /** The callback URL of an action. */
  url(path: string): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/callbacks/${this.token}/${encodeURIComponent(path)}`;
  }

  onSignal(deliver: (signal: CallbackSignal) => void): void {
    this.deliver = deliver;
  }

  /** An action has begun to wait. */
  await(path: string): void {
    this.awaited.add(path);
    const signal = this.early.get(path);
    if (signal) setImmediate(() => this.deliver(signal));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async receive(request: IncomingMessage): Promise<number> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [, root, token, encoded] = url.pathname.split('/');
    if (root !== 'callbacks' || token !== this.token || encoded === undefined) return 404;
    const path = decodeURIComponent(encoded);
    if (this.taken.has(path)) return 409;
    const headers = foldHeaders(request.rawHeaders);
    const content = decodeContent(await read(request), headers['Content-Type']);
    if (!content.ok) return 400;
    this.taken.add(path);
    const signal: CallbackSignal = {
      path,
      headers,
      queries: Object.fromEntries(url.searchParams),
      ...(content.value !== undefined && { body: content.value }),
    };
    if (this.awaited.has(path)) this.deliver(signal);
    else this.early.set(path, signal);
    return 200;
  }
}

async function read(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > largest) throw new RangeError('The content of a callback is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
