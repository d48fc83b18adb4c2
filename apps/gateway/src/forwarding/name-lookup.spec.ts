import type { LookupAddress } from 'node:dns';
import { jest } from '@jest/globals';
import { egressGuard, EgressRefusedError, guardedLookup } from './egress-guard.js';
import { NameLookup } from './name-lookup.js';
import type { Found } from './name-lookup.js';

const one: LookupAddress[] = [{ address: '10.0.0.1', family: 4 }];
const two: LookupAddress[] = [{ address: '10.0.0.2', family: 4 }];
const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

/** Name servers whose answers are given by hand. */
function makeNames(): {
  names: NameLookup;
  questions: Found[];
  find: (hostname?: string) => Promise<LookupAddress[] | string | undefined>;
} {
  const questions: Found[] = [];
  const names = new NameLookup((_hostname, _options, found) => void questions.push(found));
  const find = (hostname = 'a.example'): Promise<LookupAddress[] | string | undefined> =>
    new Promise((resolve) =>
      names.find(hostname, {}, (error, addresses) => resolve(error?.code ?? addresses)),
    );
  return { names, questions, find };
}

describe('NameLookup', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('F10: asks for every connection anew, so that a change is seen', async () => {
    const { questions, find } = makeNames();
    const first = find();
    questions[0]!(null, one);
    expect(await first).toBe(one);
    const second = find();
    questions[1]!(null, two);
    expect(await second).toBe(two);
  });
  it('asks once for connections that open together', async () => {
    const { questions, find } = makeNames();
    const all = Promise.all([find(), find(), find('b.example'), find()]);
    expect(questions).toHaveLength(2);
    questions[0]!(null, one);
    questions[1]!(null, two);
    expect(await all).toEqual([one, one, two, one]);
  });
  it.each(['EAI_AGAIN', 'EAI_FAIL', 'ETIMEOUT'])(
    'F10: %s: the last good addresses stand in',
    async (code) => {
      const { questions, find } = makeNames();
      const unknown = find();
      questions[0]!(failure(code), []);
      expect(await unknown).toBe(code);
      const good = find();
      questions[1]!(null, one);
      await good;
      const failed = find();
      questions[2]!(failure(code), []);
      expect(await failed).toBe(one);
    },
  );
  it('F10: a name that is no more has no last good addresses', async () => {
    const { questions, find } = makeNames();
    const good = find();
    questions[0]!(null, one);
    await good;
    const gone = find();
    questions[1]!(failure('ENOTFOUND'), []);
    expect(await gone).toBe('ENOTFOUND');
  });
  it('F10: name servers that are slow hold up nobody who knows an address', async () => {
    jest.useFakeTimers();
    const { questions, find } = makeNames();
    const good = find();
    questions[0]!(null, one);
    await good;
    const slow = find();
    await jest.advanceTimersByTimeAsync(999);
    expect(await Promise.race([slow, Promise.resolve('waits')])).toBe('waits');
    await jest.advanceTimersByTimeAsync(2);
    expect(await slow).toBe(one);
    // Their answer counts when it comes.
    questions[1]!(null, two);
    const next = find();
    questions[2]!(failure('EAI_AGAIN'), []);
    expect(await next).toBe(two);
  });
  it('F10: last good addresses are good for five minutes', async () => {
    jest.useFakeTimers();
    const { questions, find } = makeNames();
    const good = find();
    questions[0]!(null, one);
    await good;
    await jest.advanceTimersByTimeAsync(300_001);
    const failed = find();
    questions[1]!(failure('EAI_AGAIN'), []);
    expect(await failed).toBe('EAI_AGAIN');
  });
  it('F10: rebinding: what stands in is judged like every other address', async () => {
    const names = new NameLookup((_hostname, _options, found) => found(null, one));
    const ask = (allowPrivate: boolean): Promise<unknown> =>
      new Promise((resolve) =>
        guardedLookup(egressGuard(allowPrivate), names)(
          'a.example',
          { all: true },
          (error, addresses) => resolve(error ?? addresses),
        ),
      );
    expect(await ask(true)).toEqual(one);
    expect(await ask(false)).toBeInstanceOf(EgressRefusedError);
  });
});
