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

interface Count {
  /** Sliding: what was counted when. Fixed: one entry for the period. */
  entries: { at: number; amount: number }[];
}

/** Counters of one process. */
export class InMemoryCounters implements Counters {
  readonly #counts = new Map<string, Count>();
  readonly #clock: Clock;
  #writes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(
    key: string,
    amount: number,
    window: CounterWindow,
    limit: number,
  ): CounterState & { accepted: boolean } {
    const state = this.#current(key, window);
    const sum = sumOf(state);
    if (sum + amount > limit)
      return { count: sum, resetAfter: this.#resetAfter(state, window), accepted: false };
    if (amount > 0) state.entries.push({ at: this.#clock.now(), amount });
    if (++this.#writes % 1000 === 0) this.#sweep();
    return { count: sum + amount, resetAfter: this.#resetAfter(state, window), accepted: true };
  }

  read(key: string, window: CounterWindow): CounterState {
    const state = this.#current(key, window);
    return { count: sumOf(state), resetAfter: this.#resetAfter(state, window) };
  }

  #current(key: string, window: CounterWindow): Count {
    const now = this.#clock.now();
    let count = this.#counts.get(key);
    if (!count) {
      count = { entries: [] };
      this.#counts.set(key, count);
    }
    if (window.period > 0) {
      const start = window.kind === 'fixed' ? periodStart(now, window) : now - window.period;
      const counts = (at: number): boolean => (window.kind === 'fixed' ? at >= start : at > start);
      if (count.entries.length > 0 && !counts(count.entries[0]!.at)) {
        count.entries = count.entries.filter((entry) => counts(entry.at));
      }
    }
    if (window.kind === 'fixed' && count.entries.length > 1) {
      count.entries = [{ at: count.entries[0]!.at, amount: sumOf(count) }];
    }
    return count;
  }

  #resetAfter(count: Count, window: CounterWindow): number {
    const now = this.#clock.now();
    if (window.period <= 0) return 0;
    if (window.kind === 'fixed') return periodStart(now, window) + window.period - now;
    const oldest = count.entries[0];
    return oldest ? Math.max(0, oldest.at + window.period - now) : window.period;
  }

  #sweep(): void {
    const old = this.#clock.now() - 24 * 3600 * 1000;
    for (const [key, count] of this.#counts) {
      if (count.entries.length === 0 || (count.entries.at(-1)!.at < old && key.startsWith('rate:')))
        this.#counts.delete(key);
    }
  }
}

/** Begin of the fixed period that contains `now`. */
export function periodStart(now: number, window: CounterWindow): number {
  const start = window.start ?? 0;
  return start + Math.floor((now - start) / window.period) * window.period;
}

function sumOf(count: Count): number {
  let sum = 0;
  for (const entry of count.entries) sum += entry.amount;
  return sum;
}
