import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from '@isthmus/workflow-engine';
import { check, lateCalls, type OperationHistory } from './checker.js';

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
const started = (path: string, at: number) =>
  ({ v: 1, at, type: 'actionStarted', path, trackingId: '' }) as RunEvent;
const end = { v: 1, at: 9, type: 'runFinished', status: 'Succeeded' } as RunEvent;
const good: OperationHistory = {
  accepted: new Set(['r']),
  runs: [
    {
      id: 'r',
      workflow: 'w',
      trackingId: 't',
      isChild: false,
      status: 'Succeeded',
      ended: true,
      events: [finished('A', 5), end],
    },
  ],
  calls: [
    { key: 'r:A', at: 3 },
    { key: 'r:A', at: 4 },
  ],
  ended: new Map([['r', 'Succeeded']]),
  pauses: [],
  order: new Map([['w', { B: ['A'], C: ['B'] }]]),
};
const [run] = good.runs;

describe('the checker', () => {
  it('has nothing against a call that was repeated before its result was recorded', () => {
    expect(check(good)).toEqual([]);
  });
  it('tells a call that was on its way when its replica stood still from one that is made again', () => {
    const late = { ...good, calls: [...good.calls, { key: 'r:A', at: 9000 }] };
    const broken = ['r:A was sent again after its result was recorded'];
    const pause = (from: number, until: number) => ({ ...late, pauses: [{ from, until }] });
    expect(check(late)).toEqual(broken);
    expect(check(pause(5, 8999))).toEqual([]);
    expect(lateCalls(pause(5, 8999))).toEqual([{ key: 'r:A', at: 9000 }]);
    // Long after it went on; before it did; a run that began only when it stood.
    expect(check(pause(5, 7000))).toEqual(broken);
    expect(check(pause(5, 9001))).toEqual(broken);
    expect(check(pause(-1, 8999))).toEqual(broken);
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
      'an action that goes on after its result',
      { runs: [{ ...run!, events: [finished('A', 5), started('A', 6), end] }] },
      'run r: A went on after its result',
    ],
    [
      'an action that begins too early',
      { runs: [{ ...run!, events: [finished('A', 5), started('C', 6), end] }] },
      'run r: C began before B was over',
    ],
    [
      'an action of a pass that begins too early',
      { runs: [{ ...run!, events: [finished('A', 5), started('E[1].B', 6), end] }] },
      'run r: E[1].B began before A was over',
    ],
    [
      'a call that began two runs',
      { runs: [run!, { ...run!, id: 's' }] },
      'one call began the runs r and s',
    ],
    [
      'a finished action sent again',
      { calls: [...good.calls, { key: 'r:A', at: 6 }] },
      'r:A was sent again after its result was recorded',
    ],
  ])('sees %s', (_, change, violation) => {
    expect(check({ ...good, ...change })).toContain(violation);
  });
});
