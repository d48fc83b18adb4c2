import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BatchesStore } from '../store/batches.store.js';
import { TriggersStore } from '../store/triggers.store.js';
import {
  OrchestratorFixture,
  requested,
  until,
  type Json,
} from '../testing/orchestrator-fixture.js';
import { TriggerScheduler } from './trigger-scheduler.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start();
  await fixture.startReplica();
  await fixture.startReplica();
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.calls.length = 0;
  fixture.answer = () => ({ body: {} });
});

const definition = (
  triggers: object,
  actions: object = { Note: { type: 'Compose', inputs: '@trigger()' } },
) => ({
  ...requested(actions),
  triggers,
});
const recurrence = { frequency: 'Hour', interval: 1 };
const runsOf = async (workflow: string): Promise<Json[]> =>
  (await fixture.read(`/${workflow}/runs`)).value;
const tickAll = () =>
  Promise.all(
    fixture.replicas.map(async ({ app }) => {
      const scheduler = app.get(TriggerScheduler);
      await scheduler.tick();
      await scheduler.settled();
    }),
  );
const poke = (workflow: string, trigger: string) =>
  fixture.replicas[0]!.app.get(TriggersStore).poke(workflow, trigger);

describe('a recurrence', () => {
  it('fires once when it is switched on, and once for each slot, however many replicas there are', async () => {
    await fixture.deploy({ hourly: definition({ Clock: { type: 'Recurrence', recurrence } }) });
    await until(async () => ((await runsOf('hourly')).length === 1 ? true : undefined));
    for (let slot = 2; slot <= 4; slot++) {
      await poke('hourly', 'Clock');
      await tickAll();
      await until(async () => ((await runsOf('hourly')).length === slot ? true : undefined));
    }
    await tickAll();
    const runs = await until(async () => {
      const all = await runsOf('hourly');
      return all.every((run) => run.properties.status === 'Succeeded') ? all : undefined;
    });
    expect(runs).toHaveLength(4);
    const { value } = await fixture.read('/hourly/triggers');
    expect(Date.parse(value[0].properties.nextExecutionTime)).toBeGreaterThan(Date.now());
    expect(value[0].properties.recurrence).toEqual(recurrence);
  });

  it('that is disabled fires no more, and does again when it is enabled', async () => {
    await fixture.manage('POST', '/hourly/disable');
    await poke('hourly', 'Clock');
    await tickAll();
    expect(await runsOf('hourly')).toHaveLength(4);
    await fixture.manage('POST', '/hourly/enable');
    await until(async () => ((await runsOf('hourly')).length === 5 ? true : undefined));
  });

  it('keeps its time when another version has the same trigger', async () => {
    const clock = { Clock: { type: 'Recurrence', recurrence } };
    await fixture.deploy({ hourly: definition(clock, { Other: { type: 'Compose', inputs: 2 } }) });
    await tickAll();
    expect(await runsOf('hourly')).toHaveLength(5);
    await poke('hourly', 'Clock');
    await until(async () => ((await runsOf('hourly')).length === 6 ? true : undefined));
    const [run] = await runsOf('hourly');
    await fixture.ended('hourly', run.name);
    expect((await fixture.read(`/hourly/runs/${run.name}/actions`)).value[0].name).toBe('Other');
  });

  it('with a sliding window catches up, one run for each window', async () => {
    const window = {
      Window: { type: 'SlidingWindow', recurrence: { frequency: 'Second', interval: 1 } },
    };
    await fixture.deploy({ sliding: definition(window) });
    const runs = await until(async () => {
      const all = await runsOf('sliding');
      return all.length >= 3 && all.every((run) => run.properties.endTime) ? all : undefined;
    });
    await fixture.manage('POST', '/sliding/disable');
    const windows = await Promise.all(
      runs.map(async ({ name }) => {
        const { properties } = await fixture.read(`/sliding/runs/${name}/actions/Note`);
        const { outputs } = (await (await fetch(properties.outputsLink.uri)).json()) as Json;
        return outputs.body.windowEndTime as string;
      }),
    );
    expect(new Set(windows).size).toBe(windows.length);
  });
});

describe('a polling trigger', () => {
  it('fires on 200, not on 202, and goes on from the Location of the last answer', async () => {
    const answers = [
      { status: 202, headers: { location: '/next?state=1', 'retry-after': '3600' } },
      { status: 200, headers: { location: '/next?state=2' }, body: { news: 1 } },
      { status: 500, body: {} },
    ];
    fixture.answer = () => answers.shift() ?? { status: 202 };
    await fixture.deploy({
      polling: definition({
        News: {
          type: 'Http',
          recurrence,
          inputs: { method: 'GET', uri: `${fixture.backendUrl}/first` },
        },
      }),
    });
    for (let poll = 1; poll <= 3; poll++) {
      await until(() => (fixture.calls.length === poll ? true : undefined));
      await tickAll();
      await fixture.manage('POST', '/polling/triggers/News/run');
    }
    await until(async () =>
      (await fixture.read('/polling/triggers/News/histories')).value.length >= 3 ? true : undefined,
    );
    expect(fixture.calls.slice(0, 3).map(({ path }) => path)).toEqual([
      '/first',
      '/next?state=1',
      '/next?state=2',
    ]);
    const { value } = await fixture.read('/polling/triggers/News/histories');
    const statuses = value.slice(-3).map((one: Json) => one.properties.status);
    expect(statuses).toEqual(['Failed', 'Succeeded', 'Skipped']);
    expect(await runsOf('polling')).toHaveLength(1);
  });
});

describe('a webhook trigger', () => {
  const webhook = (path: string) =>
    definition({
      Hook: {
        type: 'HttpWebhook',
        inputs: {
          subscribe: {
            method: 'POST',
            uri: `${fixture.backendUrl}${path}`,
            body: '@listCallbackUrl()',
          },
          unsubscribe: { method: 'DELETE', uri: `${fixture.backendUrl}${path}` },
        },
      },
    });
  const seen = (what: string) =>
    until(() =>
      fixture.calls.some(({ method, path }) => `${method} ${path}` === what) ? true : undefined,
    );

  it('subscribes when it is enabled, runs for each call, unsubscribes when it changes or is disabled', async () => {
    await fixture.manage('POST', '/polling/disable');
    await tickAll();
    fixture.calls.length = 0;
    await fixture.deploy({ hooked: webhook('/one') });
    await seen('POST /one');
    const { body } = fixture.calls.find(({ path }) => path === '/one')!;
    expect((await fetch(body, { method: 'POST' })).status).toBe(202);
    expect((await fetch(body, { method: 'POST' })).status).toBe(202);
    expect(await runsOf('hooked')).toHaveLength(2);
    await fixture.deploy({ hooked: webhook('/two') });
    await seen('DELETE /one');
    await seen('POST /two');
    await fixture.manage('POST', '/hooked/disable');
    await seen('DELETE /two');
    await tickAll();
    expect(fixture.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /one',
      'DELETE /one',
      'POST /two',
      'DELETE /two',
    ]);
  });
});

describe('a batch trigger', () => {
  const send = requested({
    Each: {
      type: 'Foreach',
      foreach: '@triggerBody()',
      actions: {
        Send: {
          type: 'SendToBatch',
          inputs: {
            host: {
              triggerName: 'Batch',
              workflow: { id: '/subscriptions/s/x/workflows/collecting' },
            },
            batchName: 'b',
            partitionName: "@{items('Each')['p']}",
            content: "@items('Each')",
          },
        },
      },
    },
  });
  const collecting = definition({
    Batch: {
      type: 'Batch',
      inputs: { mode: 'Inline', configurations: { b: { releaseCriteria: { messageCount: 3 } } } },
    },
  });

  it('runs with a batch of each partition that is full', async () => {
    await fixture.deploy({ collecting, sending: send });
    const items = [1, 2, 3, 4, 5].map((n) => ({ n, p: n % 2 === 0 ? 'even' : 'odd' }));
    await fixture.call('sending', items);
    const [run] = await until(async () => {
      const all = await runsOf('collecting');
      return all.length > 0 && all.every((one) => one.properties.endTime) ? all : undefined;
    });
    const { properties } = await fixture.read(`/collecting/runs/${run.name}/actions/Note`);
    const { outputs } = (await (await fetch(properties.outputsLink.uri)).json()) as Json;
    expect(outputs.body).toMatchObject({ batchName: 'b', partitionName: 'odd' });
    expect(outputs.body.items.map((item: Json) => item.content.n).toSorted()).toEqual([1, 3, 5]);
    await fixture.call('sending', [{ n: 6, p: 'even' }]);
    await until(async () => ((await runsOf('collecting')).length === 2 ? true : undefined));
  });

  it('counts what waits without reading it, each message once, and nothing of what was released', async () => {
    const store = fixture.replicas[0]!.app.get(BatchesStore);
    const partition = { workflow: 'counting', trigger: 'Batch', batch: 'b', partition: 'p' };
    const counts: [number, number][] = [];
    const add = (key: string, isComplete = false) =>
      store.add(
        partition,
        { key, id: key, content: '"four"', contentType: null },
        {
          decide({ count, bytes }) {
            counts.push([count, bytes]);
            return { isComplete };
          },
          release: () => undefined,
        },
      );
    await Promise.all(['a', 'b', 'a', 'c'].map((key) => add(key)));
    expect(counts).toEqual([
      [1, 6],
      [2, 12],
      [3, 18],
    ]);
    expect(await store.partitions('counting', 'Batch')).toEqual([partition]);
    await add('d', true);
    expect(await store.partitions('counting', 'Batch')).toEqual([]);
    await add('a');
    await add('e');
    expect(counts.slice(3)).toEqual([
      [4, 24],
      [1, 6],
    ]);
  });
});
