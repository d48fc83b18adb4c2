import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { LogicManagementClient } from '@azure/arm-logic';
import { armClient } from '../testing/arm-client.js';
import {
  OrchestratorFixture,
  requested,
  until,
  type Json,
} from '../testing/orchestrator-fixture.js';

jest.setTimeout(60_000);

let fixture: OrchestratorFixture;
let client: LogicManagementClient;
const group = 'g1';

beforeAll(async () => {
  const publicUrl = 'https://orchestrator.example';
  fixture = await OrchestratorFixture.start({ publicUrl });
  client = armClient(fixture, publicUrl);
});
afterAll(() => fixture.stop());

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of pages) found.push(one);
  return found;
}
const steps = (actions: object) => requested(actions);
const loop = () =>
  steps({
    Each: {
      type: 'Foreach',
      foreach: "@range(0, triggerBody()['count'])",
      actions: { Double: { type: 'Compose', inputs: "@mul(items('Each'), 2)" } },
    },
    Sum: {
      type: 'Compose',
      inputs: "@length(outputs('Double'))",
      runAfter: { Each: ['Succeeded'] },
    },
  });
const finished = async (workflow: string, body: unknown = {}): Promise<string> => {
  const answer = await fixture.call(workflow, body);
  const run = answer.headers.get('x-ms-workflow-run-id')!;
  await fixture.ended(workflow, run);
  return run;
};
const content = async (link: { uri?: string } | undefined): Promise<Json> =>
  (await fetch(fixture.local(link!.uri!))).json();

describe('@azure/arm-logic', () => {
  it('creates, lists, reads, updates, disables, enables and deletes workflows', async () => {
    const definition = steps({ Note: { type: 'Compose', inputs: 1 } });
    const made = await client.workflows.createOrUpdate(group, 'made', {
      location: 'here',
      definition,
    });
    expect(made).toMatchObject({
      name: 'made',
      state: 'Enabled',
      type: 'Microsoft.Logic/workflows',
    });
    const again = await client.workflows.createOrUpdate(group, 'made', {
      definition: steps({ Note: { type: 'Compose', inputs: 2 } }),
    });
    expect(again.version).not.toBe(made.version);
    expect(
      (await all(client.workflowVersions.list(group, 'made'))).map(({ name }) => name),
    ).toEqual([again.version, made.version]);
    const old = await client.workflowVersions.get(group, 'made', made.version!);
    expect(old.definition.actions.Note.inputs).toBe(1);
    expect((await all(client.workflows.listBySubscription())).map(({ name }) => name)).toContain(
      'made',
    );
    expect(
      (await all(client.workflows.listByResourceGroup(group))).map(({ name }) => name),
    ).toContain('made');
    await client.workflows.disable(group, 'made');
    expect((await client.workflows.get(group, 'made')).state).toBe('Disabled');
    await client.workflows.enable(group, 'made');
    await client.workflows.delete(group, 'made');
    await expect(client.workflows.get(group, 'made')).rejects.toMatchObject({
      statusCode: 404,
      code: 'WorkflowNotFound',
    });
  });

  it('is told what is wrong with a definition', async () => {
    const definition = steps({
      A: { type: 'Compose', inputs: 1, runAfter: { Nobody: ['Succeeded'] } },
    });
    await expect(
      client.workflows.createOrUpdate(group, 'broken', { definition }),
    ).rejects.toMatchObject({ statusCode: 400, code: 'InvalidTemplate' });
    await expect(client.workflows.get(group, 'broken')).rejects.toMatchObject({ statusCode: 404 });
    const validate = (tried: object) =>
      client.workflows.validateByLocation(group, 'here', 'broken', { definition: tried });
    await expect(validate(definition)).rejects.toMatchObject({ code: 'InvalidTemplate' });
    await validate(steps({ A: { type: 'Compose', inputs: 1 } }));
  });

  it('lists runs in pages and by filter, reads actions, contents and repetitions', async () => {
    await fixture.deploy({ looping: loop() });
    for (let count = 1; count <= 4; count++) await finished('looping', { count });
    const failed = await finished('looping', { count: 'x' });
    const pages = client.workflowRuns.list(group, 'looping', { top: 2 }).byPage();
    const sizes: number[] = [];
    for await (const page of pages) sizes.push(page.length);
    expect(sizes).toEqual([2, 2, 1]);
    const filter = "status eq 'Failed' and startTime ge 2020-01-01T00:00:00Z";
    const bad = await all(client.workflowRuns.list(group, 'looping', { filter }));
    expect(bad.map(({ name }) => name)).toEqual([failed]);
    expect(bad[0]).toMatchObject({ status: 'Failed', error: { code: 'ActionFailed' } });

    const [, newest] = await all(client.workflowRuns.list(group, 'looping'));
    const actions = await all(client.workflowRunActions.list(group, 'looping', newest!.name!));
    expect(actions.map(({ name, status }) => `${name} ${status}`).toSorted()).toEqual([
      'Double Succeeded',
      'Each Succeeded',
      'Sum Succeeded',
    ]);
    const sum = await client.workflowRunActions.get(group, 'looping', newest!.name!, 'Sum');
    expect(await content(sum.outputsLink)).toBe(4);
    const repetitions = await all(
      client.workflowRunActionRepetitions.list(group, 'looping', newest!.name!, 'Double'),
    );
    expect(repetitions.map(({ name }) => name)).toEqual(['000000', '000001', '000002', '000003']);
    const third = await client.workflowRunActionRepetitions.get(
      group,
      'looping',
      newest!.name!,
      'Double',
      '000002',
    );
    expect(third).toMatchObject({
      status: 'Succeeded',
      repetitionIndexes: [{ scopeName: 'Each', itemIndex: 2 }],
    });
    expect(await content(third.outputsLink)).toBe(4);
    const scopes = await all(
      client.workflowRunActionScopeRepetitions.list(group, 'looping', newest!.name!, 'Each'),
    );
    expect(scopes).toHaveLength(4);
    const traces = await all(
      client.workflowRunActionRepetitions.listExpressionTraces(
        group,
        'looping',
        newest!.name!,
        'Double',
        '000002',
      ),
    );
    expect(traces).toMatchObject([
      {
        path: 'inputs',
        text: "mul(items('Each'), 2)",
        value: 4,
        subexpressions: [{ text: "items('Each')", value: 2 }],
      },
    ]);
  });

  it('cancels a run, and once only', async () => {
    fixture.answer = () => ({ after: 60_000 });
    const Call = { type: 'Http', inputs: { method: 'GET', uri: `${fixture.backendUrl}/never` } };
    await fixture.deploy({ endless: steps({ Call }) });
    const run = (await fixture.call('endless')).headers.get('x-ms-workflow-run-id')!;
    await client.workflowRuns.cancel(group, 'endless', run);
    expect(await fixture.ended('endless', run)).toMatchObject({ status: 'Cancelled' });
    await expect(client.workflowRuns.cancel(group, 'endless', run)).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it('resubmits a run from its trigger history', async () => {
    const run = await finished('looping', { count: 2 });
    await client.workflowTriggerHistories.resubmit(group, 'looping', 'manual', run);
    const [again] = await all(client.workflowRuns.list(group, 'looping'));
    expect(again!.name).not.toBe(run);
    await fixture.ended('looping', again!.name!);
    const sum = await client.workflowRunActions.get(group, 'looping', again!.name!, 'Sum');
    expect(await content(sum.outputsLink)).toBe(2);
  });

  it('lists and runs triggers, reads their histories, gives and revokes callback URLs', async () => {
    const triggers = await all(client.workflowTriggers.list(group, 'looping'));
    expect(triggers).toMatchObject([{ name: 'manual', state: 'Enabled' }]);
    const histories = await all(client.workflowTriggerHistories.list(group, 'looping', 'manual'));
    expect(histories[0]).toMatchObject({
      status: 'Succeeded',
      fired: true,
      run: { type: 'Microsoft.Logic/workflows/runs' },
    });
    const one = await client.workflowTriggerHistories.get(
      group,
      'looping',
      'manual',
      histories[0]!.name!,
    );
    expect(one.name).toBe(histories[0]!.name);
    const url = await client.workflowTriggers.listCallbackUrl(group, 'looping', 'manual');
    const post = () =>
      fetch(fixture.local(url.value!), {
        method: 'POST',
        body: '{"count":1}',
        headers: { 'content-type': 'application/json' },
      });
    expect((await post()).status).toBe(202);
    await client.workflows.regenerateAccessKey(group, 'looping', { keyType: 'Primary' });
    expect((await post()).status).toBe(401);
    await client.workflowTriggers.run(group, 'looping', 'manual');
    expect((await client.workflowTriggers.getSchemaJson(group, 'looping', 'manual')).title).toBe(
      'manual',
    );
  });

  it('reads the calls of an action', async () => {
    let calls = 0;
    fixture.answer = () => ({
      status: ++calls === 1 ? 503 : 200,
      headers: { 'retry-after': '0' },
      body: {},
    });
    const Call = {
      type: 'Http',
      inputs: {
        method: 'GET',
        uri: `${fixture.backendUrl}/twice`,
        retryPolicy: { type: 'fixed', count: 1, interval: 'PT5S' },
      },
    };
    await fixture.deploy({ calling: steps({ Call }) });
    const run = (await fixture.call('calling')).headers.get('x-ms-workflow-run-id')!;
    await fixture.ended('calling', run);
    const histories = await all(
      client.workflowRunActionRequestHistories.list(group, 'calling', run, 'Call'),
    );
    expect(histories).toHaveLength(2);
    expect(histories[0]!.properties!.request).toMatchObject({
      method: 'GET',
      uri: `${fixture.backendUrl}/twice`,
    });
    expect(
      new Set(fixture.calls.filter(({ path }) => path === '/twice').map(({ key }) => key)).size,
    ).toBe(1);
  });
});

describe('resubmitting from an action', () => {
  it('keeps what stands before it and runs the rest again', async () => {
    fixture.answer = ({ path }) => ({ status: path === '/flaky' ? 404 : 200, body: { path } });
    const call = (path: string) => ({
      type: 'Http',
      inputs: { method: 'POST', uri: `${fixture.backendUrl}${path}` },
    });
    await fixture.deploy({
      repairable: steps({
        First: call('/first'),
        Flaky: { ...call('/flaky'), runAfter: { First: ['Succeeded'] } },
        Last: { type: 'Compose', inputs: "@body('First')", runAfter: { Flaky: ['Succeeded'] } },
      }),
    });
    const run = await finished('repairable');
    fixture.calls.length = 0;
    fixture.answer = ({ path }) => ({ body: { path } });
    const answer = await fixture.manage(
      'POST',
      `/repairable/triggers/manual/histories/${run}/resubmit`,
      {
        body: { actionsToResubmit: [{ name: 'Flaky' }] },
      },
    );
    expect(answer.status).toBe(202);
    const again = answer.headers.get('x-ms-workflow-run-id')!;
    expect(await fixture.ended('repairable', again)).toMatchObject({
      status: 'Succeeded',
      resubmittedFrom: run,
    });
    expect(fixture.calls.map(({ path }) => path)).toEqual(['/flaky']);
    const last = await fixture.read(`/repairable/runs/${again}/actions/Last`);
    expect(await content(last.properties.outputsLink)).toEqual({ path: '/first' });
    const unknown = await fixture.manage(
      'POST',
      `/repairable/triggers/manual/histories/${run}/resubmit`,
      {
        body: { actionsToResubmit: [{ name: 'Nobody' }] },
      },
    );
    expect(unknown.status).toBe(400);
  });
});

describe('the management API', () => {
  it('asks for roles: a reader reads, a publisher changes, an admin renews keys', async () => {
    const status = async (method: string, path: string, role: string) =>
      (
        await fixture.manage(method, path, {
          role,
          body: method === 'POST' ? { keyType: 'Primary' } : undefined,
        })
      ).status;
    expect(await status('GET', '/looping', 'nobody')).toBe(401);
    expect(await status('GET', '/looping', 'Reader')).toBe(200);
    expect(await status('POST', '/looping/disable', 'Reader')).toBe(403);
    expect(await status('POST', '/looping/enable', 'Publisher')).toBe(200);
    expect(await status('POST', '/looping/regenerateAccessKey', 'Publisher')).toBe(403);
    expect(await status('POST', '/looping/regenerateAccessKey', 'Admin')).toBe(200);
  });

  it('is there under the addresses of the Standard runtime too', async () => {
    const prefix = `${fixture.url}/runtime/webhooks/workflow/api/management/workflows`;
    const site = `${fixture.url}/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a/hostruntime/runtime/webhooks/workflow/api/management/workflows`;
    for (const base of [prefix, site]) {
      const { value } = (await (
        await fixture.manage('GET', `${base}/looping/runs?$top=1`)
      ).json()) as Json;
      expect(value[0]).toMatchObject({
        type: 'workflows/runs',
        id: expect.stringMatching(/^\/workflows\/looping\/runs\//),
      });
      const expanded = (await (
        await fixture.manage(
          'GET',
          `${base}/looping/runs/${value[0].name}?$expand=properties/actions,workflow/properties`,
        )
      ).json()) as Json;
      expect(Object.keys(expanded.properties.actions).length).toBeGreaterThan(0);
      expect(expanded.properties.workflow.properties.definition.actions).toHaveProperty('Each');
    }
  });

  it.each([
    ['GET', '/nobody', 404, 'WorkflowNotFound'],
    ['GET', '/looping/runs/1', 404, 'WorkflowRunNotFound'],
    ['GET', '/looping/triggers/none', 404, 'WorkflowTriggerNotFound'],
    ['GET', '/looping/versions/1', 404, 'WorkflowVersionNotFound'],
    ['GET', '/looping/runs?$filter=nonsense', 400, 'InvalidFilterInQueryString'],
    ['GET', '/looping/runs?$top=-1', 400, 'InvalidTopQueryParameter'],
    ['GET', '/looping/runs/1/actions?$filter=nonsense', 404, 'WorkflowRunNotFound'],
    ['PUT', '/looping', 400, 'InvalidRequestContent'],
    ['PUT', '/%2e%2e%2fx', 400, 'InvalidWorkflowName'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const answer = await fixture.manage(method, path, {
      body: method === 'PUT' ? '{"a"' : undefined,
    });
    expect([answer.status, await answer.json()]).toMatchObject([status, { error: { code } }]);
  });

  it('keeps the project around a workflow of it, with the access control that is put', async () => {
    await fixture.deploy(
      { standing: steps({ Note: { type: 'Compose', inputs: "@parameters('p')" } }) },
      {
        'host.json': '{}',
        'parameters.json': JSON.stringify({ p: { type: 'String', value: 'v' } }),
      },
    );
    const accessControl = { workflowManagement: { allowedCallerIpAddresses: [] } };
    const definition = steps({ Other: { type: 'Compose', inputs: "@parameters('p')" } });
    const put = (properties: object) =>
      fixture.manage('PUT', '/standing', { body: { properties } });
    expect((await put({ definition })).status).toBe(200);
    const run = await finished('standing');
    const { properties } = await fixture.read(`/standing/runs/${run}/actions/Other`);
    expect(await content(properties.outputsLink)).toBe('v');
    expect((await put({ definition, accessControl })).status).toBe(200);
    expect((await put({ definition })).status).toBe(403);
  });

  it('refuses a project whose host.json is wrong, and deploys nothing of it', async () => {
    const settings = { 'Runtime.Backend.FlowRunTimeout': 'soon' };
    const host = JSON.stringify({ extensions: { workflow: { settings } } });
    const document = steps({ Note: { type: 'Compose', inputs: 1 } });
    await expect(fixture.deploy({ unhosted: document }, { 'host.json': host })).rejects.toThrow(
      'Runtime.Backend.FlowRunTimeout',
    );
    expect((await fixture.manage('GET', '/unhosted')).status).toBe(404);
  });

  it('finds runs by tracked property, tracking id and text', async () => {
    await fixture.deploy({
      tracked: steps({
        Note: {
          type: 'Compose',
          inputs: "@triggerBody()['text']",
          trackedProperties: { order: "@triggerBody()['order']" },
        },
      }),
    });
    const one = await finished('tracked', { order: 'o-1', text: 'a "quoted" 100% word' });
    await finished('tracked', { order: 'o-2', text: 'other' });
    const find = async (filter: string) =>
      (await fixture.read(`/tracked/runs?$filter=${encodeURIComponent(filter)}`)).value.map(
        (run: Json) => run.name,
      );
    expect(await find("trackedProperties/order eq 'o-1'")).toEqual([one]);
    expect(await find(`contains(text, '"quoted" 100% w')`)).toEqual([one]);
    expect(await find("contains(text, '100_')")).toEqual([]);
    const { properties } = await fixture.read(`/tracked/runs/${one}`);
    expect(await find(`clientTrackingId eq '${properties.correlation.clientTrackingId}'`)).toEqual([
      one,
    ]);
  });

  it('keeps large values apart and gives them back whole', async () => {
    await fixture.deploy({
      large: steps({ Note: { type: 'Compose', inputs: "@triggerBody()['text']" } }),
    });
    const text = 'ä€'.repeat(100_000);
    const run = await finished('large', { text });
    const { rows } = await fixture.database.pool.query(
      'select max(length(body)) as body, (select count(*) from payloads where run_id = $1)::int as payloads from journal where run_id = $1',
      [run],
    );
    expect(rows[0].payloads).toBeGreaterThan(0);
    expect(rows[0].body).toBeLessThan(20_000);
    const { properties } = await fixture.read(`/large/runs/${run}/actions/Note`);
    expect(properties.outputsLink.contentSize).toBeGreaterThan(100_000);
    expect(await content(properties.outputsLink)).toBe(text);
    const broken = properties.outputsLink.uri.replace(/sig=.{5}/, 'sig=AAAAA');
    expect((await fetch(fixture.local(broken))).status).toBe(401);
    const events = await fixture.read(`/large/runs/${run}/events`);
    expect(events.value[0].trigger.outputs.body.text).toBe(text);
  });

  it('never shows what is secured', async () => {
    const secureData = { secureData: { properties: ['inputs', 'outputs'] } };
    await fixture.deploy({
      secret: steps({
        Hidden: { type: 'Compose', inputs: 'hush', runtimeConfiguration: secureData },
      }),
    });
    const run = await finished('secret');
    const { properties } = await fixture.read(`/secret/runs/${run}/actions/Hidden`);
    expect([properties.inputsLink, properties.outputsLink]).toEqual([undefined, undefined]);
  });

  it('shows the differences of two versions and promotes one', async () => {
    const compose = (inputs: number) => steps({ Note: { type: 'Compose', inputs } });
    await fixture.deploy({ versioned: compose(1) });
    const first = (await fixture.read('/versioned')).properties.version;
    await fixture.deploy({ versioned: compose(2) });
    const second = (await fixture.read('/versioned')).properties.version;
    const { value } = await fixture.read(`/versioned/versions/${first}/differences/${second}`);
    expect(value).toEqual([
      { pointer: '/actions/Note/inputs', change: 'changed', before: 1, after: 2 },
    ]);
    await fixture.manage('POST', `/versioned/versions/${first}/promote`);
    const promoted = (await fixture.read('/versioned')).properties;
    expect(promoted.definition.actions.Note.inputs).toBe(1);
    expect([first, second]).not.toContain(promoted.version);
  });

  it('opens a history of thousands of repetitions in pages', async () => {
    const run = await finished('looping', { count: 5000 });
    const page = await fixture.read(`/looping/runs/${run}/actions/Double/repetitions?$top=100`);
    expect(page.value).toHaveLength(100);
    const next = (await (await fixture.manage('GET', page.nextLink)).json()) as Json;
    expect(next.value[0].name).toBe('000100');
  });
});

describe('stateless workflows', () => {
  const document = {
    definition: steps({ Note: { type: 'Compose', inputs: 1 } }),
    kind: 'Stateless',
  };

  it('keep nothing', async () => {
    await fixture.deploy({ fleeting: document });
    expect((await fixture.call('fleeting')).status).toBe(202);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await fixture.read('/fleeting/runs')).value).toEqual([]);
  });

  it('keep their history when the app settings ask for it', async () => {
    const Values = { 'Workflows.remembered.OperationOptions': 'WithStatelessRunHistory' };
    await fixture.deploy(
      { remembered: document },
      { 'local.settings.json': JSON.stringify({ Values }) },
    );
    const run = await finished('remembered');
    const { properties } = await fixture.read(`/remembered/runs/${run}/actions/Note`);
    expect(await content(properties.outputsLink)).toBe(1);
  });
});

describe('deleting', () => {
  it('cancels open runs and keeps the history of the workflow for who knows the run', async () => {
    fixture.answer = () => ({ after: 60_000 });
    const run = (await fixture.call('endless')).headers.get('x-ms-workflow-run-id')!;
    expect((await fixture.manage('DELETE', '/endless')).status).toBe(200);
    expect((await fixture.manage('DELETE', '/endless')).status).toBe(204);
    await until(async () => {
      const { rows } = await fixture.database.pool.query('select status from runs where id = $1', [
        run,
      ]);
      return rows[0].status === 'Cancelled' ? true : undefined;
    });
    expect((await fixture.read('/endless/runs')).error.code).toBe('WorkflowNotFound');
  });
});
