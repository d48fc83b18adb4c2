import { jest } from '@jest/globals';
import fc from 'fast-check';
import { FixedClock, InMemoryCounters } from '@isthmus/policy-engine';
import type { CounterWindow } from '@isthmus/policy-engine';
import { MemoryCounters } from './memory-counters.js';

fc.configureGlobal({ seed: jest.getSeed() });

describe('MemoryCounters', () => {
  const sliding: CounterWindow = { kind: 'sliding', period: 100 };
  const fixed: CounterWindow = { kind: 'fixed', period: 100, start: 0 };

  it('counts as the plain implementation of the engine does, whatever comes when', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 120 }),
      amount: fc.integer({ min: 0, max: 4 }),
      window: fc.constantFrom(sliding, fixed),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new FixedClock(1_000_000);
        const [mine, plain] = [new MemoryCounters(clock), new InMemoryCounters(clock)];
        for (const { wait, amount, window } of steps) {
          clock.advance(wait);
          const key = window.kind;
          expect(mine.add(key, amount, window, 7)).toEqual(plain.add(key, amount, window, 7));
        }
      }),
    );
  });
  it('is as cheap for many calls in a window as for few', () => {
    const clock = new FixedClock(0);
    const counters = new MemoryCounters(clock);
    const long: CounterWindow = { kind: 'sliding', period: 3_600_000 };
    const started = performance.now();
    for (let index = 0; index < 300_000; index++) {
      clock.advance(1);
      counters.add('k', 1, long, Infinity);
    }
    expect(performance.now() - started).toBeLessThan(3000);
    expect(counters.read('k', long).count).toBe(300_000);
  });
  it('never forgets a count without a period', () => {
    const clock = new FixedClock(0);
    const counters = new MemoryCounters(clock);
    const endless: CounterWindow = { kind: 'fixed', period: 0 };
    counters.add('k', 5, endless, Infinity);
    clock.advance(1e12);
    for (let index = 0; index < 20_001; index++) counters.add('other', 0, sliding, 1);
    expect(counters.read('k', endless).count).toBe(5);
  });
});
