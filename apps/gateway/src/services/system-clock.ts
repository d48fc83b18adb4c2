import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@isthmus/policy-engine';

/** The steady clock follows the time of day when the two are further apart than this. Milliseconds. */
const tolerated = 20;

let offset = Date.now() - performance.now();

/** The time of day with fractions of a millisecond; it follows when the system's clock is set. */
function now(): number {
  const steady = performance.now();
  const wall = Date.now();
  if (Math.abs(offset + steady - wall) > tolerated) offset = wall - steady;
  return offset + steady;
}

/** Milliseconds of a clock that never steps, from some beginning: for windows and pauses. */
export const steadyNow = (): number => performance.now();

/** The time for the engine; waits end early when the caller is gone. */
export const systemClock: Clock = {
  now,
  async sleep(milliseconds, signal) {
    await wait(milliseconds, undefined, signal ? { signal } : {});
  },
};
