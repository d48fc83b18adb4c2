/** Time for the engine. Engines have no clock of their own. */
export interface Clock {
  /** Milliseconds since 1970, may have a fraction. */
  now(): number;
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** A clock that stands still until it is moved; sleeping moves it. */
export class FixedClock implements Clock {
  #now: number;
  /** What was slept, in order. */
  readonly slept: number[] = [];

  constructor(now = Date.UTC(2026, 0, 2, 3, 4, 5)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds);
    this.#now += milliseconds;
    return Promise.resolve();
  }
}
