import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { http1Failure, Http1Failure } from './failure.js';
import type { Call } from './call.js';
import { OriginPool } from './origin-pool.js';

/** Decides where connections may go. */
export interface AddressGuard {
  /** From the names of hosts to addresses; may leave out or refuse some. */
  readonly lookup: LookupFunction;
  /** Why an address must not be connected to; undefined when it may. `host` is what was asked for, as in the URL. */
  refused(address: string, host: string): Error | undefined;
}

/** Limits of a client; times in milliseconds. */
export interface Http1Limits {
  /** Connections to one origin. */
  readonly connections: number;
  readonly connectTimeout: number;
  /** Between two reads of a body. */
  readonly bodyTimeout: number;
  /** How long an idle connection is kept when the backend does not tell, and the longest when it does. */
  readonly keepAlive: number;
  readonly mostKeepAlive: number;
  /** A connection that is older carries no further call: its name may lead elsewhere by now. */
  readonly mostAge: number;
}

/** Pools of origins that nobody calls any more are forgotten above this number. */
const manyPools = 1000;

/**
 * The HTTP/1.1 client for plain connections, `http://` without a proxy: one pool of kept connections
 * for each origin. Nothing goes where its guard refuses.
 */
export class Http1Client {
  readonly #guard: AddressGuard;
  readonly #limits: Http1Limits;
  readonly #pools = new Map<string, OriginPool>();
  #closed: Http1Failure | undefined;

  constructor(guard: AddressGuard, limits: Http1Limits) {
    this.#guard = guard;
    this.#limits = limits;
  }

  /** Sends a request to an origin ("http://host:port"). Everything that comes of it is told to the call, never thrown. */
  send(origin: string, call: Call): void {
    let pool: OriginPool;
    try {
      pool = this.#pools.get(origin) ?? this.#open(origin);
    } catch (error) {
      return call.onFailure(http1Failure(error));
    }
    pool.send(call);
  }

  close(): void {
    this.#closed = new Http1Failure('proxy_internal_error', false, {
      message: 'The client is closed.',
    });
    for (const pool of this.#pools.values()) pool.close(this.#closed);
    this.#pools.clear();
  }

  #open(origin: string): OriginPool {
    if (this.#closed) throw this.#closed;
    const { host: hostField, hostname, port } = new URL(origin);
    const host = hostname.replace(/^\[|\]$/g, '');
    const guard = this.#guard;
    const refused = isIP(host) === 0 ? undefined : guard.refused(host, host);
    if (refused) throw refused;
    const pool = new OriginPool(
      {
        ...this.#limits,
        host,
        hostField,
        port: port === '' ? 80 : Number(port),
        lookup: guard.lookup,
        refused: (address) => guard.refused(address, host),
      },
      this.#limits.connections,
    );
    if (this.#pools.size >= manyPools) this.#forget();
    this.#pools.set(origin, pool);
    return pool;
  }

  #forget(): void {
    for (const [origin, pool] of this.#pools) if (pool.isEmpty) this.#pools.delete(origin);
  }
}
