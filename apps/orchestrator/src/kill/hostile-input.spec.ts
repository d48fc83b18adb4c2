import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OrchestratorFixture, requested, type Json } from '../testing/orchestrator-fixture.js';

jest.setTimeout(240_000);

const megabyte = 1_048_576;
let fixture: OrchestratorFixture;
beforeAll(async () => {
  fixture = await OrchestratorFixture.start({ lease: 60_000 });
  fixture.answer = () => ({ body: {} });
  const Answer = { type: 'Response', inputs: { statusCode: 200, body: 'alive' } };
  await fixture.deploy({ alive: requested({ Answer }) });
});
afterAll(() => fixture.stop());
beforeEach(async () => {
  fixture.calls.length = 0;
});

/** The process serves others while, and after, it had to do with something hostile. */
async function serves(): Promise<void> {
  const answer = await fixture.call('alive');
  expect([answer.status, await answer.text()]).toEqual([200, 'alive']);
  expect(fixture.replicas[0]!.leaseLost).toEqual([]);
}

async function end(workflow: string, body: unknown = {}): Promise<Json> {
  const answer = await fixture.call(workflow, body);
  expect(answer.status).toBe(202);
  await serves();
  return endOf(workflow, answer.headers.get('x-ms-workflow-run-id')!);
}

async function endOf(workflow: string, run: string): Promise<Json> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const view = await fixture.read(`/${workflow}/runs/${run}`);
    if (view.properties?.endTime !== undefined) return view;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`the run of ${workflow} does not end`);
}

const errorOf = async (workflow: string, run: Json, action: string): Promise<string> => {
  const { properties } = await fixture.read(`/${workflow}/runs/${run.name}/actions/${action}`);
  return `${properties.code}: ${properties.error?.message ?? ''}`;
};

describe('a body', () => {
  it('of nearly 100 MB is taken and kept; a byte over it is refused before it is read', async () => {
    const Length = { type: 'Compose', inputs: "@length(triggerBody()['text'])" };
    await fixture.deploy({ large: requested({ Length }) });
    const url = await fixture.callbackUrl('large');
    const frame = JSON.stringify({ text: '' }).length;
    const post = (characters: number) =>
      fetch(url, {
        method: 'POST',
        // Making such a body takes longer than an idle connection is kept.
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify({ text: 'x'.repeat(characters) }),
      });
    const tooLarge = await post(100 * megabyte - frame + 1);
    expect(tooLarge.status).toBe(413);
    await tooLarge.arrayBuffer();
    await serves();
    const answer = await post(99 * megabyte);
    expect(answer.status).toBe(202);
    const run = await endOf('large', answer.headers.get('x-ms-workflow-run-id')!);
    expect(run.properties.status).toBe('Succeeded');
    await serves();
  });

  it.each([
    ['that is no JSON', '{"a":'],
    ['of hostile depth', '['.repeat(200_000)],
  ])('%s is refused with a clear error, and no run begins', async (_, body) => {
    const url = await fixture.callbackUrl('alive');
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as Json).error.message).not.toBe('');
    await serves();
  });
});

describe('an array', () => {
  const limit = 100_000;
  it('of 100,000 items goes through a loop, and its history opens in pages', async () => {
    await fixture.deploy({
      many: requested({
        Each: {
          type: 'Foreach',
          foreach: `@range(0, ${limit})`,
          actions: { Note: { type: 'Compose', inputs: "@items('Each')" } },
        },
      }),
    });
    const run = await end('many');
    expect(run.properties.status).toBe('Succeeded');
    const began = performance.now();
    const page = await fixture.read(`/many/runs/${run.name}/actions/Note/repetitions?$top=30`);
    expect(page.value).toHaveLength(30);
    expect(page.nextLink).toBeDefined();
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('with an item more than a loop may have fails the loop, not the process', async () => {
    await fixture.deploy({
      over: requested({
        Each: {
          type: 'Foreach',
          foreach: '@createArray(range(0, 100000), 1)',
          actions: { Note: { type: 'Compose', inputs: "@items('Each')" } },
        },
        Over: {
          type: 'Foreach',
          foreach: '@union(range(0, 100000), range(100000, 1))',
          actions: { Never: { type: 'Compose', inputs: 1 } },
        },
      }),
    });
    const run = await end('over');
    expect(run.properties.status).toBe('Failed');
    expect(await errorOf('over', run, 'Over')).toMatch(/100000/);
  });
});

describe('an expression', () => {
  it.each<[string, object]>([
    [
      'that grows without end',
      {
        Grow: {
          type: 'InitializeVariable',
          inputs: {
            variables: [{ name: 't', type: 'string', value: 'x'.repeat(4096) }],
          },
        },
        Again: {
          type: 'Until',
          expression: '@false',
          limit: { count: 60, timeout: 'PT1H' },
          runAfter: { Grow: ['Succeeded'] },
          actions: {
            Copy: { type: 'Compose', inputs: "@concat(variables('t'), variables('t'))" },
            Set: {
              type: 'SetVariable',
              inputs: { name: 't', value: "@outputs('Copy')" },
              runAfter: { Copy: ['Succeeded'] },
            },
          },
        },
      },
    ],
    ['that asks for a huge range', { Range: { type: 'Compose', inputs: '@range(0, 2147483647)' } }],
    [
      'with a pattern that explodes',
      {
        Match: {
          type: 'Compose',
          inputs: `@replace('${'a'.repeat(60)}!', '${'a'.repeat(30)}', '${'b'.repeat(4000)}')`,
        },
      },
    ],
  ])('%s ends its action with an error or a result; the process lives', async (name, actions) => {
    const workflow = `bomb${name.length}`;
    await fixture.deploy({ [workflow]: requested(actions) });
    const run = await end(workflow);
    expect(['Failed', 'Succeeded']).toContain(run.properties.status);
  });
});

describe('XML', () => {
  const entities = Array.from({ length: 20 }, (_, n) =>
    n === 0 ? '<!ENTITY e0 "xxxxxxxxxx">' : `<!ENTITY e${n} "${`&e${n - 1};`.repeat(10)}">`,
  ).join('');
  it.each([
    ['whose entities multiply', `<!DOCTYPE a [${entities}]><a>&e19;</a>`],
    ['that names a file', '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'],
    ['of hostile depth', `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`],
  ])('%s fails its action and gives nothing away', async (_, text) => {
    await fixture.deploy({
      xml: requested({
        Read: { type: 'Compose', inputs: "@xpath(xml(triggerBody()['x']), 'string(/a)')" },
      }),
    });
    const run = await end('xml', { x: text });
    const { properties } = await fixture.read(`/xml/runs/${run.name}/actions/Read`);
    const output = properties.outputsLink
      ? await (await fetch(fixture.local(properties.outputsLink.uri))).text()
      : '';
    expect(output).not.toContain('root:');
    expect(output.length).toBeLessThan(megabyte);
    expect(['Failed', 'Succeeded']).toContain(run.properties.status);
  });
});

describe('a loop that never ends', () => {
  it('of a workflow stops at its limit', async () => {
    await fixture.deploy({
      around: requested({
        Again: {
          type: 'Until',
          expression: '@false',
          limit: { count: 200, timeout: 'PT1H' },
          actions: { Note: { type: 'Compose', inputs: 1 } },
        },
      }),
    });
    const run = await end('around');
    const { properties } = await fixture.read(`/around/runs/${run.name}/actions/Again`);
    expect(properties.iterationCount).toBe(200);
  });

  it('of inline code stops at its time, in a process of its own', async () => {
    await fixture.deploy({
      script: requested({ Spin: { type: 'JavaScriptCode', inputs: { code: 'while (true) {}' } } }),
    });
    const run = await end('script');
    expect(run.properties.status).toBe('Failed');
    expect(await errorOf('script', run, 'Spin')).toMatch(/InlineCode/);
  });

  it('of workflows that call each other stops', async () => {
    const child = (id: string) => ({
      Call: { type: 'Workflow', inputs: { host: { workflow: { id } }, body: {} } },
    });
    await fixture.deploy({ ping: requested(child('pong')), pong: requested(child('ping')) });
    const answer = await fixture.call('ping');
    expect(answer.status).toBe(202);
    await serves();
    await fixture.manage('DELETE', '/ping');
    await fixture.manage('DELETE', '/pong');
    await serves();
  });
});
