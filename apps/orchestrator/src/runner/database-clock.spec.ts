import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DatabaseClock } from './database-clock.js';

const real = 1_800_000_000_000;
let monotonic = 0;
/** How wrong the wall clock is. */
let error = 0;

beforeEach((): void => {
  monotonic = 5000;
  error = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => monotonic);
  jest.spyOn(Date, 'now').mockImplementation(() => real + monotonic + error);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** A heartbeat: the database answers in the middle of its way. */
function beat(clock: DatabaseClock, wayMs = 4): void {
  const before = monotonic;
  const time = real + monotonic + wayMs / 2;
  monotonic += wayMs;
  clock.set(time, before);
}

describe('the clock of a replica', () => {
  it('is the wall clock when that agrees with the database', () => {
    const clock = new DatabaseClock();
    beat(clock);
    expect(clock.now()).toBe(Date.now());
    monotonic += 2500;
    expect(clock.now()).toBe(Date.now());
  });

  it('is the wall clock, too, when the way to the database takes long', () => {
    const clock = new DatabaseClock();
    beat(clock, 8000);
    expect(clock.now()).toBe(Date.now());
  });

  it.each([600_000, -600_000])('is the database’s when the wall clock is wrong by %d ms', (by) => {
    error = by;
    const clock = new DatabaseClock();
    beat(clock);
    expect(clock.now()).toBe(real + monotonic);
  });

  it.each([600_000, -600_000])('does not follow a wall clock that jumps by %d ms', (by) => {
    const clock = new DatabaseClock();
    beat(clock);
    error = by;
    monotonic += 100;
    expect(clock.now()).toBe(real + monotonic);
    beat(clock);
    expect(clock.now()).toBe(real + monotonic);
  });

  it('does not go back for the error of an estimate', () => {
    const clock = new DatabaseClock();
    beat(clock);
    const before = clock.now();
    error = -400;
    beat(clock);
    expect(clock.now()).toBeGreaterThanOrEqual(before);
  });

  it('follows a database that steps back', () => {
    const clock = new DatabaseClock();
    beat(clock);
    clock.set(real + monotonic - 60_000, monotonic);
    expect(clock.now()).toBe(real + monotonic - 60_000);
  });
});
