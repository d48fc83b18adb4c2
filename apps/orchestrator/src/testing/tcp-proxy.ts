import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * What the network does. `open`: what it should. `refuse`: it ends every connection and takes no new one.
 * `swallow`: connections stand, new ones too, and nothing comes through, in neither direction.
 */
export type Network = 'open' | 'refuse' | 'swallow';

/** A network between a service and its database that a test can break. */
export class TcpProxy {
  #network: Network = 'open';
  #delay = 0;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #server: Server;

  private constructor(private readonly target: { readonly host: string; readonly port: number }) {
    this.#server = createServer((client) => this.#accept(client));
  }

  static async start(target: { host: string; port: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The address of the database, through this network. */
  through(url: string): string {
    const changed = new URL(url);
    changed.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return changed.href;
  }

  /** Bytes that are under way when the network opens again come late, or (`refuse`) never. */
  set network(network: Network) {
    this.#network = network;
    for (const pair of this.#pairs)
      for (const socket of pair) {
        if (network === 'refuse') socket.resetAndDestroy();
        else if (network === 'swallow') socket.pause();
        else socket.resume();
      }
  }

  /** Milliseconds that every packet takes. */
  set delay(milliseconds: number) {
    this.#delay = milliseconds;
  }

  stop(): void {
    this.network = 'refuse';
    this.#server.close();
  }

  #accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#network === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.target);
    server.on('error', () => undefined);
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    this.#forward(client, server);
    this.#forward(server, client);
    if (this.#network === 'swallow') for (const socket of pair) socket.pause();
  }

  #forward(from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      if (this.#delay === 0) to.write(chunk);
      else setTimeout(() => to.write(chunk), this.#delay);
    });
    from.on('close', () => {
      to.destroy();
      for (const pair of this.#pairs) if (pair.includes(from)) this.#pairs.delete(pair);
    });
  }
}
