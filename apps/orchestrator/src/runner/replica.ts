import { randomUUID } from 'node:crypto';
import type { Logger } from '@isthmus/host';
import { LeaseLost } from '../store/journal.store.js';
import type { ClaimedRun, ReplicasStore } from '../store/replicas.store.js';

/** Times in milliseconds. */
export interface ReplicaTimes {
  readonly lease: number;
  readonly heartbeat: number;
  /** How often suspended runs and runs of dead replicas are looked for. */
  readonly scan: number;
}

/** What a replica needs. */
export interface ReplicaOptions {
  readonly store: ReplicasStore;
  readonly logger: Logger;
  readonly version: string;
  readonly times: ReplicaTimes;
  /** Goes on with a claimed run. */
  readonly resume: (run: ClaimedRun) => Promise<void>;
  /** The lease is lost: the process must end at once, for others own its runs. */
  readonly lost: (error: LeaseLost) => void;
}

/** Most runs that one scan claims; the next follows at once while there are more. */
const claimSize = 100;

/** The lease of this process, its heartbeat, and the claiming of runs that nobody drives. */
export class Replica {
  readonly id = randomUUID();
  #epoch = '0';
  #timers: NodeJS.Timeout[] = [];
  #scanning = false;
  #leaseUntil = 0;

  constructor(private readonly options: ReplicaOptions) {}

  get epoch(): string {
    return this.#epoch;
  }

  /** Whether the lease still holds by our own clock; a replica whose lease has lapsed sends nothing. */
  get holdsLease(): boolean {
    return performance.now() < this.#leaseUntil;
  }

  async start(): Promise<void> {
    const { store, times, version } = this.options;
    const before = performance.now();
    this.#epoch = await store.register(this.id, times.lease, version);
    this.#leaseUntil = before + times.lease;
    this.#timers = [
      setInterval(() => void this.#beat(), times.heartbeat),
      setInterval(() => void this.scan(), times.scan),
    ];
  }

  /** Gives up the lease and all runs, so that others go on with them at once. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.options.store.release(this.id, this.#epoch);
  }

  /** Claims and resumes what nobody drives. */
  async scan(): Promise<void> {
    if (this.#scanning || !this.holdsLease) return;
    this.#scanning = true;
    try {
      for (let more = true; more;) {
        const runs = await this.options.store.takeOver(this.id, claimSize);
        for (const run of runs) await this.options.resume(run);
        more = runs.length === claimSize;
      }
    } catch (err) {
      this.options.logger.warn({ err }, 'looking for runs failed');
    } finally {
      this.#scanning = false;
    }
  }

  async #beat(): Promise<void> {
    const { store, times, logger, lost } = this.options;
    const before = performance.now();
    try {
      if (await store.heartbeat(this.id, this.#epoch, times.lease))
        this.#leaseUntil = before + times.lease;
      else lost(new LeaseLost(`replica ${this.id} was declared dead`));
    } catch (err) {
      // The database is away: the lease may outlive it. What is sent meanwhile is decided by holdsLease.
      logger.warn({ err }, 'heartbeat failed');
    }
  }
}
