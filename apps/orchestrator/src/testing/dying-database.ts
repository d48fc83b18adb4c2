import type { Socket } from 'node:net';
import type pg from 'pg';
import { LeaseLost } from '../store/journal.store.js';

/** Where a replica dies: at its n-th commit, before or after the database has it. */
export interface CrashPoint {
  readonly commit: number;
  readonly side: 'before' | 'after';
}

type Query = (...args: unknown[]) => unknown;

/** A statement that commits by itself, outside of a transaction. */
const writes = /^\s*(with\b[\s\S]*\b(insert into|update|delete from)\b|insert|update|delete)\b/i;
/** What a replica does in its idle time, whether or not a run goes on. */
const isIdleWork = (text: string) => text.includes('with poison as');

/**
 * Lets the owner of a pool die at one of its commits, whatever store makes it: everything that it
 * asks afterwards is refused, as if it had never been asked.
 */
export class DyingDatabase {
  commits = 0;
  died = false;
  /** Nobody dies any more. */
  isOver = false;
  readonly #wrapped = new WeakSet<object>();

  constructor(
    pool: pg.Pool,
    private readonly point: CrashPoint,
    private readonly onDeath: (error: LeaseLost) => void,
  ) {
    const connect = pool.connect.bind(pool) as Query;
    pool.connect = ((callback?: Query) => {
      if (!callback)
        return (connect() as Promise<pg.PoolClient>).then((client) => this.#wrap(client));
      return connect((error: unknown, client: pg.PoolClient | undefined, release: unknown) =>
        callback(error, client && this.#wrap(client), release),
      );
    }) as typeof pool.connect;
  }

  #wrap(client: pg.PoolClient): pg.PoolClient {
    if (this.#wrapped.has(client)) return client;
    this.#wrapped.add(client);
    const query = client.query.bind(client) as Query;
    let isOpen = false;
    client.query = ((...args: unknown[]) => {
      const [config] = args;
      const text = typeof config === 'string' ? config : (config as { text: string }).text;
      const callback = args.findLast((arg): arg is Query => typeof arg === 'function');
      const isCommit = /^\s*commit/i.test(text);
      const isBoundary = isCommit || (!isOpen && writes.test(text) && !isIdleWork(text));
      if (/^\s*(begin|start transaction)/i.test(text)) isOpen = true;
      if (isCommit || /^\s*rollback/i.test(text)) isOpen = false;
      if (this.died) {
        this.#hangUp(client);
        return refuse(callback);
      }
      if (isBoundary) this.commits += 1;
      if (!isBoundary || this.isOver || this.commits !== this.point.commit) return query(...args);
      const asked = args.filter((arg) => typeof arg !== 'function');
      const written = this.point.side === 'after' ? query(...asked) : Promise.resolve();
      this.#die();
      const lost = (written as Promise<unknown>)
        .catch(() => undefined)
        .then(() => {
          this.#hangUp(client);
          return refuse(callback);
        });
      return callback ? undefined : lost;
    }) as typeof client.query;
    return client;
  }

  #die(): void {
    this.died = true;
    this.onDeath(died());
  }

  /** The server learns of the death as it always does: the connection ends, and with it what was begun on it. */
  #hangUp(client: pg.PoolClient): void {
    (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }
}

const died = () => new LeaseLost('died here');

function refuse(callback: Query | undefined): Promise<never> | undefined {
  if (!callback) return Promise.reject(died());
  setImmediate(callback, died());
  return undefined;
}
