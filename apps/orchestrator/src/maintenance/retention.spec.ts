import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { OrchestratorFixture, requested } from '../testing/orchestrator-fixture.js';
import { Retention, retentionTimes } from './retention.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isthmus settings '));
  const appSettingsFile = join(folder, 'settings.json');
  const settings = { 'Workflows.brief.RuntimeConfiguration.RetentionInDays': '2' };
  await writeFile(appSettingsFile, JSON.stringify(settings));
  fixture = await OrchestratorFixture.start({ retentionDays: 30, appSettingsFile });
});
afterAll(async () => {
  await fixture.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 9 });
});

it('removes ended runs after their time with everything about them, and leaves the others', async () => {
  fixture.answer = () => ({ after: 60_000 });
  const Note = { type: 'Compose', inputs: "@triggerBody()['text']" };
  const Call = { type: 'Http', inputs: { method: 'GET', uri: `${fixture.backendUrl}/never` } };
  await fixture.deploy({
    short: requested({ Note }),
    brief: requested({ Note }),
    long: requested({ Call }),
  });
  const start = async (workflow: string) => {
    const answer = await fixture.call(workflow, { text: 'x'.repeat(50_000) });
    return answer.headers.get('x-ms-workflow-run-id')!;
  };
  const [old, young, open] = [await start('short'), await start('short'), await start('long')];
  await fixture.ended('short', old);
  await fixture.ended('short', young);
  const [gone, kept] = [await start('brief'), await start('brief')];
  await fixture.ended('brief', gone);
  await fixture.ended('brief', kept);
  const { pool } = fixture.database;
  await pool.query("update runs set ended_at = now() - interval '31 days' where id = $1", [old]);
  await pool.query("update runs set ended_at = now() - interval '3 days' where id in ($1, $2)", [
    gone,
    young,
  ]);
  await fixture.replicas[0]!.app.get(Retention).sweep();
  const left = async (table: string) => {
    const column = table === 'runs' ? 'id' : 'run_id';
    const { rows } = await pool.query(`select distinct ${column} as id from ${table}`);
    return rows.map(({ id }: { id: string }) => id).toSorted();
  };
  expect(await left('runs')).toEqual([young, kept, open].toSorted());
  expect(await left('journal')).toEqual([young, kept, open].toSorted());
  expect(await left('payloads')).toEqual([young, kept, open].toSorted());
});

it('refuses a retention that is no number of days, by the name of its setting', () => {
  const name = 'Workflows.orders.RuntimeConfiguration.RetentionInDays';
  expect(() => retentionTimes(90, { [name]: 'soon' })).toThrow(
    `App setting ${name} must be a whole number of days but is 'soon'`,
  );
});
