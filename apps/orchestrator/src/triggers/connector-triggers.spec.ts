import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { TriggersStore } from '../store/triggers.store.js';
import {
  OrchestratorFixture,
  requested,
  until,
  type Json,
} from '../testing/orchestrator-fixture.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
/** The service of built-in connectors. */
let provider: Server;
const asked: { path: string; body: Json }[] = [];
let answers: { status?: number; body?: unknown }[] = [];

beforeAll(async () => {
  provider = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ path: request.url!, body: JSON.parse(Buffer.concat(chunks).toString()) });
      const { status = 200, body = {} } = answers.shift() ?? { status: 202 };
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const { port } = provider.address() as AddressInfo;
  fixture = await OrchestratorFixture.start({
    serviceProviders: [`servicebus=http://127.0.0.1:${port}`],
  });
});
afterAll(async () => {
  await fixture.stop();
  provider.closeAllConnections();
  provider.close();
});
beforeEach(() => {
  fixture.calls.length = 0;
  fixture.answer = () => ({ body: {} });
});

const recurrence = { frequency: 'Hour', interval: 1 };
const deploy = (name: string, trigger: object) =>
  fixture.deploy(
    {
      [name]: {
        ...requested({ Note: { type: 'Compose', inputs: '@triggerBody()' } }),
        triggers: { start: trigger },
      },
    },
    {
      'host.json': '{}',
      'connections.json': JSON.stringify({
        managedApiConnections: {
          crm: {
            api: { id: '/providers/Microsoft.Web/customApis/crm' },
            connection: { id: '/providers/Microsoft.Web/connections/crm' },
            connectionRuntimeUrl: `${fixture.backendUrl}/apim/crm/main`,
            authentication: { type: 'Raw', scheme: 'Key', parameter: 'secret' },
          },
        },
        serviceProviderConnections: {
          bus: {
            serviceProvider: { id: '/serviceProviders/serviceBus' },
            parameterValues: { connectionString: 'Endpoint=sb://x' },
          },
        },
      }),
    },
  );
const host = { connection: { referenceName: 'crm' } };
const notes = async (workflow: string, count: number): Promise<Json[]> => {
  const runs = await until(async () => {
    const { value } = await fixture.read(`/${workflow}/runs`);
    const isOver = (run: Json) => run.properties.endTime !== undefined;
    return value.length >= count && value.every(isOver) ? (value as Json[]) : undefined;
  });
  return Promise.all(
    runs.map(async ({ name }) => {
      const { properties } = await fixture.read(`/${workflow}/runs/${name}/actions/Note`);
      return (await fetch(properties.outputsLink.uri)).json();
    }),
  );
};
const poke = (workflow: string) =>
  fixture.replicas[0]!.app.get(TriggersStore).poke(workflow, 'start');

it('ApiConnection asks its connector, starts a run for each item, and goes on from the Location', async () => {
  const replies = [
    { body: { value: [{ id: 1 }, { id: 2 }] }, headers: { location: '/items?triggerState=2' } },
    { status: 202 },
  ];
  fixture.answer = () => replies.shift() ?? { status: 202 };
  await deploy('items', {
    type: 'ApiConnection',
    inputs: {
      host,
      method: 'get',
      path: '/items',
      queries: { top: 2, after: "@triggerBody()?['id']" },
    },
    recurrence,
    splitOn: "@triggerBody()?['value']",
  });
  expect((await notes('items', 2)).toSorted((a, b) => a.id - b.id)).toEqual([{ id: 1 }, { id: 2 }]);
  expect(fixture.calls[0]).toMatchObject({
    method: 'GET',
    path: '/apim/crm/main/items?top=2&after=',
  });
  expect(fixture.calls[0]!.headers.authorization).toBe('Key secret');
  await poke('items');
  await until(() => (fixture.calls.length === 2 ? true : undefined));
  expect(fixture.calls[1]!.path).toBe('/apim/crm/main/items?triggerState=2');
});

it('ServiceProvider asks the service of its provider by operation, and an empty list is nothing new', async () => {
  answers = [{ body: { body: [] } }, { body: { body: [{ contentData: 'a' }] } }];
  await deploy('queue', {
    type: 'ServiceProvider',
    kind: 'Polling',
    inputs: {
      parameters: { queueName: 'orders' },
      serviceProviderConfiguration: {
        connectionName: 'bus',
        operationId: 'receiveQueueMessages',
        serviceProviderId: '/serviceProviders/serviceBus',
      },
    },
    recurrence,
    splitOn: "@triggerOutputs()?['body']",
  });
  await until(() => (asked.length === 1 ? true : undefined));
  await until(async () => {
    const { value } = await fixture.read('/queue/triggers/start/histories');
    return value.length === 1 && value[0].properties.status === 'Skipped' ? true : undefined;
  });
  await poke('queue');
  expect(await notes('queue', 1)).toEqual([{ contentData: 'a' }]);
  expect(asked[0]).toEqual({
    path: '/serviceProviders/servicebus/operations/receiveQueueMessages',
    body: {
      parameters: { queueName: 'orders' },
      connection: { connectionString: 'Endpoint=sb://x' },
    },
  });
});

it('ApiConnectionWebhook subscribes, starts a run for each call, and deletes its subscription', async () => {
  fixture.answer = ({ method }) =>
    method === 'POST'
      ? { status: 201, headers: { location: '/subscriptions/7' }, body: {} }
      : { status: 200 };
  await deploy('hook', {
    type: 'ApiConnectionWebhook',
    inputs: { host, path: '/subscribe', body: { callback: '@{listCallbackUrl()}' } },
  });
  const [subscription] = await until(() =>
    fixture.calls.length === 1 ? fixture.calls : undefined,
  );
  expect(subscription!.path).toBe('/apim/crm/main/subscribe');
  const { callback } = JSON.parse(subscription!.body) as { callback: string };
  const called = await fetch(callback, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"n":1}',
  });
  expect(called.status).toBe(202);
  expect(await notes('hook', 1)).toEqual([{ n: 1 }]);
  await fixture.manage('POST', '/hook/disable');
  const deletion = await until(() => fixture.calls.find(({ method }) => method === 'DELETE'));
  expect(deletion.path).toBe('/apim/crm/main/subscriptions/7');
  expect((await fetch(callback, { method: 'POST' })).status).toBe(404);
});

it('ApiConnectionNotification fetches what a notification speaks of', async () => {
  const found: { status?: number; body?: unknown }[] = [
    { body: { value: [{ id: 'a' }, { id: 'b' }] } },
    { status: 202 },
    { status: 500 },
  ];
  fixture.answer = ({ method }) =>
    method === 'GET' ? (found.shift() ?? {}) : { status: 201, headers: { location: '/s/1' } };
  await deploy('notified', {
    type: 'ApiConnectionNotification',
    inputs: {
      host,
      subscribe: {
        method: 'post',
        pathTemplate: { template: '/{folder}/subscribe', parameters: { folder: 'in box' } },
        body: { url: '@{listCallbackUrl()}' },
      },
      fetch: {
        method: 'get',
        pathTemplate: {
          template: '/messages/{id}',
          parameters: { id: "@{encodeURIComponent(triggerBody()?['changed'])}" },
        },
        retryPolicy: { type: 'none' },
      },
    },
    splitOn: "@triggerBody()?['value']",
  });
  const [subscription] = await until(() =>
    fixture.calls.length === 1 ? fixture.calls : undefined,
  );
  expect(subscription!.path).toBe('/apim/crm/main/in%20box/subscribe');
  const { url } = JSON.parse(subscription!.body) as { url: string };
  const notify = () =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"changed":"m/1"}',
    });
  expect((await notify()).status).toBe(202);
  const ids = (await notes('notified', 2)).map(({ id }) => id as string);
  expect(ids.toSorted()).toEqual(['a', 'b']);
  expect(fixture.calls[1]!.path).toBe('/apim/crm/main/messages/m%2F1');
  expect((await notify()).status).toBe(202);
  const refused = await notify();
  expect([refused.status, await refused.json()]).toMatchObject([
    502,
    { error: { code: 'TriggerFetchFailed' } },
  ]);
  expect((await fixture.read('/notified/runs')).value).toHaveLength(2);
});
