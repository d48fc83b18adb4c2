import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { OrchestratorFixture, requested, until } from '../testing/orchestrator-fixture.js';

jest.setTimeout(120_000);

let fixture: OrchestratorFixture;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start({ lease: 30_000 });
});
afterAll(() => fixture.stop());

it('when the database dies: what was accepted ends once, what cannot be accepted gets 503, and nobody restarts the service', async () => {
  fixture.answer = () => ({ after: 20, body: {} });
  const call = (path: string, runAfter: object = {}) => ({
    type: 'Http',
    inputs: { method: 'POST', uri: `${fixture.backendUrl}${path}` },
    runAfter,
  });
  await fixture.deploy({
    steady: requested({ A: call('/a'), B: call('/b', { A: ['Succeeded'] }) }),
  });
  const url = await fixture.callbackUrl('steady');
  const accepted: string[] = [];
  const statuses = new Set<number>();
  const retryAfter = new Set<string | null>();
  let calling = true;
  const caller = (async () => {
    while (calling) {
      const answer = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(30_000) });
      statuses.add(answer.status);
      if (answer.status === 202) accepted.push(answer.headers.get('x-ms-workflow-run-id')!);
      if (answer.status === 503) retryAfter.add(answer.headers.get('retry-after'));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  for (let death = 0; death < 3; death++) {
    await until(() => accepted.length > (death + 1) * 10 || undefined, 30);
    const server = await readFile(join(fixture.dataFolder, 'postgres', 'server.json'), 'utf8');
    process.kill((JSON.parse(server) as { pid: number }).pid, 'SIGKILL');
    const before = accepted.length;
    await until(() => accepted.length > before + 5 || undefined, 60);
  }
  calling = false;
  await caller;
  expect([...statuses].every((status) => status === 202 || status === 503)).toBe(true);
  expect([...retryAfter].filter((value) => value !== '5')).toEqual([]);
  await until(async () => {
    const { rows } = await fixture.database.pool.query(
      'select count(*)::integer as open from runs where ended_at is null',
    );
    return rows[0].open === 0 || undefined;
  }, 60);
  const { rows } = await fixture.database.pool.query(
    "select id from runs where status = 'Succeeded'",
  );
  const ended = new Set(rows.map(({ id }: { id: string }) => id));
  expect(accepted.filter((id) => !ended.has(id))).toEqual([]);
  // Nobody took the runs over: each call was made once, however often its commit was repeated.
  const keys = fixture.calls.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});
