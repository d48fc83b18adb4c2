import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  OrchestratorFixture,
  requested,
  until,
  type Json,
  type ReplicaUnderTest,
} from '../testing/orchestrator-fixture.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
let second: ReplicaUnderTest;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start();
  second = await fixture.startReplica();
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.calls.length = 0;
  fixture.answer = ({ path }) => ({ body: { path }, after: path === '/slow' ? 1200 : 0 });
});

const callOf = (path: string, runAfter: object = {}) => ({
  type: 'Http',
  inputs: { method: 'POST', uri: `${fixture.backendUrl}${path}`, body: 'x' },
  runAfter,
});
const answer = (runAfter: object) => ({
  type: 'Response',
  inputs: { statusCode: 200, body: 'child' },
  runAfter,
});
const child = () => requested({ Work: callOf('/slow'), Answer: answer({ Work: ['Succeeded'] }) });
const parent = (id: string, retryPolicy: object = { type: 'none' }) =>
  requested({
    Child: { type: 'Workflow', inputs: { host: { workflow: { id } }, body: {}, retryPolicy } },
    After: callOf('/after', { Child: ['Succeeded'] }),
  });
const count = (path: string) => fixture.calls.filter((call) => call.path === path).length;
const runs = async (workflow: string): Promise<Json[]> =>
  (await fixture.read(`/${workflow}/runs`)).value;
const runIn = (response: Response): string => response.headers.get('x-ms-workflow-run-id') ?? '';
const allEnded = (workflow: string, least = 1) =>
  until(async () => {
    const all = await runs(workflow);
    return all.length >= least && all.every(({ properties }) => properties.endTime)
      ? all.map(({ properties }) => properties.status as string)
      : undefined;
  }, 40);

describe('a workflow whose child is under way', () => {
  it('is cancelled from another replica at once; the child goes on and ends once', async () => {
    await fixture.deploy({ childA: child(), parentA: parent('childA') });
    const run = runIn(await fixture.call('parentA'));
    await until(() => count('/slow') === 1);
    const cancelled = await fixture.manage('POST', `/parentA/runs/${run}/cancel`, {
      url: second.url,
    });
    expect(cancelled.status).toBe(200);
    expect(await fixture.ended('parentA', run)).toMatchObject({ status: 'Cancelled' });
    expect(await allEnded('childA')).toEqual(['Succeeded']);
    expect([count('/slow'), count('/after')]).toEqual([1, 0]);
  });

  it('fails with 502 when the child is cancelled', async () => {
    await fixture.deploy({ childB: child(), parentB: parent('childB') });
    const run = runIn(await fixture.call('parentB'));
    await until(() => count('/slow') === 1);
    const [{ name }] = (await runs('childB')) as [Json];
    await fixture.manage('POST', `/childB/runs/${name}/cancel`, { url: second.url });
    expect(await fixture.ended('parentB', run)).toMatchObject({ status: 'Failed' });
    const { properties } = await fixture.read(`/parentB/runs/${run}/actions/Child`);
    expect(properties).toMatchObject({ status: 'Failed', code: 'BadGateway' });
    expect(await allEnded('childB')).toEqual(['Cancelled']);
  });

  it('cannot be resubmitted before its end, and begins another child afterwards', async () => {
    await fixture.deploy({ childC: child(), parentC: parent('childC') });
    const run = runIn(await fixture.call('parentC'));
    await until(() => count('/slow') === 1);
    const resubmit = () =>
      fixture.manage('POST', `/parentC/triggers/manual/histories/${run}/resubmit`, {
        url: second.url,
      });
    expect((await resubmit()).status).toBe(400);
    await fixture.manage('POST', `/parentC/runs/${run}/cancel`);
    await fixture.ended('parentC', run);
    expect((await resubmit()).status).toBe(202);
    expect((await allEnded('parentC', 2)).toSorted()).toEqual(['Cancelled', 'Succeeded']);
    expect(await allEnded('childC', 2)).toEqual(['Succeeded', 'Succeeded']);
    expect([count('/slow'), count('/after')]).toEqual([2, 1]);
  });

  it('is taken over with its child when its replica stops, and each call is made once', async () => {
    const third = await fixture.startReplica();
    await fixture.deploy({ childD: child(), parentD: parent('childD') });
    const url = await fixture.callbackUrl('parentD');
    const own = url.replace(fixture.url, third.url);
    const begun = await Promise.all(
      Array.from({ length: 5 }, () => fetch(own, { method: 'POST', body: '' })),
    );
    await until(() => count('/slow') === 5);
    await fixture.stopReplica(third);
    for (const one of begun)
      expect(await fixture.ended('parentD', runIn(one))).toMatchObject({ status: 'Succeeded' });
    expect(await allEnded('childD', 5)).toEqual(Array(5).fill('Succeeded'));
    const keys = new Set(
      fixture.calls.filter(({ path }) => path === '/slow').map(({ key }) => key),
    );
    expect(keys.size).toBe(5);
    expect(count('/after')).toBe(5);
  });
});

describe('runs that wait for their turn', () => {
  const narrow = () => ({
    ...requested(
      { Work: callOf('/slow') },
      { runtimeConfiguration: { concurrency: { runs: 1, maximumWaitingRuns: 5 } } },
    ),
  });

  it('are cancelled before they begin, and the next one begins', async () => {
    await fixture.deploy({ narrow: narrow() });
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) ids.push(runIn(await fixture.call('narrow')));
    await until(() => count('/slow') === 1);
    await fixture.manage('POST', `/narrow/runs/${ids[1]}/cancel`, { url: second.url });
    await fixture.manage('POST', `/narrow/runs/${ids[2]}/cancel`);
    const status = async (id = '') => (await fixture.ended('narrow', id)).status;
    expect(await Promise.all(ids.map((id) => status(id)))).toEqual([
      'Succeeded',
      'Cancelled',
      'Cancelled',
      'Succeeded',
    ]);
    expect(count('/slow')).toBe(2);
  });

  it('begin when the one that runs is cancelled', async () => {
    await fixture.deploy({ narrow2: narrow() });
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push(runIn(await fixture.call('narrow2')));
    await until(() => count('/slow') === 1);
    await fixture.manage('POST', `/narrow2/runs/${ids[0]}/cancel`, { url: second.url });
    const status = async (id = '') => (await fixture.ended('narrow2', id)).status;
    expect(await Promise.all(ids.map((id) => status(id)))).toEqual([
      'Cancelled',
      'Succeeded',
      'Succeeded',
    ]);
    expect(count('/slow')).toBe(3);
  });

  it('of one that others call as a child are as many as its trigger allows', async () => {
    let underWay = 0;
    let most = 0;
    fixture.answer = ({ path }) => {
      if (path === '/slow') {
        underWay += 1;
        most = Math.max(most, underWay);
        setTimeout(() => (underWay -= 1), 290);
      }
      return { body: {}, after: path === '/slow' ? 300 : 0 };
    };
    const tight = requested(
      { Work: callOf('/slow'), Answer: answer({ Work: ['Succeeded'] }) },
      { runtimeConfiguration: { concurrency: { runs: 2 } } },
    );
    await fixture.deploy({ tight, caller: parent('tight') });
    await Promise.all(Array.from({ length: 6 }, () => fixture.call('caller')));
    expect(await allEnded('caller', 6)).toEqual(Array(6).fill('Succeeded'));
    expect(await allEnded('tight', 6)).toEqual(Array(6).fill('Succeeded'));
    expect(most).toBeLessThanOrEqual(2);
  });
});

describe('a stateless workflow', () => {
  it('whose trigger lets one run at a time serves one call after the other', async () => {
    const definition = requested(
      { Answer: { type: 'Response', inputs: { statusCode: 200, body: 'here' } } },
      { operationOptions: 'SingleInstance' },
    );
    await fixture.deploy({ single: { definition, kind: 'Stateless' } });
    for (let n = 0; n < 3; n += 1) {
      const given = await fixture.call('single');
      expect([given.status, await given.text()]).toEqual([200, 'here']);
    }
    expect((await fixture.call('single')).status).toBe(200);
  });

  it('is called as a child under the limit of its trigger', async () => {
    const definition = requested(
      { Answer: { type: 'Response', inputs: { statusCode: 200, body: 'here' } } },
      { operationOptions: 'SingleInstance' },
    );
    await fixture.deploy({ alone: { definition, kind: 'Stateless' }, asking: parent('alone') });
    for (let n = 0; n < 3; n += 1) await fixture.call('asking');
    expect(await allEnded('asking', 3)).toEqual(Array(3).fill('Succeeded'));
  });
});

describe('a batch', () => {
  it('is released once though senders are cancelled and two replicas look', async () => {
    const collecting = {
      contentVersion: '1.0.0.0',
      triggers: {
        Batch: {
          type: 'Batch',
          inputs: {
            mode: 'Inline',
            configurations: { b: { releaseCriteria: { messageCount: 5 } } },
          },
        },
      },
      actions: {
        Items: { type: 'Compose', inputs: "@triggerBody()['items']", runAfter: {} },
        Work: callOf('/batch', { Items: ['Succeeded'] }),
      },
    };
    const sending = requested({
      Send: {
        type: 'SendToBatch',
        inputs: {
          host: {
            triggerName: 'Batch',
            workflow: { id: '/subscriptions/s/x/workflows/collecting' },
          },
          batchName: 'b',
          content: "@triggerBody()?['n']",
        },
        runAfter: {},
      },
      Slow: callOf('/slow', { Send: ['Succeeded'] }),
    });
    await fixture.deploy({ collecting, sending });
    const ids: string[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) =>
        ids.push(runIn(await fixture.call('sending', { n }))),
      ),
    );
    await until(() => count('/slow') === 20);
    await Promise.all(
      ids.map((id, at) =>
        fixture.manage('POST', `/sending/runs/${id}/cancel`, {
          url: at % 2 === 0 ? second.url : fixture.url,
        }),
      ),
    );
    expect(await allEnded('sending', 20)).toHaveLength(20);
    expect(await allEnded('collecting', 4)).toEqual(Array(4).fill('Succeeded'));
    const seen: number[] = [];
    for (const { name } of await runs('collecting')) {
      const { properties } = await fixture.read(`/collecting/runs/${name}/actions/Items`);
      const items = (await (await fetch(properties.outputsLink.uri)).json()) as Json[];
      seen.push(...items.map(({ content }) => content));
    }
    expect(seen.toSorted((one, two) => one - two)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(count('/batch')).toBe(4);
  });
});
