import type { Counters, CounterState, CounterWindow } from '@isthmus/policy-engine';

/**
 * Counters of one of several workers without Redis: each worker has its share of every limit, so
 * that together they let through no more than the limit (rounded up for each).
 */
export class SharedLimit implements Counters {
  constructor(
    private readonly own: Counters,
    private readonly sharers: number,
  ) {}

  add(
    key: string,
    amount: number,
    window: CounterWindow,
    limit: number,
  ): ReturnType<Counters['add']> {
    return this.own.add(
      key,
      amount,
      window,
      Number.isFinite(limit) ? Math.ceil(limit / this.sharers) : limit,
    );
  }

  read(key: string, window: CounterWindow): CounterState | Promise<CounterState> {
    return this.own.read(key, window);
  }
}
