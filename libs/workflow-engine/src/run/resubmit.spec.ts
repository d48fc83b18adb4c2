import { describe, expect, it } from '@jest/globals';
import type { WorkflowObject } from '@isthmus/workflow-expressions';
import { compilePlan } from '../plan/compile-plan.js';
import { statefulLimits, statelessLimits } from '../plan/engine-limits.js';
import type { Plan } from '../plan/plan.js';
import { advance } from './advance.js';
import { restore } from './apply.js';
import type { EffectOutcome } from './effects.js';
import type { RunEvent } from './events.js';
import { play, type Script } from './play.js';
import { resubmitted } from './resubmit.js';
import type { RunState } from './state.js';

function planOf(actions: WorkflowObject, kind: 'Stateful' | 'Stateless' = 'Stateful'): Plan {
  return compilePlan(
    { triggers: { manual: { type: 'Request', inputs: {} } }, actions },
    {
      workflow: { id: '/w', name: 'w', version: '1' },
      kind,
      parameters: {},
      appSettings: {},
      artifacts: {},
      limits: kind === 'Stateless' ? statelessLimits : statefulLimits,
      staticResults: 'enabled',
    },
  );
}

const start = {
  runId: 'old',
  now: 0,
  trigger: {
    name: 'manual',
    status: 'Succeeded' as const,
    outputs: { body: 1 },
    startedAt: 0,
    endedAt: 0,
    trackingId: 't',
  },
};
const call = (after: WorkflowObject = {}): WorkflowObject => ({
  type: 'Http',
  inputs: { method: 'GET', uri: 'https://a.test/', retryPolicy: { type: 'none' } },
  runAfter: after,
});

/** Calls of these actions fail the first time. */
function scriptOf(calls: string[], broken: readonly string[] = []): Script {
  return {
    random: () => 0,
    newGuid: () => 'g',
    answer(effect) {
      calls.push(effect.path);
      const outcome: EffectOutcome = {
        kind: 'response',
        effectId: effect.id,
        statusCode: broken.includes(effect.path) ? 500 : 200,
        headers: {},
      };
      return { outcome, after: 1 };
    },
  };
}

function goOn(plan: Plan, events: readonly RunEvent[]): { state: RunState; calls: string[] } {
  const state = restore(events);
  const calls: string[] = [];
  let outcomes: EffectOutcome[] = [];
  for (let turn = 0; turn < 100; turn++) {
    const progress = advance(plan, state, {
      now: 100 + turn,
      random: () => 0,
      newGuid: () => 'n',
      outcomes,
    });
    outcomes = progress.effects.flatMap((effect) => {
      if (!('id' in effect) || effect.kind === 'abort') return [];
      calls.push(effect.path);
      return [{ kind: 'response' as const, effectId: effect.id, statusCode: 200, headers: {} }];
    });
    if (progress.finished) break;
  }
  return { state, calls };
}

const actions: WorkflowObject = {
  A: call(),
  Side: call(),
  S: {
    type: 'Scope',
    actions: { B: call(), C: call({ B: ['Succeeded'] }), D: call() },
    runAfter: { A: ['Succeeded'] },
  },
  E: call({ S: ['Succeeded'] }),
  L: {
    type: 'Foreach',
    foreach: '@range(0, 2)',
    actions: { F: call() },
    runAfter: { A: ['Succeeded'] },
  },
};

describe('a run that is repeated', () => {
  const plan = planOf(actions);
  const old = () => play(plan, start, scriptOf([], ['C']));
  const again = (from: string[]) => {
    const events = resubmitted(plan, old().events, from, { runId: 'new', now: 50 });
    if (!events) throw new Error('refused');
    return goOn(plan, events);
  };

  it('from its trigger runs everything', () => {
    const { state, calls } = again([]);
    expect(calls.toSorted()).toEqual(['A', 'B', 'C', 'D', 'E', 'L[0].F', 'L[1].F', 'Side']);
    expect(state).toMatchObject({
      runId: 'new',
      status: 'Succeeded',
      trigger: { outputs: { body: 1 } },
    });
  });

  it('from an action inside a scope runs it and what comes after it, and nothing else', () => {
    expect(old().state.status).toBe('Failed');
    const { state, calls } = again(['C']);
    expect(calls).toEqual(['C', 'E']);
    expect(state.status).toBe('Succeeded');
    expect(state.actions.get('S')?.status).toBe('Succeeded');
  });

  it('from actions on parallel paths runs both paths', () => {
    expect(again(['c', 'Side']).calls.toSorted()).toEqual(['C', 'E', 'Side']);
  });

  it('from an action in a loop runs the loop', () => {
    expect(again(['F']).calls).toEqual(['L[0].F', 'L[1].F']);
  });

  it('is refused from an action that does not exist', () => {
    expect(resubmitted(plan, old().events, ['Nowhere'], { runId: 'new', now: 0 })).toBeUndefined();
  });
});

describe('a stateless workflow', () => {
  it('answers when it has ended', () => {
    const plan = planOf(
      {
        R: { type: 'Response', inputs: { statusCode: 200, body: 'ok' } },
        A: call({ R: ['Succeeded'] }),
      },
      'Stateless',
    );
    const kinds = play(plan, start, scriptOf([])).effects.map((effect) => effect.kind);
    expect(kinds).toEqual(['http', 'respond']);
    const stateful = planOf({
      R: { type: 'Response', inputs: { statusCode: 200, body: 'ok' } },
      A: call({ R: ['Succeeded'] }),
    });
    expect(play(stateful, start, scriptOf([])).effects.map((effect) => effect.kind)).toEqual([
      'respond',
      'http',
    ]);
  });
});
