import { setTimeout as wait } from 'node:timers/promises';
import {
  LeaseLost,
  type JournalBatch,
  type JournalRow,
  type RunRow,
} from '../store/journal.store.js';

/** Writes one batch; its outcome may be unknown when it throws anything but {@link LeaseLost}. */
export type WriteBatch = (batch: JournalBatch) => Promise<void>;

/** How a replica gathers its batches. */
export interface GroupCommitOptions {
  readonly write: WriteBatch;
  /** Called once when the lease is lost: the replica must stop. */
  readonly lost: (error: LeaseLost) => void;
  /** A failed attempt, before it is repeated. */
  readonly failed?: (error: unknown) => void;
  /** Longest time that records wait for company, in milliseconds. */
  readonly delay?: number;
  /** Records that make a batch leave at once. */
  readonly size?: number;
}

const longestRetryMs = 2000;

/**
 * All runs of a replica append to one buffer. One commit is in flight; what arrives meanwhile forms
 * the next. A batch leaves when somebody waits at a barrier, when it is full, or after a few
 * milliseconds. A commit that fails is repeated until it succeeds or the lease is lost.
 */
export class GroupCommit {
  #rows = new Map<string, RunRow>();
  #events: JournalRow[] = [];
  #flight: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lost: LeaseLost | undefined;
  readonly #delay: number;
  readonly #size: number;

  constructor(private readonly options: GroupCommitOptions) {
    this.#delay = options.delay ?? 4;
    this.#size = options.size ?? 2000;
  }

  /** Records that wait to be written. */
  get backlog(): number {
    return this.#events.length;
  }

  /** Keeps the row and the events of a run; they are in the next batch. */
  append(row: RunRow, events: readonly JournalRow[]): void {
    this.#rows.set(row.id, row);
    for (const event of events) this.#events.push(event);
    if (this.#events.length >= this.#size) void this.#flush().catch(() => undefined);
    else if (this.#timer === undefined && this.#flight === undefined) {
      this.#timer = setTimeout(() => void this.#flush().catch(() => undefined), this.#delay);
    }
  }

  /**
   * Resolves when everything appended so far is committed.
   * @throws LeaseLost
   */
  async barrier(): Promise<void> {
    while (this.#flight) await this.#flight;
    await this.#flush();
  }

  #flush(): Promise<void> {
    if (this.#lost) return Promise.reject(this.#lost);
    if (this.#flight) return this.#flight;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#rows.size === 0) return Promise.resolve();
    const batch = { runs: [...this.#rows.values()], events: this.#events };
    this.#rows = new Map();
    this.#events = [];
    this.#flight = this.#write(batch).finally(() => {
      this.#flight = undefined;
      // What arrived meanwhile forms the next batch, whether or not somebody waits for it.
      if (this.#rows.size > 0 && !this.#lost) void this.#flush().catch(() => undefined);
    });
    return this.#flight;
  }

  async #write(batch: JournalBatch): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.options.write(batch);
      } catch (error) {
        if (error instanceof LeaseLost) {
          if (!this.#lost) this.options.lost((this.#lost = error));
          throw error;
        }
        this.options.failed?.(error);
        await wait(Math.min(50 * 2 ** attempt, longestRetryMs));
      }
    }
  }
}
