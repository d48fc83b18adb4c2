import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { RunOptions } from '../commands/run.js';
import { runWorkflow } from './run-workflow.js';

let folder: string;
let printed: string[];
let complained: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isthmus run '));
  printed = [];
  complained = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest.spyOn(console, 'error').mockImplementation((text: string) => void complained.push(text));
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, maxRetries: 9 });
});

function write(name: string, value: unknown): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

async function run(
  path: string,
  options: RunOptions = {},
): Promise<{ code: number; result: unknown }> {
  const code = await runWorkflow(path, { json: true, ...options });
  return { code, result: printed[0] === undefined ? undefined : JSON.parse(printed[0]) };
}

const triggers = { manual: { type: 'Request', kind: 'Http', inputs: {} } };
const workflow = (actions: object, rest: object = {}) => ({
  kind: 'Stateful',
  definition: { triggers, actions, ...rest },
});

describe('isthmus run', () => {
  it('prints status, response and actions as one object', async () => {
    const path = write(
      'workflow.json',
      workflow(
        {
          A: {
            type: 'Response',
            kind: 'Http',
            inputs: { statusCode: 200, body: "@{parameters('greeting')} @{triggerBody()['name']}" },
            runAfter: {},
          },
        },
        { parameters: { greeting: { type: 'String' } } },
      ),
    );
    const input = write('trigger.json', {
      headers: { 'Content-Type': 'application/json' },
      body: { name: 'Ada' },
    });
    const parameters = write('parameters.json', { greeting: 'Hello' });
    await expect(run(path, { input, parameters })).resolves.toMatchObject({
      code: 0,
      result: {
        status: 'Succeeded',
        response: { statusCode: 200, body: 'Hello Ada' },
        actions: { A: { status: 'Succeeded', code: 'OK' } },
      },
    });
  });

  it('prints a tree for people, and fails when the run failed', async () => {
    const path = write(
      'workflow.json',
      workflow({ A: { type: 'Compose', inputs: "@int('x')", runAfter: {} } }),
    );
    expect(await runWorkflow(path, {})).toBe(1);
    expect(printed[0]).toMatch(/Failed[\s\S]*└─ A \(Compose\) Failed BadRequest/);
  });

  it('refuses an invalid definition with its place, and runs nothing', async () => {
    const path = write(
      'workflow.json',
      workflow({ A: { type: 'Compose', inputs: '@concat(1', runAfter: {} } }),
    );
    expect(await runWorkflow(path, { json: true })).toBe(2);
    expect(printed).toEqual([]);
    expect(complained[0]).toMatch(/workflow\.json:\d+:\d+: .*RightParenthesis/);
  });

  it.each([
    ['a file that is not there', 'none.json', undefined],
    ['a file that is no JSON', 'broken.json', '{'],
  ])('says so for %s', async (_what, name, content) => {
    const path = content === undefined ? join(folder, name) : write(name, content);
    expect(await runWorkflow(path, {})).toBe(2);
    expect(complained[0]).toContain(name);
  });

  it('prints what its trigger refuses', async () => {
    const path = write('workflow.json', {
      kind: 'Stateful',
      definition: {
        triggers: { manual: { type: 'Request', inputs: { method: 'PUT' } } },
        actions: {},
      },
    });
    const { result } = await run(path);
    expect(result).toMatchObject({ status: 'Skipped', response: { statusCode: 404 }, actions: {} });
  });

  it('answers calls with stubs, skips time and records the run as a case', async () => {
    const path = write(
      'workflow.json',
      workflow({
        Get: {
          type: 'Http',
          inputs: { method: 'GET', uri: 'https://nowhere.invalid/' },
          runAfter: {},
        },
        Wait: {
          type: 'Wait',
          inputs: { interval: { count: 1, unit: 'Day' } },
          runAfter: { Get: ['Succeeded'] },
        },
      }),
    );
    const target = join(folder, 'tests.cases.yaml');
    await expect(run(path, { stub: true, record: target })).resolves.toMatchObject({
      code: 0,
      result: { status: 'Succeeded' },
    });
    expect(readFileSync(target, 'utf8')).toContain('workflow: ./workflow.json');
  });

  it('calls real systems and the workflows beside it', async () => {
    const server: Server = createServer((_request, response) =>
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"n":20}'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    write('host.json', {});
    write(
      'child/workflow.json',
      workflow({
        R: {
          type: 'Response',
          kind: 'Http',
          inputs: { statusCode: 200, body: "@mul(triggerBody()['n'], 2)" },
          runAfter: {},
        },
      }),
    );
    const path = write(
      'parent/workflow.json',
      workflow({
        Get: { type: 'Http', inputs: { method: 'GET', uri }, runAfter: {} },
        Child: {
          type: 'Workflow',
          inputs: { host: { workflow: { id: 'child' } }, body: "@body('Get')" },
          runAfter: { Get: ['Succeeded'] },
        },
      }),
    );
    try {
      await expect(run(path)).resolves.toMatchObject({
        result: {
          status: 'Succeeded',
          actions: { Child: { outputs: { statusCode: 200, body: 40 } } },
        },
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('runs the named workflow of a template, and those of the template that it calls', async () => {
    const resource = (name: string, actions: object) => ({
      type: 'Microsoft.Logic/workflows',
      apiVersion: '2019-05-01',
      name,
      properties: { definition: workflow(actions).definition },
    });
    const path = write('template.json', {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources: [
        resource('child', {
          R: { type: 'Response', inputs: { statusCode: 200, body: "@mul(triggerBody()['n'], 2)" } },
        }),
        resource('parent', {
          Child: {
            type: 'Workflow',
            inputs: {
              host: {
                triggerName: 'manual',
                workflow: { id: "[resourceId('Microsoft.Logic/workflows', 'child')]" },
              },
              body: { n: 21 },
            },
          },
        }),
      ],
    });
    await expect(run(path, { workflow: 'Parent' })).resolves.toMatchObject({
      code: 0,
      result: { status: 'Succeeded', actions: { Child: { outputs: { body: 42 } } } },
    });
    printed = [];
    await expect(run(path, { workflow: 'other' })).resolves.toMatchObject({ code: 2 });
    expect(complained).toEqual([
      expect.stringContaining("no workflow 'other' in it, only 'child', 'parent'"),
    ]);
  });

  it('keeps private addresses closed when told so', async () => {
    const path = write(
      'workflow.json',
      workflow({
        Get: { type: 'Http', inputs: { method: 'GET', uri: 'http://127.0.0.1:9/' }, runAfter: {} },
      }),
    );
    await expect(run(path, { blockPrivateAddresses: true })).resolves.toMatchObject({
      result: { actions: { Get: { status: 'Failed', code: 'Forbidden' } } },
    });
  });
});
