import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { register } from 'prom-client';
import { OrchestratorFixture, requested, until } from '../testing/orchestrator-fixture.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start();
});
afterAll(() => fixture.stop());

const lines = async (metric: string): Promise<string[]> =>
  (await register.getSingleMetricAsString(`isthmus_orchestrator_${metric}`))
    .split('\n')
    .filter((line) => line.startsWith('isthmus'))
    .map((line) => line.replace('isthmus_orchestrator_', ''));

it('counts runs by workflow and status, actions by type and status, and how long both took', async () => {
  await fixture.deploy({
    counted: requested({
      Note: { type: 'Compose', inputs: "@int(triggerBody()['n'])" },
      Later: { type: 'Compose', inputs: 1, runAfter: { Note: ['Succeeded'] } },
    }),
  });
  for (const n of [1, 2, 'x']) {
    const answer = await fixture.call('counted', { n });
    await fixture.ended('counted', answer.headers.get('x-ms-workflow-run-id')!);
  }
  expect(await lines('runs_started_total')).toEqual(['runs_started_total{workflow="counted"} 3']);
  expect((await lines('runs_finished_total')).toSorted()).toEqual([
    'runs_finished_total{workflow="counted",status="Failed"} 1',
    'runs_finished_total{workflow="counted",status="Succeeded"} 2',
  ]);
  expect((await lines('actions_total')).toSorted()).toEqual([
    'actions_total{type="Compose",status="Failed"} 1',
    'actions_total{type="Compose",status="Skipped"} 1',
    'actions_total{type="Compose",status="Succeeded"} 4',
  ]);
  expect(await lines('run_seconds')).toContain('run_seconds_count{workflow="counted"} 3');
  expect(await lines('action_seconds')).toContain('action_seconds_count{type="Compose"} 5');
});

it('shows what runs and what waits', async () => {
  fixture.answer = () => ({ after: 60_000 });
  const Call = { type: 'Http', inputs: { method: 'GET', uri: `${fixture.backendUrl}/never` } };
  await fixture.deploy({
    narrow: requested({ Call }, { runtimeConfiguration: { concurrency: { runs: 1 } } }),
  });
  await fixture.call('narrow');
  await fixture.call('narrow');
  await until(async () =>
    (await lines('queue_depth')).includes('queue_depth{what="runs"} 1') ? true : undefined,
  );
  expect(await lines('runs_in_memory')).toEqual(['runs_in_memory 1']);
  expect(await lines('journal_backlog')).toEqual([expect.stringMatching(/^journal_backlog \d+$/)]);
  expect(await lines('runs_started_total')).toContain('runs_started_total{workflow="narrow"} 2');
});
