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

class Listener implements Subscription {
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
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
    client.once('end', () => this.#reconnect(200));
    this.#client = client;
    if (this.#closed) await client.end();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
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
