import type { Clock } from './clock.js';

/** State of a counter after it was asked. */
export interface CounterState {
  /** Sum in the current window, including what was just added. */
  readonly count: number;
  /** Milliseconds until the window gives room again (sliding) or starts anew (fixed). */
  readonly resetAfter: number;
}

/** Sliding: the last `period`. Fixed: periods counted from `start`; a period of 0 never ends. */
export interface CounterWindow {
  readonly kind: 'sliding' | 'fixed';
  /** Milliseconds. */
  readonly period: number;
  /** Begin of the first period, milliseconds since 1970; only for fixed windows. */
  readonly start?: number;
}

/** Counters of rate limits and quotas. Atomic: `add` checks and counts in one step. */
export interface Counters {
  /** Adds `amount` unless the sum would pass `limit`; `accepted` tells which. */
  add(
    key: string,
    amount: number,
    window: CounterWindow,
    limit: number,
  ):
    | Promise<CounterState & { readonly accepted: boolean }>
    | (CounterState & { readonly accepted: boolean });
  /** The sum now. */
  read(key: string, window: CounterWindow): Promise<CounterState> | CounterState;
}

/** What was counted at one time. */
interface Entry {
  at: number;
  amount: number;
}

/** Entries of a sliding window are at most so many: what falls into a thousandth of the window is one entry. */
const entriesPerWindow = 1000;

/** The counts of one key, oldest first. */
class Count {
  #entries: Entry[] = [];
  /** Entries before this index have left the window. */
  #head = 0;
  sum = 0;

  get oldest(): Entry | undefined {
    return this.#entries[this.#head];
  }

  get newest(): Entry | undefined {
    return this.#entries.at(-1);
  }

  add(at: number, amount: number, granularity: number): void {
    this.sum += amount;
    const last = this.newest;
    if (last && this.#head < this.#entries.length && at - last.at < granularity) {
      // The later time: room comes back a little late, never early.
      last.at = at;
      last.amount += amount;
    } else this.#entries.push({ at, amount });
  }

  /** Forgets what the window no longer holds. */
  dropWhile(left: (at: number) => boolean): void {
    let oldest = this.oldest;
    while (oldest && left(oldest.at)) {
      this.sum -= oldest.amount;
      this.#head++;
      oldest = this.oldest;
    }
    if (this.#head > 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** Counters of one process. */
export class InMemoryCounters implements Counters {
  readonly #counts = new Map<string, Count>();
  readonly #clock: Clock;
  #writes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keys that are held, for metrics and tests. */
  get size(): number {
    return this.#counts.size;
  }

  add(
    key: string,
    amount: number,
    window: CounterWindow,
    limit: number,
  ): CounterState & { accepted: boolean } {
    const count = this.#current(key, window);
    if (count.sum + amount > limit) {
      return { count: count.sum, resetAfter: this.#resetAfter(count, window), accepted: false };
    }
    if (amount > 0) {
      const granularity = window.kind === 'fixed' ? Infinity : window.period / entriesPerWindow;
      count.add(this.#clock.now(), amount, granularity);
    }
    if (++this.#writes % 1000 === 0) this.#sweep();
    return { count: count.sum, resetAfter: this.#resetAfter(count, window), accepted: true };
  }

  read(key: string, window: CounterWindow): CounterState {
    const count = this.#current(key, window);
    return { count: count.sum, resetAfter: this.#resetAfter(count, window) };
  }

  #current(key: string, window: CounterWindow): Count {
    const now = this.#clock.now();
    let count = this.#counts.get(key);
    if (!count) this.#counts.set(key, (count = new Count()));
    if (window.period > 0) {
      const start = window.kind === 'fixed' ? periodStart(now, window) : now - window.period;
      count.dropWhile((at) => (window.kind === 'fixed' ? at < start : at <= start));
    }
    return count;
  }

  #resetAfter(count: Count, window: CounterWindow): number {
    const now = this.#clock.now();
    if (window.period <= 0) return 0;
    if (window.kind === 'fixed') return periodStart(now, window) + window.period - now;
    const { oldest } = count;
    return oldest ? Math.max(0, oldest.at + window.period - now) : window.period;
  }

  /** Forgets rate counters that nobody asked for in a day; quotas stay. */
  #sweep(): void {
    const old = this.#clock.now() - 24 * 3600 * 1000;
    for (const [key, count] of this.#counts) {
      const idle = count.sum === 0 || (key.startsWith('rate:') && (count.newest?.at ?? 0) < old);
      if (idle) this.#counts.delete(key);
    }
  }
}

/** Begin of the fixed period that contains `now`. */
export function periodStart(now: number, window: CounterWindow): number {
  const start = window.start ?? 0;
  return start + Math.floor((now - start) / window.period) * window.period;
}
