import { Later } from './later.js';

describe('Later', () => {
  it('tells its listener in the moment in which it is settled, through all that follows from it', () => {
    const first = new Later<number>();
    const told: unknown[] = [];
    first.then((value) => value + 1).then((value) => told.push(value));
    first.resolve(1);
    expect(told).toEqual([2]);
  });

  it('tells whoever comes after it was settled', () => {
    const first = new Later<number>();
    first.resolve(1);
    first.resolve(2);
    const told: unknown[] = [];
    first.then((value) => told.push(value));
    expect(told).toEqual([1]);
  });

  it('passes failures on until somebody takes them; what a listener throws is one', () => {
    const first = new Later<number>();
    const told: unknown[] = [];
    first
      .then(() => {
        throw new Error('thrown');
      })
      .then(() => told.push('not told'))
      .then(undefined, (error: unknown) => (error as Error).message)
      .then((value) => told.push(value));
    first.resolve(1);
    expect(told).toEqual(['thrown']);
    const second = new Later<number>();
    second.then(undefined, (error) => told.push(error));
    second.reject('rejected');
    expect(told).toEqual(['thrown', 'rejected']);
  });

  it('follows what a listener waits for, a promise or another one', async () => {
    const first = new Later<number>();
    const inner = new Later<string>();
    const told: unknown[] = [];
    first.then(() => inner).then((value) => told.push(value));
    first.resolve(1);
    expect(told).toEqual([]);
    inner.resolve('inner');
    expect(told).toEqual(['inner']);
    const other = new Later<number>();
    const outcome = other.then(() => Promise.reject(new Error('by a promise')));
    other.resolve(1);
    await expect(outcome).rejects.toThrow('by a promise');
  });

  it('is awaited like a promise, by one only', async () => {
    const first = new Later<number>();
    setImmediate(() => first.resolve(7));
    expect(await first).toBe(7);
    expect(() => first.then()).toThrow('Somebody else waits for this already.');
  });
});
