import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  loadWorkflowDocument,
  type CallEffect,
  type EffectOutcome,
  type LoadedWorkflow,
} from '@isthmus/workflow-engine';
import type { WorkflowObject } from '@isthmus/workflow-expressions';
import { systemClock } from '../driver/run-driver.js';
import { sampleParameters, sampleTrigger } from '../stub/sample-environment.js';
import { stubPerformer } from '../stub/stub-performer.js';
import { runWorkflowCases } from '../testing/run-workflow-cases.js';
import { localWorkflows } from './local-workflows.js';
import { parameterFile } from './parameter-file.js';
import { artifactsOf, projectAround } from './project.js';
import { runLocally, type LocalRun } from './run-locally.js';
import { runResult } from './run-result.js';
import { runTree } from './run-tree.js';
import { SkippingClock } from './skipping-clock.js';

function load(definition: WorkflowObject): LoadedWorkflow {
  const document = loadWorkflowDocument(
    JSON.stringify({ definition, kind: 'Stateful' }),
    'test/workflow.json',
    {},
  );
  const [workflow] = document.workflows;
  if (!workflow || !document.ok) throw new Error(JSON.stringify(document.problems));
  return workflow;
}

const manual = { manual: { type: 'Request', kind: 'Http', inputs: {} } };
const nobody: LocalRun['perform'] = () => () => Promise.reject(new Error('nobody is called'));

async function run(definition: WorkflowObject, options: Partial<LocalRun> = {}) {
  const outcome = await runLocally({
    workflow: load(definition),
    trigger: {},
    staticResults: 'enabled',
    perform: nobody,
    clock: new SkippingClock(),
    ...options,
  });
  if (outcome.kind !== 'run') throw new Error(outcome.kind);
  return { outcome, result: runResult(outcome) };
}

const answer = (effect: CallEffect): EffectOutcome => ({
  kind: 'response',
  effectId: effect.id,
  statusCode: 200,
  headers: {},
  body: { from: effect.path },
});

describe('runLocally', () => {
  it('skips waiting times with a skipping clock', async () => {
    const before = Date.now();
    const { outcome } = await run({
      triggers: manual,
      actions: {
        W: { type: 'Wait', inputs: { interval: { count: 30, unit: 'Day' } }, runAfter: {} },
      },
    });
    expect(outcome.states).toMatchObject([{ status: 'Succeeded' }]);
    expect(Date.now() - before).toBeLessThan(2000);
  });

  it('waits in real time with the clock of the system', async () => {
    const before = Date.now();
    await run(
      {
        triggers: manual,
        actions: {
          W: { type: 'Wait', inputs: { interval: { count: 1, unit: 'Second' } }, runAfter: {} },
        },
      },
      { clock: systemClock },
    );
    expect(Date.now() - before).toBeGreaterThanOrEqual(990);
  });

  it('makes calls of branches side by side, and gives the response with its content type', async () => {
    let flying = 0;
    let most = 0;
    const perform = () => async (effect: CallEffect) => {
      most = Math.max(most, ++flying);
      await new Promise((resolve) => setTimeout(resolve, 20));
      flying--;
      return answer(effect);
    };
    const call = { type: 'Http', inputs: { method: 'GET', uri: 'https://a.test/' }, runAfter: {} };
    const { result } = await run(
      {
        triggers: manual,
        actions: {
          A: call,
          B: call,
          C: call,
          R: {
            type: 'Response',
            kind: 'Http',
            inputs: { statusCode: 200, body: "@body('A')" },
            runAfter: { A: ['Succeeded'], B: ['Succeeded'], C: ['Succeeded'] },
          },
        },
      },
      { perform },
    );
    expect(most).toBe(3);
    expect(result).toMatchObject({
      status: 'Succeeded',
      response: {
        statusCode: 200,
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'x-ms-workflow-name': 'test',
        },
        body: { from: 'A' },
      },
    });
  });

  it('fails an action whose effect fails without an outcome, and nothing else', async () => {
    const { result } = await run({
      triggers: manual,
      actions: {
        A: { type: 'Http', inputs: { method: 'GET', uri: 'https://a.test/' }, runAfter: {} },
      },
    });
    expect(result).toMatchObject({
      status: 'Failed',
      actions: {
        A: {
          status: 'Failed',
          code: 'InternalServerError',
          error: { message: 'nobody is called' },
        },
      },
    });
  });

  it('refuses what its trigger refuses', async () => {
    const workflow = load({
      triggers: { manual: { type: 'Request', inputs: { method: 'PUT' } } },
      actions: {},
    });
    await expect(
      runLocally({
        workflow,
        trigger: { method: 'GET' },
        staticResults: 'enabled',
        perform: nobody,
      }),
    ).resolves.toMatchObject({ kind: 'refused', response: { statusCode: 404 } });
  });

  it('reads a body of text by its type', async () => {
    const definition = {
      triggers: manual,
      actions: { A: { type: 'Compose', inputs: '@triggerBody()', runAfter: {} } },
    };
    const bodyOf = async (trigger: WorkflowObject) =>
      ((await run(definition, { trigger })).result['actions'] as { A: { outputs: unknown } }).A
        .outputs;
    expect(
      await bodyOf({ headers: { 'content-type': 'application/json' }, body: '{"a":1}' }),
    ).toEqual({ a: 1 });
    expect(await bodyOf({ headers: { 'Content-Type': 'application/json' }, body: 'text' })).toBe(
      'text',
    );
    expect(await bodyOf({ body: { a: 1 } })).toEqual({ a: 1 });
    expect(await bodyOf({ headers: { 'Content-Type': 'application/xml' }, body: '<a/>' })).toEqual({
      '$content-type': 'application/xml',
      $content: 'PGEvPg==',
    });
  });

  it('gives each run of splitOn the tracking id that splitOnConfiguration makes of its item', async () => {
    const definition = {
      triggers: {
        manual: {
          type: 'Request',
          inputs: {},
          splitOn: '@triggerBody()',
          splitOnConfiguration: { correlation: { clientTrackingId: "@triggerBody()?['id']" } },
        },
      },
      actions: { A: { type: 'Compose', inputs: "@trigger()['clientTrackingId']" } },
    };
    const { result } = await run(definition, { trigger: { body: [{ id: 'x' }, { id: 'y' }] } });
    expect(result).toMatchObject({
      runs: [{ actions: { A: { outputs: 'x' } } }, { actions: { A: { outputs: 'y' } } }],
    });
  });

  it('runs once for each item of splitOn, and answers 202', async () => {
    const definition = {
      triggers: { manual: { type: 'Request', inputs: {}, splitOn: '@triggerBody()' } },
      actions: { A: { type: 'Compose', inputs: '@int(triggerBody())', runAfter: {} } },
    };
    const { result } = await run(definition, { trigger: { body: ['1', 'x', '3'] } });
    expect(result).toMatchObject({
      status: 'Failed',
      response: { statusCode: 202 },
      actions: { A: { outputs: 1 } },
      runs: [{ status: 'Succeeded' }, { status: 'Failed' }, { actions: { A: { outputs: 3 } } }],
    });
  });

  it('shows a run as a tree', async () => {
    const { outcome } = await run({
      triggers: manual,
      actions: {
        L: {
          type: 'Foreach',
          foreach: '@range(1, 12)',
          actions: { A: { type: 'Compose', inputs: '@div(1, sub(item(), 1))', runAfter: {} } },
          runAfter: {},
        },
        S: { type: 'Scope', actions: {}, runAfter: { L: ['Succeeded'] } },
      },
    });
    const tree = runTree(outcome.plan, outcome.states[0] as never);
    expect(tree).toContain('├─ L (Foreach) Failed ActionFailed');
    expect(tree).toContain('│  [0] Failed');
    expect(tree).toContain('│  … 2 more');
    expect(tree).toContain('└─ S (Scope) Skipped');
  });
});

describe('a webhook action', () => {
  const definition = {
    triggers: manual,
    actions: {
      W: {
        type: 'HttpWebhook',
        inputs: {
          subscribe: { method: 'POST', uri: 'https://a.test/', body: '@listCallbackUrl()' },
          unsubscribe: {},
        },
        runAfter: {},
      },
    },
  };
  const statuses: number[] = [];
  /** The other side: it calls back `early`, before it has answered the subscription, or later. */
  const calling = (early: boolean) => () => async (effect: CallEffect) => {
    const url =
      'request' in effect && typeof effect.request.body === 'string' ? effect.request.body : '';
    const call = async () => {
      for (const n of [1, 2]) {
        const response = await fetch(`${url}?q=1`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ n }),
        });
        statuses.push(response.status);
      }
      statuses.push(
        (await fetch(url.replace(/callbacks\/[^/]+/, 'callbacks/guess'), { method: 'POST' }))
          .status,
      );
    };
    if (early) await call();
    else setTimeout(() => void call().catch(() => undefined), 50);
    return answer(effect);
  };

  it.each([true, false])(
    'goes on with the first call of its callback URL (early: %s)',
    async (early) => {
      statuses.length = 0;
      const { result } = await run(definition, { perform: calling(early), clock: systemClock });
      expect(result).toMatchObject({
        status: 'Succeeded',
        actions: { W: { outputs: { body: { n: 1 }, queries: { q: '1' } } } },
      });
      expect(statuses.slice(0, 3)).toEqual([200, 409, 404].slice(0, statuses.length));
    },
  );
});

describe('stubs', () => {
  it('give bodies that the definition can read', async () => {
    const definition = {
      triggers: {
        manual: {
          type: 'Request',
          inputs: { schema: { type: 'object', properties: { id: { type: 'integer' } } } },
        },
      },
      parameters: { endpoint: { type: 'String' } },
      actions: {
        Get: {
          type: 'Http',
          inputs: { method: 'GET', uri: "@parameters('endpoint')" },
          runAfter: {},
        },
        Each: {
          type: 'Foreach',
          foreach: "@body('Get')?['value']",
          actions: {
            Name: {
              type: 'Compose',
              inputs:
                "@concat(items('Each')['name'], '-', item()['tags'][0], string(add(triggerBody()['id'], 1)))",
              runAfter: {},
            },
          },
          runAfter: { Get: ['Succeeded'] },
        },
        Parse: {
          type: 'ParseJson',
          inputs: {
            content: "@body('Other')",
            schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
          },
          runAfter: { Other: ['Succeeded'] },
        },
        Other: {
          type: 'ApiConnection',
          inputs: { host: { connection: { referenceName: 'x' } }, method: 'get', path: '/' },
          runAfter: {},
        },
      },
    };
    const workflow = load({
      ...definition,
      parameters: { endpoint: { type: 'String', defaultValue: '' } },
    });
    const { result } = await run(definition as never, {
      workflow: {
        ...workflow,
        definition: definition as never,
        parameters: sampleParameters(definition as never, {}),
      },
      trigger: sampleTrigger(definition as never),
      perform: stubPerformer,
    });
    expect(result).toMatchObject({
      status: 'Succeeded',
      actions: {
        Name: { repetitions: [{ outputs: 'text-text2' }] },
        Parse: { status: 'Succeeded', outputs: { body: { n: 1 } } },
      },
    });
  });

  it('answer webhooks', async () => {
    const definition = {
      triggers: manual,
      actions: {
        W: {
          type: 'HttpWebhook',
          inputs: { subscribe: { method: 'POST', uri: 'https://a.test/' }, unsubscribe: {} },
          runAfter: {},
        },
      },
    };
    const { result } = await run(definition, {
      perform: stubPerformer,
      callback: () => ({ body: 'ok' }),
    });
    expect(result).toMatchObject({
      actions: { W: { status: 'Succeeded', outputs: { body: 'ok' } } },
    });
  });
});

describe('workflows that call each other', () => {
  const child = load({
    triggers: manual,
    actions: {
      R: {
        type: 'Response',
        kind: 'Http',
        inputs: { statusCode: 201, body: "@triggerBody()['n']" },
        runAfter: {},
      },
    },
  });
  const effect = {
    kind: 'workflow',
    id: 'W#1',
    path: 'W',
    idempotencyKey: 'k',
    timeout: 1,
    workflow: 'child',
    request: { headers: {}, body: { n: 7 } },
  } as const;
  const neighbours = {
    find: (name: string) => Promise.resolve(name === 'child' ? child : undefined),
    run: (workflow: LoadedWorkflow, trigger: WorkflowObject) =>
      runLocally({ workflow, trigger, staticResults: 'enabled' as const, perform: nobody }),
  };
  const context = {
    runId: 'r',
    clientTrackingId: 't',
    workflow: { id: '/w', name: 'w', version: '1' },
  };
  const call = (
    one: typeof effect | (Omit<typeof effect, 'workflow'> & { workflow: string }),
    depth = 0,
  ) => localWorkflows(neighbours, depth).call(one as never, context, new AbortController().signal);

  it('get the Response of the child', async () => {
    await expect(call(effect)).resolves.toMatchObject({
      kind: 'response',
      effectId: 'W#1',
      statusCode: 201,
      body: 7,
    });
  });

  it('get 502 NoResponse from a child without a Response', async () => {
    const silent = load({ triggers: manual, actions: { C: { type: 'Compose', inputs: 1 } } });
    const port = localWorkflows({ ...neighbours, find: () => Promise.resolve(silent) });
    await expect(port.call(effect, context, new AbortController().signal)).resolves.toMatchObject({
      statusCode: 502,
      body: { error: { code: 'NoResponse' } },
    });
  });

  it('fail for a child that is not there, and for an endless recursion', async () => {
    await expect(call({ ...effect, workflow: '/workflows/none' })).resolves.toMatchObject({
      kind: 'failure',
      code: 'WorkflowNotFound',
    });
    await expect(call(effect, 20)).resolves.toMatchObject({
      kind: 'failure',
      code: 'NestedWorkflowTooDeep',
    });
  });
});

describe('parameterFile', () => {
  it.each([
    [
      { a: 1, o: { value: 2 } },
      { a: 1, o: { value: 2 } },
    ],
    [{ a: { type: 'Int', value: 1 } }, { a: 1 }],
    [{ $schema: 'x', parameters: { a: { value: 1 }, b: {} } }, { a: 1 }],
    [{}, {}],
  ])('reads %j', (document, values) => {
    expect(parameterFile(document as WorkflowObject)).toEqual(values);
  });
});

describe('a project folder', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'isthmus project '));
    mkdirSync(join(root, 'order'));
    mkdirSync(join(root, 'Artifacts', 'Maps'), { recursive: true });
    writeFileSync(join(root, 'host.json'), '{}');
    writeFileSync(join(root, 'Artifacts', 'Maps', 'hello.liquid'), 'Hello {{content.name}}');
    writeFileSync(
      join(root, 'order', 'workflow.json'),
      JSON.stringify({
        kind: 'Stateful',
        definition: {
          triggers: manual,
          actions: {
            Get: {
              type: 'Http',
              inputs: {
                method: 'GET',
                uri: 'https://a.test/',
                retryPolicy: { type: 'fixed', count: 2, interval: 'PT10S' },
              },
              runAfter: {},
            },
            Hello: {
              type: 'Liquid',
              kind: 'JsonToText',
              inputs: { content: "@body('Get')", map: { name: 'hello' } },
              runAfter: { Get: ['Succeeded'] },
            },
          },
        },
      }),
    );
  });

  afterEach(() => rmSync(root, { recursive: true, maxRetries: 9 }));

  it('gives its maps by name', async () => {
    const artifacts = artifactsOf(await projectAround(join(root, 'order', 'workflow.json')));
    expect(artifacts.map?.('Hello')).toBe('Hello {{content.name}}');
    expect(artifacts.map?.('hello.liquid')).toBe('Hello {{content.name}}');
    expect(artifacts.map?.('other')).toBeUndefined();
  });

  it('is tested by cases that name its workflows', async () => {
    const given = { answers: { Get: [{ status: 503 }, { body: { name: 'Ada' } }] } };
    const cases = [
      {
        name: 'greets',
        workflow: './order/workflow.json',
        given,
        expect: {
          status: 'Succeeded',
          elapsed: 'PT10S',
          actions: { Hello: { outputs: { body: 'Hello Ada' } } },
        },
      },
      { name: 'is wrong', workflow: 'order/workflow.json', given, expect: { status: 'Failed' } },
      { name: 'is nowhere', workflow: 'none/workflow.json', expect: {} },
      { name: 'is a policy', policy: '<x/>' },
    ];
    await expect(runWorkflowCases(cases, root)).resolves.toEqual([
      { name: 'greets', failures: [] },
      { name: 'is wrong', failures: ['expect.status: expected "Failed", got "Succeeded"'] },
      { name: 'is nowhere', failures: [expect.stringContaining('cannot be read')] },
    ]);
  });
});
