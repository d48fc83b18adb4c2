import { describe, expect, it } from '@jest/globals';
import type { WorkflowObject } from '@isthmus/workflow-expressions';
import { compilePlan } from '../plan/compile-plan.js';
import { statefulLimits } from '../plan/engine-limits.js';
import type { Plan } from '../plan/plan.js';
import { advance, type Progress } from './advance.js';
import { restore } from './apply.js';
import type { RunEvent } from './events.js';
import { startRun } from './start-run.js';
import { isFinished, type RunState } from './state.js';

function planOf(actions: WorkflowObject): Plan {
  return compilePlan(
    { triggers: { manual: { type: 'Request', inputs: {} } }, actions },
    {
      workflow: { id: '/workflows/long', name: 'long', version: '1' },
      kind: 'Stateful',
      parameters: {},
      appSettings: {},
      artifacts: {},
      limits: statefulLimits,
      callbackUrl: () => 'https://callback.test/',
      staticResults: 'enabled',
    },
  );
}

function begin(): { state: RunState; events: RunEvent[] } {
  const { state, events } = startRun({
    runId: 'r',
    now: 0,
    trigger: { name: 'manual', outputs: {}, startTime: 0, endTime: 0 } as never,
  });
  return { state, events: [...events] };
}

let guids = 0;
function turn(plan: Plan, state: RunState, now: number, cancel = false): Progress {
  return advance(plan, state, { now, random: () => 0, newGuid: () => `g${guids++}`, cancel });
}

/** Kept items are those that divide by a thousand; the list takes some millions of steps. */
const longQuery: WorkflowObject = {
  Q: {
    type: 'Query',
    inputs: { from: '@range(0, 100000)', where: '@equals(mod(item(), 1000), 0)' },
    runAfter: {},
  },
  N: { type: 'Compose', inputs: "@length(body('Q'))", runAfter: { Q: ['Succeeded'] } },
};

describe('a list that takes long', () => {
  it('gives way to other runs, and no turn tells of it before it is through', () => {
    const plan = planOf(longQuery);
    const { state } = begin();
    let turns = 0;
    for (let progress = turn(plan, state, 1); !progress.finished; progress = turn(plan, state, 1)) {
      turns += 1;
      expect(progress).toMatchObject({ events: [], effects: [], wakeAt: 1 });
    }
    expect(turns).toBeGreaterThan(1);
    expect(state.actions.get('N')?.outputs).toBe(100);
  });

  it('is over when the run is cancelled in between', () => {
    const plan = planOf(longQuery);
    const { state } = begin();
    expect(turn(plan, state, 1).finished).toBe(false);
    expect(turn(plan, state, 2, true).finished).toBe(true);
    expect(state.status).toBe('Cancelled');
  });

  it('begins anew where another host takes the run over', () => {
    const plan = planOf(longQuery);
    const { state, events } = begin();
    events.push(...turn(plan, state, 1).events, ...turn(plan, state, 1).events);
    const taken = restore(events);
    for (let count = 0; !isFinished(taken) && count < 100; count += 1) turn(plan, taken, 5);
    expect(taken.actions.get('N')?.outputs).toBe(100);
  });

  it('leaves parallel actions their time', () => {
    const plan = planOf({
      W: { type: 'Wait', inputs: { interval: { count: 1, unit: 'Second' } }, runAfter: {} },
      After: { type: 'Compose', inputs: 1, runAfter: { W: ['Succeeded'] } },
      ...longQuery,
    });
    const { state } = begin();
    turn(plan, state, 1);
    const { events } = turn(plan, state, 2000);
    expect(events.map((event) => 'path' in event && event.path)).toContain('After');
    expect(state.actions.has('Q')).toBe(false);
  });
});
