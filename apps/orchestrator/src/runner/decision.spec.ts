import { describe, expect, it } from '@jest/globals';
import {
  compilePlan,
  statefulLimits,
  type Plan,
  type TriggerRecord,
} from '@isthmus/workflow-engine';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import { GroupCommit } from './group-commit.js';
import { RunDriver } from './run-driver.js';

const definition = {
  triggers: { manual: { type: 'Request', kind: 'Http', inputs: {} } },
  actions: {
    Answer: {
      type: 'Response',
      kind: 'Http',
      inputs: { statusCode: 200, body: 'hi' },
      runAfter: {},
    },
  },
};
const plan: Plan = compilePlan(definition, {
  workflow: { id: '/w', name: 'w', version: '1' },
  kind: 'Stateful',
  parameters: {},
  appSettings: {},
  artifacts: {},
  limits: statefulLimits,
  staticResults: 'none',
});
const workflow = { name: 'w', id: '/w', version: '1', plan } as unknown as DeployedWorkflow;
const trigger: TriggerRecord = {
  name: 'manual',
  status: 'Succeeded',
  startedAt: 0,
  endedAt: 0,
  trackingId: 't',
};

describe('the answer of a durable run', () => {
  it('is known to a parent run when it is decided, to callers when it is committed', async () => {
    const batch = Promise.withResolvers<void>();
    const commit = new GroupCommit({ write: () => batch.promise, lost: () => undefined });
    const driver = new RunDriver({
      replicaId: 'r',
      commit,
      durability: () => 'response',
      perform: () => Promise.reject(new Error('nothing is called')),
    });
    const run = driver.begin({ id: '1', origin: { workflow }, trigger });
    let isAnswered = false;
    void run.answer.then(() => (isAnswered = true));
    expect(await run.decision).toMatchObject({ statusCode: 200, body: 'hi' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isAnswered).toBe(false);
    batch.resolve();
    expect(await run.answer).toMatchObject({ statusCode: 200, body: 'hi' });
  });

  it('is not given to callers when the replica stops before the commit', async () => {
    const commit = new GroupCommit({ write: () => new Promise(() => {}), lost: () => undefined });
    const driver = new RunDriver({
      replicaId: 'r',
      commit,
      durability: () => 'response',
      perform: () => Promise.reject(new Error('nothing is called')),
    });
    const run = driver.begin({ id: '2', origin: { workflow }, trigger });
    driver.stop(new Error('stopping'));
    await expect(run.answer).rejects.toThrow('stopping');
    // It was decided before the stop: what follows from it is in the same journal, behind it.
    await expect(run.decision).resolves.toMatchObject({ statusCode: 200 });
  });
});
