import { setTimeout as wait } from 'node:timers/promises';
import {
  createClient,
  readGatewayConfiguration,
  reportCallTrace,
  reportGatewayStatus,
} from '@isthmus/contracts';
import type { CallTrace, Client, GatewayStatus } from '@isthmus/contracts';
import { applyChange } from './apply-change.js';
import type { SourceConfiguration } from './compile-gateway.js';

/** Seconds that a long poll waits at the catalog. */
const pollSeconds = 30;

/** Milliseconds between attempts while the catalog is away: doubled up to the longest. */
const pauses = { first: 500, longest: 30_000 };

export interface CatalogOptions {
  readonly url: string;
  readonly gatewayId: string;
  readonly key: string | undefined;
}

/** What the poller tells the gateway. */
export interface CatalogListener {
  /** A new configuration; resolves when it has been applied (or refused). */
  changed(configuration: SourceConfiguration): Promise<void>;
  away(error: unknown): void;
  back(): void;
}

/** Follows the configuration of one gateway at the catalog by long polls. */
export class CatalogSource {
  readonly #client: Client;
  readonly #gatewayId: string;
  readonly #stop = new AbortController();
  #known: SourceConfiguration | undefined;

  constructor(options: CatalogOptions) {
    this.#gatewayId = options.gatewayId;
    this.#client = createClient({
      baseUrl: options.url,
      timeoutMs: (pollSeconds + 15) * 1000,
      headers: (): Record<string, string> =>
        options.key === undefined ? {} : { authorization: `GatewayKey ${options.key}` },
    });
  }

  /** Polls until it is stopped; `known` is what the gateway serves already. */
  async follow(known: SourceConfiguration | undefined, listener: CatalogListener): Promise<void> {
    this.#known = known;
    let pause = 0;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#poll(listener);
        if (pause > 0) listener.back();
        pause = 0;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (pause === 0) listener.away(error);
        pause = Math.min(pauses.longest, Math.max(pauses.first, pause * 2));
        // Some spread, so that gateways do not come back all at once.
        await wait(pause * (0.75 + Math.random() / 2), undefined, {
          signal: this.#stop.signal,
        }).catch(() => undefined);
      }
    }
  }

  async #poll(listener: CatalogListener): Promise<void> {
    const since = this.#known?.revision;
    const change = await this.#client(readGatewayConfiguration, {
      params: { gatewayId: this.#gatewayId },
      query: { wait: this.#known ? pollSeconds : 0, ...(since === undefined ? {} : { since }) },
      signal: this.#stop.signal,
    });
    const same =
      change.revision === since && change.upserts.length === 0 && change.deletes.length === 0;
    if (same) return;
    // A change that builds on something else is of no use; ask for the whole the next time.
    if (change.since !== undefined && change.since !== since) {
      this.#known = undefined;
      return;
    }
    const next = applyChange(this.#known, change);
    this.#known = next;
    await listener.changed(next);
  }

  /** Tells the catalog what became of a configuration; a catalog that is away is no trouble. */
  async report(status: GatewayStatus): Promise<void> {
    await this.#client(reportGatewayStatus, {
      params: { gatewayId: this.#gatewayId },
      body: status,
    });
  }

  /** Gives a trace to the catalog, for its `listTrace`. */
  async publishTrace(trace: CallTrace): Promise<void> {
    const params = { gatewayId: this.#gatewayId, traceId: trace.traceId };
    await this.#client(reportCallTrace, { params, body: trace });
  }

  stop(): void {
    this.#stop.abort();
  }
}
