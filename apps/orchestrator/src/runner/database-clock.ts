/** A step back of less than this is no change of the clock, only another estimate; in milliseconds. */
const jitterMs = 1000;
/** Clocks that differ by less, beyond what the way to the database explains, are taken as the same. */
const toleranceMs = 500;

/**
 * The time that runs go by, between heartbeats by the monotonic clock of this process. It is our wall
 * clock as long as that agrees with the database's, and the database's when it does not. Timers of a
 * run are thus due at the same time wherever it goes on, and a wall clock that is set wrong or jumps
 * makes no run wait for too long or too short a time.
 */
export class DatabaseClock {
  #time = Date.now();
  #at = performance.now();
  #last = 0;

  /** @param time milliseconds since 1970, as the database answered @param before monotonic time of the question */
  set(time: number, before: number): void {
    const after = performance.now();
    const wall = Date.now();
    const agrees = time >= wall - (after - before) - toleranceMs && time <= wall + toleranceMs;
    this.#time = agrees ? wall : time;
    this.#at = agrees ? after : (before + after) / 2;
  }

  /** Whole milliseconds since 1970. */
  now(): number {
    const estimate = Math.floor(this.#time + performance.now() - this.#at);
    const wall = Date.now();
    const time = Math.abs(wall - estimate) < toleranceMs ? wall : estimate;
    const isJitter = time < this.#last && this.#last - time < jitterMs;
    if (!isJitter) this.#last = time;
    return this.#last;
  }
}
