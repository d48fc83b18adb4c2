import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from '@isthmus/workflow-engine';
import { check, type OperationHistory } from './checker.js';

const finished = (path: string, at: number) =>
  ({
    v: 1,
    at,
    type: 'actionFinished',
    path,
    status: 'Succeeded',
    code: 'OK',
    startedAt: 0,
    trackingId: '',
  }) as RunEvent;
const end = { v: 1, at: 9, type: 'runFinished', status: 'Succeeded' } as RunEvent;
const good: OperationHistory = {
  accepted: new Set(['r']),
  runs: [{ id: 'r', status: 'Succeeded', ended: true, events: [finished('A', 5), end] }],
  calls: [
    { key: 'r:A', at: 3 },
    { key: 'r:A', at: 4 },
  ],
  ended: new Map([['r', 'Succeeded']]),
};
const [run] = good.runs;

describe('the checker', () => {
  it('has nothing against a call that was repeated before its result was recorded', () => {
    expect(check(good)).toEqual([]);
  });
  it.each<[string, Partial<OperationHistory>, string]>([
    ['a lost run', { accepted: new Set(['r', 'x']) }, 'run x was accepted and is lost'],
    [
      'a stuck run',
      { runs: [{ ...run!, ended: false, status: 'Running' }] },
      'run r is stuck in Running',
    ],
    [
      'a failed run',
      { runs: [{ ...run!, status: 'Failed' }], ended: new Map() },
      'run r ended Failed',
    ],
    [
      'a status that changed',
      { ended: new Map([['r', 'Failed']]) },
      'run r was Failed and became Succeeded',
    ],
    ['two ends', { runs: [{ ...run!, events: [end, end] }] }, 'run r ended 2 times'],
    [
      'life after the end',
      { runs: [{ ...run!, events: [end, finished('A', 5)] }] },
      'run r went on after its end',
    ],
    [
      'two results',
      { runs: [{ ...run!, events: [finished('A', 5), finished('A', 6), end] }] },
      'run r: A has two results',
    ],
    [
      'a finished action sent again',
      { calls: [{ key: 'r:A', at: 6 }] },
      'r:A was sent again after its result was recorded',
    ],
  ])('sees %s', (_, change, violation) => {
    expect(check({ ...good, ...change })).toContain(violation);
  });
});
