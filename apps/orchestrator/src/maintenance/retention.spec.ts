import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { OrchestratorFixture, requested } from '../testing/orchestrator-fixture.js';
import { Retention } from './retention.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start({ retentionDays: 30 });
});
afterAll(() => fixture.stop());

it('removes ended runs after their time with everything about them, and leaves the others', async () => {
  fixture.answer = () => ({ after: 60_000 });
  const Note = { type: 'Compose', inputs: "@triggerBody()['text']" };
  const Call = { type: 'Http', inputs: { method: 'GET', uri: `${fixture.backendUrl}/never` } };
  await fixture.deploy({ short: requested({ Note }), long: requested({ Call }) });
  const start = async (workflow: string) => {
    const answer = await fixture.call(workflow, { text: 'x'.repeat(50_000) });
    return answer.headers.get('x-ms-workflow-run-id')!;
  };
  const [old, young, open] = [await start('short'), await start('short'), await start('long')];
  await fixture.ended('short', old);
  await fixture.ended('short', young);
  const { pool } = fixture.database;
  await pool.query("update runs set ended_at = now() - interval '31 days' where id = $1", [old]);
  await fixture.replicas[0]!.app.get(Retention).sweep();
  const left = async (table: string) => {
    const column = table === 'runs' ? 'id' : 'run_id';
    const { rows } = await pool.query(`select distinct ${column} as id from ${table}`);
    return rows.map(({ id }: { id: string }) => id).toSorted();
  };
  expect(await left('runs')).toEqual([young, open].toSorted());
  expect(await left('journal')).toEqual([young, open].toSorted());
  expect(await left('payloads')).toEqual([young, open].toSorted());
});
