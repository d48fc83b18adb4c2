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
  /** The database will never take what this run wants to write: it is left out. */
  readonly refused?: (runId: string, error: unknown) => void;
  /** Longest time that records wait for company, in milliseconds. */
  readonly delay?: number;
  /** Records that make a batch leave at once. */
  readonly size?: number;
}

interface Waiter {
  readonly until: number;
  resolve(): void;
  reject(error: Error): void;
}

const longestRetryMs = 2000;

/**
 * All runs of a replica append to one buffer. One commit is in flight; what arrives meanwhile forms
 * the next. A batch leaves when somebody waits at a barrier, when it is full, or after a few
 * milliseconds; for a barrier at the end of the event loop's turn, so that runs which got on in the same
 * turn share a commit. A commit that fails is repeated until it succeeds or the lease is lost.
 */
export class GroupCommit {
  #rows = new Map<string, RunRow>();
  #events: JournalRow[] = [];
  /** Appends so far, and how many of them are committed. */
  #appended = 0;
  #committed = 0;
  #waiters: Waiter[] = [];
  #inFlight = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
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

  /** The last attempt to commit failed: nothing new may be accepted now. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** Keeps the row and the events of a run; they are in the next batch. */
  append(row: RunRow, events: readonly JournalRow[]): void {
    this.#appended += 1;
    this.#rows.set(row.id, row);
    for (const event of events) this.#events.push(event);
    if (this.#inFlight || this.#lost) return;
    if (this.#events.length >= this.#size) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), this.#delay);
  }

  /**
   * Resolves when everything appended so far is committed.
   * @throws LeaseLost
   */
  barrier(): Promise<void> {
    if (this.#lost) return Promise.reject(this.#lost);
    if (this.#committed >= this.#appended) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiters.push({ until: this.#appended, resolve, reject });
    this.#flushSoon();
    return promise;
  }

  #flushSoon(): void {
    if (!this.#inFlight) this.#immediate ??= setImmediate(() => this.#flush());
  }

  #flush(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = this.#immediate = undefined;
    if (this.#lost || this.#rows.size === 0) return;
    const batch = { runs: [...this.#rows.values()], events: this.#events };
    const until = this.#appended;
    this.#rows = new Map();
    this.#events = [];
    this.#inFlight = true;
    this.#write(batch).then(
      () => this.#landed(until),
      (error: Error) => this.#rejectAll(error),
    );
  }

  #landed(until: number): void {
    this.#inFlight = false;
    this.#committed = until;
    const done = this.#waiters.filter((waiter) => waiter.until <= until);
    this.#waiters = this.#waiters.filter((waiter) => waiter.until > until);
    for (const waiter of done) waiter.resolve();
    // What arrived meanwhile forms the next batch, whether or not somebody waits for it.
    this.#flushSoon();
  }

  #rejectAll(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  async #write(batch: JournalBatch): Promise<void> {
    for (;;) {
      try {
        await this.options.write(batch);
        this.#failures = 0;
        return;
      } catch (error) {
        if (error instanceof LeaseLost) {
          this.#lost = error;
          this.options.lost(error);
          throw error;
        }
        if (isUnstorable(error)) return this.#leaveOut(batch, error);
        this.#failures += 1;
        this.options.failed?.(error);
        await wait(Math.min(25 * 2 ** this.#failures, longestRetryMs));
      }
    }
  }

  /** One run's data must not hold up the others: each is written alone, and the one that fails is given up. */
  async #leaveOut(batch: JournalBatch, error: unknown): Promise<void> {
    if (batch.runs.length === 1) return this.options.refused?.(batch.runs[0]!.id, error);
    for (const run of batch.runs) {
      await this.#write({
        runs: [run],
        events: batch.events.filter(({ runId }) => runId === run.id),
      });
    }
  }
}

/** SQLSTATE classes 22 (data exception) and 54 (limit exceeded): repeating cannot help. */
function isUnstorable(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(22|54)[0-9A-Z]{3}$/.test(code);
}
