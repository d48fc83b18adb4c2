import { randomUUID } from 'node:crypto';
import type { Logger } from '@isthmus/host';
import { DatabaseClock } from './database-clock.js';
import { LeaseLost, type ReplicaKey } from '../store/journal.store.js';
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
  /** Replicas that may die with a run, one after the other. */
  readonly poisonLimit: number;
  /** Goes on with a claimed run. */
  readonly resume: (run: ClaimedRun) => Promise<void>;
  /** Ends runs that are not to be resumed any more, and goes on with what a lost answer hid. */
  readonly tidy: () => Promise<void>;
  /** The outcome of a claim is unknown. */
  readonly doubt: () => void;
  /** The lease is lost: the process must end at once, for others own its runs. */
  readonly lost: (error: LeaseLost) => void;
}

/** Most runs that one scan claims; the next follows at once while there are more. */
const claimSize = 100;

/** The lease of this process, its heartbeat, and the claiming of runs that nobody drives. */
export class Replica implements ReplicaKey {
  readonly id = randomUUID();
  #epoch = '0';
  #timers: NodeJS.Timeout[] = [];
  #scan: Promise<void> | undefined;
  #again = false;
  #leaseUntil = 0;
  /** Until then nobody is declared dead. */
  #graceUntil = 0;
  #stopped = false;
  #waiters: (() => void)[] = [];
  readonly #clock = new DatabaseClock();

  constructor(private readonly options: ReplicaOptions) {}

  get epoch(): string {
    return this.#epoch;
  }

  /** The time of the database, in milliseconds since 1970. */
  now(): number {
    return this.#clock.now();
  }

  /** Whether the lease still holds by our own clock; a replica whose lease has lapsed sends nothing. */
  get holdsLease(): boolean {
    return performance.now() < this.#leaseUntil;
  }

  /** Resolves when the lease holds (again); never when it is lost. */
  async leaseHeld(): Promise<void> {
    while (!this.holdsLease) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  async start(): Promise<void> {
    const { store, times, version } = this.options;
    const before = performance.now();
    const { epoch, now } = await store.register(this.id, times.lease, version);
    this.#epoch = epoch;
    this.#clock.set(now, before);
    this.#leaseUntil = before + times.lease;
    this.#timers = [
      setInterval(() => void this.#beat(), times.heartbeat),
      setInterval(() => void this.scan(), times.scan),
    ];
  }

  /** Gives up the lease and all runs, so that others go on with them at once. */
  async stop(): Promise<void> {
    this.halt();
    await this.#scan;
    await this.options.store.release(this);
  }

  /** Looks for no more work; the lease runs on. */
  halt(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Claims and resumes what nobody drives. */
  scan(): Promise<void> {
    this.#again = this.#scan !== undefined;
    this.#scan ??= this.#claimAll().finally(() => {
      this.#scan = undefined;
      if (this.#again && !this.#stopped) void this.scan();
    });
    return this.#scan;
  }

  async #claimAll(): Promise<void> {
    const { store, resume, logger, tidy, doubt, poisonLimit } = this.options;
    for (let more = true; more && this.holdsLease && !this.#stopped;) {
      more = false;
      try {
        await tidy();
        const fromDead = performance.now() >= this.#graceUntil;
        const runs = await store.takeOver(this, { most: claimSize, fromDead, poisonLimit });
        // One run that cannot be resumed must not keep the others waiting.
        const quietly = (run: ClaimedRun) =>
          resume(run).catch((err: unknown) =>
            logger.error({ err, run: run.id }, 'a run could not be resumed'),
          );
        await Promise.all(runs.map(quietly));
        more = runs.length >= claimSize;
      } catch (err) {
        if (err instanceof LeaseLost) this.options.lost(err);
        else {
          doubt();
          if (!this.#stopped) logger.warn({ err }, 'looking for runs failed');
        }
      }
    }
  }

  async #beat(): Promise<void> {
    const { store, times, logger, lost } = this.options;
    const before = performance.now();
    try {
      const now = await store.heartbeat(this, times.lease);
      if (now !== undefined) {
        // The database was away, for the others too: they get as long to say that they live.
        if (!this.holdsLease) this.#graceUntil = performance.now() + times.lease;
        this.#leaseUntil = before + times.lease;
        this.#clock.set(now, before);
        for (const resolve of this.#waiters.splice(0)) resolve();
      } else if (!this.#stopped) lost(new LeaseLost(`replica ${this.id} was declared dead`));
    } catch (err) {
      // The database is away: the lease may outlive it. What is sent meanwhile is decided by holdsLease.
      if (!this.#stopped) logger.warn({ err }, 'heartbeat failed');
    }
  }
}
