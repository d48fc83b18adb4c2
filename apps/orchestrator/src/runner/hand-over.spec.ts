import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { OrchestratorFixture, requested, until } from '../testing/orchestrator-fixture.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start({ lease: 60_000 });
});
afterAll(() => fixture.stop());

const call = (path: string, runAfter: object = {}) => ({
  type: 'Http',
  inputs: { method: 'POST', uri: `${fixture.backendUrl}${path}` },
  runAfter,
});

describe('a replica that stops', () => {
  it('hands its runs over at once, not at the end of its lease; the call in flight keeps its key', async () => {
    const leaving = await fixture.startReplica({ lease: 60_000 });
    let slow = true;
    fixture.answer = ({ path }) => ({ after: path === '/one' && slow ? 30_000 : 0, body: {} });
    await fixture.deploy({
      moving: requested({ One: call('/one'), Two: call('/two', { One: ['Succeeded'] }) }),
    });
    const url = (await fixture.callbackUrl('moving')).replace(fixture.url, leaving.url);
    const answer = await fetch(url, { method: 'POST' });
    const run = answer.headers.get('x-ms-workflow-run-id')!;
    await until(() => fixture.calls.some(({ path }) => path === '/one') || undefined);
    slow = false;
    const before = performance.now();
    await fixture.stopReplica(leaving);
    expect(await fixture.ended('moving', run)).toMatchObject({ status: 'Succeeded' });
    expect(performance.now() - before).toBeLessThan(8000);
    expect(fixture.calls.map(({ path, key }) => [path, decodeURIComponent(key)])).toEqual([
      ['/one', `${run}:One`],
      ['/one', `${run}:One`],
      ['/two', `${run}:Two`],
    ]);
  });
});

describe('a caller who waits for the Response when its replica stops', () => {
  it('still gets it: open calls end before the runs are handed over', async () => {
    const leaving = await fixture.startReplica({ lease: 60_000 });
    fixture.answer = () => ({ after: 1000, body: {} });
    const Answer = {
      type: 'Response',
      inputs: { statusCode: 201 },
      runAfter: { One: ['Succeeded'] },
    };
    await fixture.deploy({ waited: requested({ One: call('/waited'), Answer }) });
    const url = (await fixture.callbackUrl('waited')).replace(fixture.url, leaving.url);
    const waiting = fetch(url, { method: 'POST', headers: { connection: 'close' } });
    await until(() => fixture.calls.some(({ path }) => path === '/waited') || undefined);
    const stopped = fixture.stopReplica(leaving);
    expect((await waiting).status).toBe(201);
    await stopped;
  });
});

describe('nested workflows', () => {
  it('the parent waits for the Response of the child, and finds the child that it began before', async () => {
    fixture.answer = () => ({ after: 200, body: { from: 'backend' } });
    await fixture.deploy({
      inner: requested({
        Call: call('/inner'),
        Answer: {
          type: 'Response',
          inputs: { statusCode: 200, body: "@body('Call')" },
          runAfter: { Call: ['Succeeded'] },
        },
      }),
      outer: requested({
        Child: { type: 'Workflow', inputs: { host: { workflow: { id: 'inner' } }, body: {} } },
        Answer: {
          type: 'Response',
          inputs: { statusCode: 200, body: "@body('Child')" },
          runAfter: { Child: ['Succeeded'] },
        },
      }),
    });
    fixture.calls.length = 0;
    const answer = await fixture.call('outer');
    expect([answer.status, await answer.json()]).toEqual([200, { from: 'backend' }]);
    const run = answer.headers.get('x-ms-workflow-run-id')!;
    const { rows } = await fixture.database.pool.query(
      'select workflow from runs where parent_run = $1',
      [run],
    );
    expect(rows).toEqual([{ workflow: 'inner' }]);
    expect(fixture.calls).toHaveLength(1);
  });

  it('of a child that ends without a Response, or waits with it, the parent hears at the end', async () => {
    fixture.answer = () => ({ after: 200, body: {} });
    const wait = { type: 'Wait', inputs: { interval: { count: 1, unit: 'Second' } } };
    await fixture.deploy({
      silent: requested({ Call: call('/silent') }),
      later: requested({
        Wait: wait,
        Answer: {
          type: 'Response',
          operationOptions: 'Asynchronous',
          inputs: { statusCode: 201, body: 'late' },
          runAfter: { Wait: ['Succeeded'] },
        },
      }),
      asking: requested({
        Silent: {
          type: 'Workflow',
          inputs: { host: { workflow: { id: 'silent' } }, retryPolicy: { type: 'none' } },
        },
        Later: { type: 'Workflow', inputs: { host: { workflow: { id: 'later' } } } },
        Unasked: {
          type: 'Workflow',
          operationOptions: 'DisableAsyncPattern',
          inputs: { host: { workflow: { id: 'later' } } },
        },
        Answer: {
          type: 'Response',
          inputs: {
            statusCode: 200,
            body: [
              "@outputs('Silent')['statusCode']",
              "@body('Silent')['error']['code']",
              "@outputs('Later')['statusCode']",
              "@body('Later')",
              "@outputs('Unasked')['statusCode']",
            ],
          },
          runAfter: { Silent: ['Failed'], Later: ['Succeeded'], Unasked: ['Succeeded'] },
        },
      }),
    });
    const answer = await fixture.call('asking');
    expect([answer.status, await answer.json()]).toEqual([
      200,
      [502, 'NoResponse', 201, 'late', 202],
    ]);
  });
});
