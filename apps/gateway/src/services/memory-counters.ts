import { periodStart } from '@isthmus/policy-engine';
import type { Clock, Counters, CounterState, CounterWindow } from '@isthmus/policy-engine';

/** What one key counted in a sliding window: a queue of amounts, oldest first, and their sum. */
interface Sliding {
  readonly kind: 'sliding';
  /** Milliseconds; entries of one millisecond are one. */
  times: number[];
  amounts: number[];
  /** Where the queue begins; what stands before has left the window. */
  head: number;
  sum: number;
  /** When the last entry leaves. */
  until: number;
}

/** What one key counted in its present period. */
interface Fixed {
  readonly kind: 'fixed';
  start: number;
  sum: number;
  until: number;
}

/** Writes between two looks for keys that nobody asks for any more. */
const sweepEvery = 10_000;

/** Counters of one process: exact, and as cheap for a million calls as for ten. */
export class MemoryCounters implements Counters {
  readonly #counts = new Map<string, Sliding | Fixed>();
  readonly #clock: Clock;
  readonly #steady: () => number;
  #writes = 0;

  /**
   * Sliding windows go by `steady` (milliseconds that never step), so that setting the time of day neither
   * empties nor freezes them; fixed periods begin at times of day, which `clock` tells.
   */
  constructor(clock: Clock, steady: () => number = () => clock.now()) {
    this.#clock = clock;
    this.#steady = steady;
  }

  add(
    key: string,
    amount: number,
    window: CounterWindow,
    limit: number,
  ): CounterState & { readonly accepted: boolean } {
    const now = this.#now(window);
    const count = this.#current(key, window, now);
    const accepted = count.sum + amount <= limit;
    if (accepted && amount !== 0) put(count, amount, window, now);
    if (++this.#writes % sweepEvery === 0) this.#sweep();
    return { count: count.sum, resetAfter: resetAfter(count, window, now), accepted };
  }

  read(key: string, window: CounterWindow): CounterState {
    const now = this.#now(window);
    const count = this.#current(key, window, now);
    return { count: count.sum, resetAfter: resetAfter(count, window, now) };
  }

  #now({ kind }: Pick<CounterWindow, 'kind'>): number {
    return kind === 'sliding' ? this.#steady() : this.#clock.now();
  }

  #current(key: string, window: CounterWindow, now: number): Sliding | Fixed {
    let count = this.#counts.get(key);
    if (count?.kind !== window.kind) {
      count =
        window.kind === 'sliding'
          ? { kind: 'sliding', times: [], amounts: [], head: 0, sum: 0, until: now }
          : { kind: 'fixed', start: -1, sum: 0, until: now };
      this.#counts.set(key, count);
    }
    if (count.kind === 'sliding') expire(count, now - window.period);
    else {
      const start = window.period > 0 ? periodStart(now, window) : 0;
      // A clock that was set back by less than a period does not begin an earlier one anew.
      const isBack = start < count.start && now > count.start - window.period;
      if (count.start !== start && !isBack) {
        count.start = start;
        count.sum = 0;
      }
      count.until = window.period > 0 ? count.start + window.period : Infinity;
    }
    return count;
  }

  #sweep(): void {
    const [steady, time] = [this.#steady(), this.#clock.now()];
    for (const [key, count] of this.#counts)
      if (count.until <= (count.kind === 'sliding' ? steady : time)) this.#counts.delete(key);
  }
}

function put(count: Sliding | Fixed, amount: number, window: CounterWindow, now: number): void {
  count.sum += amount;
  if (count.kind === 'fixed') return;
  count.until = now + window.period;
  const at = Math.floor(now);
  const last = count.times.length - 1;
  if (last >= count.head && count.times[last] === at)
    count.amounts[last] = (count.amounts[last] ?? 0) + amount;
  else {
    count.times.push(at);
    count.amounts.push(amount);
  }
}

function expire(count: Sliding, before: number): void {
  while (count.head < count.times.length && (count.times[count.head] ?? 0) <= before) {
    count.sum -= count.amounts[count.head] ?? 0;
    count.head++;
  }
  // The room of what has left is given back now and then, not each time.
  if (count.head > 1024 && count.head * 2 > count.times.length) {
    count.times = count.times.slice(count.head);
    count.amounts = count.amounts.slice(count.head);
    count.head = 0;
  }
}

function resetAfter(count: Sliding | Fixed, window: CounterWindow, now: number): number {
  if (window.period <= 0) return 0;
  if (count.kind === 'fixed') return count.start + window.period - now;
  const oldest = count.times[count.head];
  return oldest === undefined ? window.period : Math.max(0, oldest + window.period - now);
}
