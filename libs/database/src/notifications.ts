import type { Socket } from 'node:net';
import type pg from 'pg';

/** A running LISTEN. */
export interface Subscription {
  close(): Promise<void>;
}

/**
 * LISTEN on a channel with a connection of its own. After a lost connection it reconnects and calls the handler once
 * with `undefined`, because notifications sent meanwhile are lost: the handler then looks for itself.
 *
 * @param makeClient makes an unconnected client; called again for each reconnection
 */
export async function listen(
  makeClient: () => pg.Client,
  channel: string,
  handler: (payload: string | undefined) => void,
): Promise<Subscription> {
  const listener = new Listener(makeClient, channel, handler);
  await listener.connect();
  return listener;
}

/** So often the connection is tried, and so long it may take to answer; in milliseconds. */
const pingMs = 10_000;

class Listener implements Subscription {
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #ping: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly makeClient: () => pg.Client,
    private readonly channel: string,
    private readonly handler: (payload: string | undefined) => void,
  ) {}

  async connect(): Promise<void> {
    const client = this.makeClient();
    client.on('error', () => undefined); // 'end' follows
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(this.channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    client.on('notification', ({ payload }) => this.handler(payload ?? ''));
    client.once('end', () => {
      clearInterval(this.#ping);
      this.#reconnect(200);
    });
    this.#client = client;
    this.#ping = setInterval(() => this.#tryConnection(client), pingMs);
    if (this.#closed) await client.end();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#ping);
    await this.#client?.end().catch(() => undefined);
  }

  /** Nothing but notifications comes on this connection: only a question shows that it is broken. */
  #tryConnection(client: pg.Client): void {
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    const silent = setTimeout(() => stream.destroy(), pingMs - 1000);
    client.query('select 1').then(
      () => clearTimeout(silent),
      () => clearTimeout(silent),
    );
  }

  #reconnect(wait: number): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => {
      this.connect().then(
        () => this.handler(undefined),
        () => this.#reconnect(Math.min(wait * 2, 5000)),
      );
    }, wait);
  }
}
