import { describe, expect, it } from '@jest/globals';
import type { WorkflowObject, WorkflowValue } from '@isthmus/workflow-expressions';
import { compilePlan } from '../plan/compile-plan.js';
import { statefulLimits } from '../plan/engine-limits.js';
import type { Plan } from '../plan/plan.js';
import { fireRequest } from '../run/fire-request.js';
import { batchOutputs, decideBatch } from './batch.js';
import { triggerTypeOf, triggerTypes } from './index.js';
import { matchPath } from './request.js';
import type { TriggerRequest, TriggerScope } from './trigger-type.js';
import { windowDelay } from './sliding-window.js';

const now = Date.UTC(2024, 0, 31, 12);
const ambient = { now, random: () => 0.5, newGuid: () => 'guid', runId: 'run-1' };

function planOf(trigger: WorkflowObject): Plan {
  const definition = { triggers: { start: trigger }, actions: {}, parameters: {} };
  return compilePlan(definition, {
    workflow: { id: '/w', name: 'w', version: '1' },
    kind: 'Stateful',
    parameters: {},
    appSettings: {},
    artifacts: {},
    limits: { ...statefulLimits, splitOnItemsLimit: 3 },
    staticResults: 'enabled',
  });
}

function fired(trigger: WorkflowObject, request: Partial<TriggerRequest> = {}) {
  const plan = planOf(trigger);
  const [one] = plan.triggers;
  if (!one) throw new Error('no trigger');
  return fireRequest(plan, one, { method: 'POST', headers: {}, queries: {}, ...request }, ambient);
}

function outputsOf(trigger: WorkflowObject, request: Partial<TriggerRequest> = {}): unknown {
  const result = fired(trigger, request);
  return result.kind === 'fired' ? result.runs.map((run) => run.outputs) : result;
}

describe('Request', () => {
  it('shows queries and body only if there were some', () => {
    expect(outputsOf({ type: 'Request' }, { headers: { Host: 'a' } })).toEqual([
      { headers: { Host: 'a' } },
    ]);
    expect(outputsOf({ type: 'request' }, { queries: { q: '1' }, body: null })).toEqual([
      { headers: {}, queries: { q: '1' }, body: null },
    ]);
  });

  it('keeps the authorization to itself unless it is told otherwise', () => {
    const headers = { Authorization: 'secret', X: '1' };
    expect(outputsOf({ type: 'Request' }, { headers })).toEqual([{ headers: { X: '1' } }]);
    expect(
      outputsOf(
        { type: 'Request', operationOptions: 'IncludeAuthorizationHeadersInOutputs' },
        { headers },
      ),
    ).toEqual([{ headers }]);
  });

  it('refuses content that is nested too deeply', () => {
    let body: WorkflowValue = 1;
    for (let level = 0; level < 5000; level++) body = [body];
    expect(outputsOf({ type: 'Request' }, { body })).toMatchObject({
      kind: 'refused',
      response: { statusCode: 400 },
    });
  });

  it('refuses another method than its own', () => {
    expect(outputsOf({ type: 'Request', inputs: { method: 'GET' } })).toMatchObject({
      kind: 'refused',
      response: { statusCode: 404, body: { error: { code: 'TriggerRequestMethodNotValid' } } },
    });
    expect(outputsOf({ type: 'Request', inputs: { method: 'get' } }, { method: 'GET' })).toEqual([
      { headers: {} },
    ]);
  });

  it('enforces its schema only with EnableSchemaValidation', () => {
    const inputs = { schema: { type: 'object', required: ['id'] } };
    expect(fired({ type: 'Request', inputs }, { body: {} }).kind).toBe('fired');
    expect(
      fired({ type: 'Request', inputs, operationOptions: 'EnableSchemaValidation' }, { body: {} }),
    ).toMatchObject({
      kind: 'refused',
      response: {
        statusCode: 400,
        body: {
          error: {
            code: 'TriggerInputSchemaMismatch',
            message:
              "The input body for trigger 'start' of type 'Request' did not match its schema definition. Error details: 'Required properties are missing from object: id.'.",
          },
        },
      },
    });
  });

  it.each([
    ['/customers/{id}', '/customers/C%2F7', { id: 'C/7' }],
    ['/a/{x}/b/{y}', 'a/1/B/2', { x: '1', y: '2' }],
    ['order-{id}.json', '/order-7.json', { id: '7' }],
    ['/a/{x}', '/a', undefined],
    ['/a/{x}', '/b/1', undefined],
    [undefined, '/anything', {}],
  ])('matches the path template %s with %s', (template, path, parameters) => {
    expect(matchPath(template, path)).toEqual(parameters);
  });
});

describe('a firing trigger', () => {
  it('is skipped when one of its conditions does not hold', () => {
    const trigger = {
      type: 'Request',
      conditions: [
        { expression: "@equals(triggerBody()?['a'], 1)" },
        { expression: '@less(1, 2)' },
      ],
    };
    expect(fired(trigger, { body: { a: 1 } }).kind).toBe('fired');
    expect(fired(trigger, { body: { a: 2 } })).toEqual({
      kind: 'skipped',
      condition: "@equals(triggerBody()?['a'], 1)",
    });
  });

  it('fails when a condition cannot be evaluated', () => {
    expect(fired({ type: 'Request', conditions: [{ expression: "@int('x')" }] })).toMatchObject({
      kind: 'failed',
      code: 'InvalidTemplate',
    });
  });

  it('starts a run for each item of splitOn, with the other outputs shared', () => {
    const trigger = { type: 'ApiConnection', inputs: {}, splitOn: "@triggerBody()?['value']" };
    expect(outputsOf(trigger, { headers: { X: '1' }, body: { value: [1, { b: 2 }] } })).toEqual([
      { headers: { X: '1' }, body: 1 },
      { headers: { X: '1' }, body: { b: 2 } },
    ]);
    expect(fired(trigger, { body: { value: [1] } })).toMatchObject({ isSplit: true });
  });

  it('starts no run when splitOn is null, and fails for anything else than an array or for too many items', () => {
    const trigger = { type: 'Request', splitOn: "@triggerBody()?['value']" };
    expect(outputsOf(trigger, { body: {} })).toEqual([]);
    expect(
      fired({ type: 'Request', splitOn: "@triggerBody()['value']" }, { body: { value: null } }),
    ).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining("is of type 'Null'") as unknown as string,
    });
    expect(fired(trigger, { body: { value: 'x' } })).toMatchObject({
      kind: 'failed',
      code: 'InvalidTemplate',
      message: expect.stringContaining(
        "'splitOn' expression '@triggerBody()?['value']' is of type 'String'. The result must be a valid array.",
      ) as unknown as string,
    });
    expect(fired(trigger, { body: { value: [1, 2, 3, 4] } })).toMatchObject({
      kind: 'failed',
      code: 'SplitOnItemsLimitExceeded',
    });
  });

  it('holds its conditions against each item of splitOn', () => {
    const trigger = {
      type: 'Request',
      splitOn: '@triggerBody()',
      conditions: [{ expression: "@equals(triggerBody()?['kind'], 'a')" }],
    };
    const body = [{ kind: 'a', n: 1 }, { kind: 'b' }, { kind: 'a', n: 2 }];
    expect(outputsOf(trigger, { body })).toMatchObject([{ body: body[0] }, { body: body[2] }]);
    expect(outputsOf(trigger, { body })).toHaveLength(2);
    expect(fired(trigger, { body: [{ kind: 'b' }] })).toMatchObject({ kind: 'skipped' });
  });

  it('gives each item of splitOn the tracking id that splitOnConfiguration makes of it', () => {
    const trigger = {
      type: 'Request',
      splitOn: '@triggerBody()',
      splitOnConfiguration: { correlation: { clientTrackingId: "@triggerBody()?['id']" } },
    };
    expect(fired(trigger, { body: [{ id: 'x' }, {}, { id: 3 }] })).toMatchObject({
      itemTrackingIds: ['x', undefined, '3'],
    });
  });

  it('takes its tracking id from the definition, else from the caller', () => {
    const headers = { 'x-ms-client-tracking-id': 'caller' };
    expect(fired({ type: 'Request' }, { headers })).toMatchObject({ clientTrackingId: 'caller' });
    expect(
      fired(
        { type: 'Request', correlation: { clientTrackingId: "@{triggerBody()['id']}-x" } },
        { headers, body: { id: 5 } },
      ),
    ).toMatchObject({ clientTrackingId: '5-x' });
    expect(fired({ type: 'Request' })).not.toHaveProperty('clientTrackingId');
  });

  it('by time alone has no outputs', () => {
    expect(
      outputsOf({ type: 'Recurrence', recurrence: { frequency: 'Day', interval: 1 } }),
    ).toEqual([undefined]);
  });
});

function scopeOf(trigger: WorkflowObject): TriggerScope {
  const plan = planOf(trigger);
  const [planned] = plan.triggers;
  if (!planned) throw new Error('no trigger');
  return {
    trigger: planned,
    environment: plan.environment,
    expressions: ambient as never,
    now,
    effectFrame: () => ({ id: 'start#1', path: 'start', idempotencyKey: 'k', timeout: 1000 }),
  };
}

function poll(type: string, inputs: WorkflowValue, memory?: WorkflowValue) {
  return triggerTypeOf(type)?.poll?.(inputs, memory, scopeOf({ type }));
}

describe('a polling trigger', () => {
  const answer = (statusCode: number, headers: Record<string, string> = {}, body?: WorkflowValue) =>
    triggerTypeOf('Http')?.polled?.(
      {
        kind: 'response',
        effectId: 'start#1',
        statusCode,
        headers,
        ...(body !== undefined && { body }),
      },
      scopeOf({ type: 'Http' }),
    );

  it('fires for 200, waits for 202, fails for everything else', () => {
    expect(answer(200, {}, 'x')).toEqual({ outputs: { statusCode: 200, headers: {}, body: 'x' } });
    expect(answer(202)).toEqual({});
    expect(answer(404)).toEqual({ error: { code: 'NotFound' } });
  });

  it('goes on as Location and Retry-After say', () => {
    expect(answer(202, { Location: '/next?state=1', 'Retry-After': '15' })).toEqual({
      delay: 15_000,
      memory: { location: '/next?state=1' },
    });
    expect(
      poll('Http', { method: 'GET', uri: 'https://a.test/items' }, { location: '/next?state=1' }),
    ).toMatchObject({ kind: 'http', request: { uri: 'https://a.test/next?state=1' } });
    expect(
      poll('ApiConnection', {
        host: { connection: { referenceName: 'sql' } },
        method: 'get',
        path: '/x',
        queries: { a: 1 },
      }),
    ).toMatchObject({ kind: 'connector', connection: 'sql', request: { uri: '/x?a=1' } });
  });

  it('of a built-in connector names its operation', () => {
    const inputs = {
      parameters: { q: 1 },
      serviceProviderConfiguration: {
        connectionName: 'sb',
        operationId: 'peek',
        serviceProviderId: '/serviceProviders/serviceBus',
      },
    };
    expect(poll('ServiceProvider', inputs)).toMatchObject({
      kind: 'service-provider',
      connection: 'sb',
      operationId: 'peek',
      parameters: { q: 1 },
    });
    const type = triggerTypeOf('ServiceProvider');
    expect(
      type?.polled?.(
        { kind: 'value', effectId: 'start#1', value: [] },
        scopeOf({ type: 'ServiceProvider' }),
      ),
    ).toEqual({});
  });
});

describe('a webhook trigger', () => {
  it('subscribes and unsubscribes as its inputs say', () => {
    const type = triggerTypeOf('HttpWebhook');
    const inputs = {
      subscribe: { method: 'POST', uri: 'https://a.test/s', body: 1 },
      unsubscribe: { method: 'DELETE', uri: 'https://a.test/s' },
    };
    expect(type?.subscribe?.(inputs, scopeOf({ type: 'HttpWebhook' }))).toMatchObject({
      request: { method: 'POST', uri: 'https://a.test/s', body: 1 },
    });
    expect(type?.unsubscribe?.(inputs, undefined, scopeOf({ type: 'HttpWebhook' }))).toMatchObject({
      request: { method: 'DELETE' },
    });
  });

  it('of a connector deletes its subscription at the Location it was given', () => {
    const type = triggerTypeOf('ApiConnectionWebhook');
    const inputs = { host: { connection: { referenceName: 'c' } }, path: '/subscribe' };
    const subscribed = {
      kind: 'response',
      effectId: 'x',
      statusCode: 201,
      headers: { Location: '/s/1' },
    } as const;
    expect(type?.subscribe?.(inputs, scopeOf({ type: 'ApiConnectionWebhook' }))).toMatchObject({
      kind: 'connector',
      request: { method: 'POST', uri: '/subscribe' },
    });
    expect(
      type?.unsubscribe?.(inputs, subscribed, scopeOf({ type: 'ApiConnectionWebhook' })),
    ).toMatchObject({ request: { method: 'DELETE', uri: '/s/1' } });
    expect(
      type?.unsubscribe?.(inputs, undefined, scopeOf({ type: 'ApiConnectionWebhook' })),
    ).toBeUndefined();
  });
});

describe('SlidingWindow', () => {
  it('tells the window, and how long to wait after it', () => {
    expect(
      triggerTypeOf('SlidingWindow')?.occur?.(now, 3_600_000, scopeOf({ type: 'SlidingWindow' })),
    ).toEqual({
      body: {
        windowStartTime: '2024-01-31T11:00:00.0000000Z',
        windowEndTime: '2024-01-31T12:00:00.0000000Z',
      },
    });
    expect(windowDelay({ delay: 'PT30S' })).toBe(30_000);
  });
});

describe('Batch', () => {
  const inputs = {
    configurations: {
      b: {
        releaseCriteria: {
          messageCount: 2,
          batchSize: 100,
          recurrence: { frequency: 'Minute', interval: 5 },
        },
      },
    },
  };
  const decide = (count: number, bytes = count, since = now) =>
    decideBatch(inputs, { name: 'b', count, bytes, since }, now);

  it('is released by the number of messages', () => {
    expect(decide(1)).toEqual({ isComplete: false, wakeAt: now + 300_000 });
    expect(decide(2).isComplete).toBe(true);
  });

  it('is released by its size and by its time', () => {
    expect(decide(1, 120).isComplete).toBe(true);
    expect(decide(1, 1, now - 300_000).isComplete).toBe(true);
    expect(decide(0, 0, now - 300_000)).toEqual({ isComplete: false });
  });

  it('is released by the documented limits where it names no criterion', () => {
    const unlimited = { configurations: { b: { releaseCriteria: {} } } };
    const state = { name: 'b', bytes: 1, since: now };
    expect(decideBatch(unlimited, { ...state, count: 7999 }, now)).toEqual({ isComplete: false });
    expect(decideBatch(unlimited, { ...state, count: 8000 }, now).isComplete).toBe(true);
  });

  it('hands its messages to the run', () => {
    const messages = [1, { a: 2 }].map((content) => ({ messageId: 'm', content }));
    expect(batchOutputs('b', 'p', messages)).toEqual({
      body: {
        batchName: 'b',
        partitionName: 'p',
        items: [
          { messageId: 'm', content: 1 },
          { messageId: 'm', content: { a: 2 } },
        ],
      },
    });
  });
});

describe('the list of trigger types', () => {
  it('names every type once', () => {
    const names = triggerTypes.map((type) => type.type.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });

  it('has a way to start runs for every supported type', () => {
    for (const type of triggerTypes) {
      const ways = ['receive', 'recurs', 'collects', 'unsupported'].filter((way) => way in type);
      expect({ type: type.type, ways: ways.length > 0 }).toEqual({ type: type.type, ways: true });
    }
  });
});
