import { describe, expect, it } from '@jest/globals';
import type { WorkflowObject } from '@isthmus/workflow-expressions';
import { compilePlan } from '../plan/compile-plan.js';
import { statefulLimits } from '../plan/engine-limits.js';
import { play } from '../run/play.js';
import { recordedCase } from './recorded-case.js';
import { runWorkflowCase } from './workflow-case.js';

const definition: WorkflowObject = {
  triggers: { manual: { type: 'Request', inputs: {} } },
  actions: {
    Get: {
      type: 'Http',
      inputs: {
        method: 'GET',
        uri: 'https://a.test/',
        retryPolicy: { type: 'fixed', count: 2, interval: 'PT5S' },
      },
    },
    Each: {
      type: 'Foreach',
      foreach: "@body('Get')",
      operationOptions: 'Sequential',
      actions: {
        Put: { type: 'Http', inputs: { method: 'PUT', uri: 'https://a.test/@{item()}' } },
      },
      runAfter: { Get: ['Succeeded'] },
    },
    Ask: {
      type: 'HttpWebhook',
      inputs: { subscribe: { method: 'POST', uri: 'https://a.test/s' }, unsubscribe: {} },
      runAfter: { Each: ['Failed', 'Succeeded'] },
    },
    Reply: {
      type: 'Response',
      inputs: { statusCode: 200, body: "@body('Ask')" },
      runAfter: { Ask: ['Succeeded'] },
    },
  },
};

describe('recordedCase', () => {
  it('repeats a run with what its calls gave', () => {
    const plan = compilePlan(definition, {
      workflow: { id: '/w', name: 'w', version: '1' },
      kind: 'Stateful',
      parameters: {},
      appSettings: {},
      artifacts: {},
      limits: statefulLimits,
      staticResults: 'enabled',
    });
    let calls = 0;
    const script = [500, 200, 200, 404, 200];
    const { state } = play(
      plan,
      {
        runId: 'r1',
        now: 1000,
        trigger: {
          name: 'manual',
          status: 'Succeeded',
          outputs: { body: 1 },
          startedAt: 0,
          endedAt: 0,
          trackingId: 't',
        },
      },
      {
        random: () => 0,
        newGuid: () => 'g',
        answer: (effect) => ({
          outcome: {
            kind: 'response',
            effectId: effect.id,
            statusCode: script[calls++] ?? 200,
            headers: {},
            body: [1, 2],
          },
          after: 100,
        }),
        callback: (path) => ({ signal: { path, headers: { X: '1' }, body: 'yes' }, after: 10 }),
      },
    );
    const recorded = recordedCase(plan, state);
    expect(recorded).toMatchObject({
      given: {
        trigger: { body: 1 },
        answers: {
          Get: [{ status: 500 }, { status: 200, body: [1, 2] }],
          'Each[0].Put': [{ status: 200 }],
          'Each[1].Put': [{ status: 404 }],
          Ask: [{ status: 200 }],
        },
        callbacks: { Ask: { headers: { X: '1' }, body: 'yes' } },
      },
      expect: {
        status: 'Succeeded',
        response: { statusCode: 200 },
        actions: { Each: { status: 'Failed' }, Reply: { status: 'Succeeded' } },
      },
    });
    expect(runWorkflowCase({ ...recorded, definition })).toEqual([]);
    const wrong = { ...recorded, definition, expect: { status: 'Failed' } };
    expect(runWorkflowCase(wrong)).toEqual(['expect.status: expected "Failed", got "Succeeded"']);
  });
});
