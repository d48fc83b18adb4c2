import { InMemoryCache } from './cache.js';
import { FixedClock } from './clock.js';
import { InMemoryCounters, periodStart } from './counters.js';
import { InMemoryVectorStore } from './vector-store.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('InMemoryCounters', () => {
  it('slide: room comes back as the oldest leave', () => {
    const clock = new FixedClock(0);
    const counters = new InMemoryCounters(clock);
    const window = { kind: 'sliding', period: 10_000 } as const;
    expect(counters.add('k', 1, window, 2)).toMatchObject({ accepted: true, count: 1 });
    clock.advance(4000);
    expect(counters.add('k', 1, window, 2)).toMatchObject({ accepted: true, count: 2 });
    expect(counters.add('k', 1, window, 2)).toEqual({
      accepted: false,
      count: 2,
      resetAfter: 6000,
    });
    clock.advance(6000);
    expect(counters.add('k', 1, window, 2)).toMatchObject({ accepted: true, count: 2 });
  });

  it('fixed: all room comes back with the period', () => {
    const clock = new FixedClock(25_000);
    const counters = new InMemoryCounters(clock);
    const window = { kind: 'fixed', period: 10_000, start: 0 } as const;
    expect(counters.add('k', 2, window, 2)).toMatchObject({ accepted: true, resetAfter: 5000 });
    expect(counters.add('k', 1, window, 2)).toMatchObject({ accepted: false });
    clock.advance(5000);
    expect(counters.add('k', 1, window, 2)).toMatchObject({ accepted: true, count: 1 });
  });

  it('count at the very begin of a period', () => {
    const clock = new FixedClock(20_000);
    const counters = new InMemoryCounters(clock);
    const window = { kind: 'fixed', period: 10_000, start: 0 } as const;
    counters.add('k', 1, window, 1);
    expect(counters.add('k', 1, window, 1).accepted).toBe(false);
  });

  it('hold a bounded number of entries for a busy key, and stay exact in sum', () => {
    const clock = new FixedClock(0);
    const counters = new InMemoryCounters(clock);
    const window = { kind: 'sliding', period: 60_000 } as const;
    const started = performance.now();
    for (let i = 0; i < 200_000; i++) {
      counters.add('k', 1, window, Infinity);
      if (i % 20 === 0) clock.advance(1);
    }
    expect(counters.read('k', window).count).toBe(200_000);
    clock.advance(60_000);
    expect(counters.read('k', window).count).toBe(0);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('forget keys that nobody uses', () => {
    const clock = new FixedClock();
    const counters = new InMemoryCounters(clock);
    const window = { kind: 'sliding', period: 1000 } as const;
    for (let i = 0; i < 999; i++) counters.add(`rate:${i}`, 1, window, 9);
    clock.advance(25 * 3600 * 1000);
    counters.add('rate:new', 1, window, 9);
    expect(counters.size).toBe(1);
  });

  it('a refused amount is not counted', () => {
    const counters = new InMemoryCounters(new FixedClock());
    const window = { kind: 'sliding', period: 1000 } as const;
    counters.add('k', 5, window, 4);
    expect(counters.read('k', window).count).toBe(0);
  });

  it('periods before 1970 are found', () => {
    expect(periodStart(-1, { kind: 'fixed', period: 10, start: 0 })).toBe(-10);
  });
});

describe('InMemoryCache', () => {
  it('forgets after the duration', () => {
    const clock = new FixedClock();
    const cache = new InMemoryCache(clock);
    cache.set('k', { kind: 'string', data: bytes('v') }, 2);
    clock.advance(1999);
    expect(cache.get('k')?.kind).toBe('string');
    clock.advance(1);
    expect(cache.get('k')).toBeUndefined();
  });

  it('drops the oldest beyond its limit and never takes what is too large', () => {
    const cache = new InMemoryCache(new FixedClock(), 11);
    cache.set('a', { kind: 's', data: bytes('123456') }, 60);
    cache.set('b', { kind: 's', data: bytes('123456') }, 60);
    cache.set('c', { kind: 's', data: bytes('12345678901') }, 60);
    expect([cache.get('a'), cache.get('c')]).toEqual([undefined, undefined]);
    expect(cache.get('b')).toBeDefined();
  });
});

describe('InMemoryVectorStore', () => {
  it('finds the closest of a partition', () => {
    const store = new InMemoryVectorStore(new FixedClock());
    store.store('p', [1, 0], bytes('x'), 60);
    store.store('p', [0, 1], bytes('y'), 60);
    expect(Buffer.from(store.nearest('p', [0.1, 0.9])!.data).toString()).toBe('y');
    expect(store.nearest('q', [1, 0])).toBeUndefined();
  });
});
