import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { LogicManagementClient } from '@azure/arm-logic';
import { generateKeyPairSync } from 'node:crypto';
import { armClient } from '../testing/arm-client.js';
import {
  OrchestratorFixture,
  requested,
  until,
  type Json,
} from '../testing/orchestrator-fixture.js';

jest.setTimeout(120_000);

let fixture: OrchestratorFixture;
let client: LogicManagementClient;
const group = 'g1';

beforeAll(async () => {
  fixture = await OrchestratorFixture.start({ publicUrl: 'https://orchestrator.example' });
  client = armClient(fixture, 'https://orchestrator.example');
});
afterAll(() => fixture.stop());

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of pages) found.push(one);
  return found;
}
const finished = async (workflow: string, body: unknown = {}): Promise<string> => {
  const answer = await fixture.call(workflow, body);
  const run = answer.headers.get('x-ms-workflow-run-id')!;
  await fixture.ended(workflow, run);
  return run;
};
const content = async (link: { uri?: string } | undefined): Promise<Json> =>
  (await fetch(fixture.local(link!.uri!))).json();
const note = { Note: { type: 'Compose', inputs: "@triggerBody()?['text']" } };
/** The status and code with which a call of the client fails. */
const failure = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    ({ statusCode, code }: { statusCode: number; code: string }) => [statusCode, code],
  );

describe('workflows', () => {
  it('give back what the resource said beside its definition', async () => {
    const made = await client.workflows.createOrUpdate(group, 'described', {
      location: 'westeurope',
      tags: { team: 'orders' },
      definition: requested(note),
    });
    expect(made).toMatchObject({ location: 'westeurope', tags: { team: 'orders' } });
    expect(await client.workflows.get(group, 'described')).toMatchObject({
      location: 'westeurope',
      tags: { team: 'orders' },
    });
  });

  it('keep the form of their numbers, in definition, outputs and traces', async () => {
    const inputs = '{"float":1.0,"long":9007199254740993,"sum":"@add(9007199254740993, 1)"}';
    const definition = JSON.stringify({
      ...requested({ Note: { type: 'Compose', inputs: 0 } }),
      outputs: { big: { type: 'Int', value: '@add(9007199254740993, 1)' } },
    }).replace('"inputs":0', `"inputs":${inputs}`);
    const put = await fixture.manage('PUT', '/numbers', {
      body: `{"properties":{"definition":${definition}}}`,
    });
    expect(put.status).toBe(201);
    expect(await (await fixture.manage('GET', '/numbers')).text()).toContain(inputs);
    const run = await finished('numbers');
    const text = async (method: string, path: string) =>
      (await fixture.manage(method, `/numbers/runs/${run}${path}`)).text();
    expect(await text('GET', '')).toContain('"big":{"value":9007199254740994}');
    expect(await text('POST', '/actions/Note/listExpressionTraces')).toContain(
      '"value":9007199254740994',
    );
  });

  it('tell the callback URL of their request trigger, of a version too', async () => {
    const url = await client.workflows.listCallbackUrl(group, 'described', {
      keyType: 'Secondary',
      notAfter: new Date(Date.now() + 60_000),
    });
    expect(url).toMatchObject({ method: 'POST', queries: { sp: '/triggers/manual/run' } });
    const called = await fetch(fixture.local(url.value!), { method: 'POST' });
    expect(called.status).toBe(202);
    const { version } = await client.workflows.get(group, 'described');
    const ofVersion = await client.workflowVersionTriggers.listCallbackUrl(
      group,
      'described',
      version!,
      'manual',
    );
    expect(ofVersion.value).toContain('/triggers/manual/paths/invoke?api-version=2016-10-01&');
    expect(
      await failure(
        client.workflowVersionTriggers.listCallbackUrl(group, 'described', '1', 'manual'),
      ),
    ).toEqual([404, 'WorkflowVersionNotFound']);
  });

  it('describe their request trigger as OpenAPI, without the signature', async () => {
    const schema = { type: 'object', properties: { id: { type: 'string' } } };
    const actions = {
      Response: {
        type: 'Response',
        inputs: { statusCode: 201, body: 1, schema: { type: 'integer' } },
      },
    };
    const trigger = { inputs: { method: 'PUT', relativePath: 'orders/{id}', schema } };
    await fixture.deploy({ swagger: requested(actions, trigger) });
    const description = (await client.workflows.listSwagger(group, 'swagger')) as Json;
    const [path] = Object.keys(description.paths);
    expect(path).toBe('/api/swagger/triggers/manual/invoke/orders/{id}');
    const operation = description.paths[path!].put;
    expect(operation.parameters).toContainEqual({
      name: 'body',
      in: 'body',
      required: false,
      schema,
    });
    expect(operation.parameters.map((one: Json) => one.name)).toEqual(
      expect.arrayContaining(['api-version', 'sp', 'sv', 'sig', 'id']),
    );
    expect(operation.parameters.find((one: Json) => one.name === 'sig').default).toBeUndefined();
    expect(operation.responses).toEqual({
      '201': { description: expect.any(String), schema: { type: 'integer' } },
    });
  });

  it('are listed by their state, and their versions in pages', async () => {
    await client.workflows.createOrUpdate(group, 'asleep', {
      state: 'Disabled',
      definition: requested(note),
    });
    const names = async (filter: string) =>
      (await all(client.workflows.listByResourceGroup(group, { filter }))).map(({ name }) => name);
    expect(await names("State eq 'Disabled'")).toEqual(['asleep']);
    expect(await names("state eq 'Enabled'")).not.toContain('asleep');
    expect(await failure(names("nonsense eq 'x'"))).toEqual([400, 'InvalidFilterInQueryString']);
    for (const text of [1, 2, 3]) {
      await client.workflows.createOrUpdate(group, 'asleep', {
        definition: requested({ Note: { type: 'Compose', inputs: text } }),
      });
    }
    const pages = client.workflowVersions.list(group, 'asleep', { top: 3 }).byPage();
    const sizes: number[] = [];
    for await (const page of pages) sizes.push(page.length);
    expect(sizes).toEqual([3, 1]);
  });

  it('are validated without being deployed, where they stand and by location', async () => {
    const good = { definition: requested(note) };
    const bad = { definition: requested({ A: { type: 'Compose', inputs: "@body('Nobody')" } }) };
    await client.workflows.validateByResourceGroup(group, 'checked', good);
    await client.workflows.validateByLocation(group, 'here', 'checked', good);
    expect(await failure(client.workflows.validateByResourceGroup(group, 'checked', bad))).toEqual([
      400,
      'InvalidTemplate',
    ]);
    expect(
      await failure(client.workflows.validateByLocation(group, 'here', 'checked', bad)),
    ).toEqual([400, 'InvalidTemplate']);
    expect(await failure(client.workflows.get(group, 'checked'))).toEqual([
      404,
      'WorkflowNotFound',
    ]);
  });

  it('are upgraded, and moved where that means nothing but another address', async () => {
    const upgraded = (await client.workflows.generateUpgradedDefinition(group, 'described', {
      targetSchemaVersion: '2016-06-01',
    })) as Json;
    expect(upgraded.$schema).toContain('/2016-06-01/');
    expect(upgraded.actions).toEqual(note);
    expect(
      await failure(
        client.workflows.generateUpgradedDefinition(group, 'described', {
          targetSchemaVersion: '2030-01-01',
        }),
      ),
    ).toEqual([400, 'InvalidTargetSchemaVersion']);
    const id = (name: string) =>
      `/subscriptions/s2/resourceGroups/g2/providers/Microsoft.Logic/workflows/${name}`;
    await client.workflows.beginMoveAndWait(group, 'described', { id: id('described') });
    expect(
      await failure(client.workflows.beginMoveAndWait(group, 'described', { id: id('another') })),
    ).toEqual([400, 'WorkflowMoveNotSupported']);
    await client.workflows.update(group, 'described');
  });
});

describe('triggers', () => {
  const polling = (path: string) => ({
    ...requested(note),
    triggers: {
      poll: {
        type: 'Http',
        inputs: { method: 'GET', uri: `${fixture.backendUrl}${path}` },
        recurrence: { frequency: 'Hour', interval: 1 },
      },
    },
  });

  it('are reset, and take over the state of another one', async () => {
    fixture.answer = ({ path }) => ({
      status: 202,
      headers: { location: `${fixture.backendUrl}${path.split('?')[0]}?seen=1` },
    });
    await fixture.deploy({ one: polling('/one'), two: polling('/two') });
    const memories = async () => {
      const { rows } = await fixture.database.pool.query(
        `select workflow, memory from triggers where workflow in ('one', 'two') order by workflow`,
      );
      return rows.map(({ memory }) => memory as string | null);
    };
    for (let waited = 0; (await memories()).includes(null) && waited < 100; waited += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const [first] = await memories();
    expect(first).toContain('/one?seen=1');
    await client.workflowTriggers.setState(group, 'two', 'poll', {
      source: { flowName: 'one', triggerName: 'poll' },
    });
    expect((await memories())[1]).toBe(first);
    await client.workflowTriggers.reset(group, 'two', 'poll');
    const { rows } = await fixture.database.pool.query(
      `select next_at <= now() + interval '1 second' as due from triggers where workflow = 'two'`,
    );
    expect(rows).toEqual([{ due: true }]);
    expect(
      await failure(
        client.workflowTriggers.setState(group, 'described', 'manual', {
          source: { flowName: 'one', triggerName: 'poll' },
        }),
      ),
    ).toEqual([400, 'WorkflowTriggerStateNotSupported']);
  });

  it('show in runs and histories what they got and gave, behind links', async () => {
    await finished('described', { text: 'read me' });
    const [run] = await all(client.workflowRuns.list(group, 'described'));
    const one = await client.workflowRuns.get(group, 'described', run!.name!);
    const [history] = await all(client.workflowTriggerHistories.list(group, 'described', 'manual'));
    for (const link of [run!.trigger!.outputsLink, one.trigger!.outputsLink, history!.outputsLink])
      expect((await content(link)).body).toEqual({ text: 'read me' });
    expect(one.trigger!.outputsLink!.contentSize).toBeGreaterThan(20);
    expect(one.trigger!.inputsLink).toBeUndefined();
  });

  it('hide what is secured, also in the actions that read it', async () => {
    const secured = {
      runtimeConfiguration: { secureData: { properties: ['outputs'] } },
    };
    await fixture.deploy({
      hush: requested(
        { ...note, Other: { type: 'Compose', inputs: 'open', runAfter: { Note: ['Succeeded'] } } },
        secured,
      ),
    });
    const id = await finished('hush', { text: 'hush-hush' });
    const run = await client.workflowRuns.get(group, 'hush', id);
    expect(run.trigger!.outputsLink).toBeUndefined();
    const hidden = await client.workflowRunActions.get(group, 'hush', id, 'Note');
    expect([hidden.inputsLink, hidden.outputsLink]).toEqual([undefined, undefined]);
    const open = await client.workflowRunActions.get(group, 'hush', id, 'Other');
    expect(await content(open.outputsLink)).toBe('open');
    expect(
      await all(client.workflowRunActions.listExpressionTraces(group, 'hush', id, 'Note')),
    ).toEqual([]);
    const found = await fixture.read(
      `/hush/runs?$filter=${encodeURIComponent("contains(text, 'hush-hush')")}`,
    );
    expect(found.value).toEqual([]);
    for (const shown of ['events', 'testCase']) {
      const text = JSON.stringify(await fixture.read(`/hush/runs/${id}/${shown}`));
      expect(text).not.toContain('hush-hush');
      expect(text).toContain('Succeeded');
    }
  });
});

describe('runs', () => {
  it('trace the expressions of conditions, loops and calls as they were evaluated', async () => {
    await fixture.deploy({
      traced: requested({
        Count: {
          type: 'InitializeVariable',
          inputs: { variables: [{ name: 'n', type: 'integer', value: 1 }] },
        },
        Check: {
          type: 'If',
          expression: { and: [{ greater: ["@add(variables('n'), 1)", 1] }] },
          actions: {},
          runAfter: { Count: ['Succeeded'] },
        },
        More: {
          type: 'SetVariable',
          inputs: { name: 'n', value: 7 },
          runAfter: { Check: ['Succeeded'] },
        },
        Text: {
          type: 'Compose',
          inputs: { a: "x @{add(variables('n'), 1)} y", b: '@utcNow()' },
          runAfter: { More: ['Succeeded'] },
        },
        Wrong: {
          type: 'Compose',
          inputs: "@triggerBody()['missing']",
          runAfter: { Text: ['Succeeded'] },
        },
      }),
    });
    const id = await finished('traced');
    const traces = (action: string) =>
      all(client.workflowRunActions.listExpressionTraces(group, 'traced', id, action));
    expect(await traces('Check')).toMatchObject([
      {
        path: 'expression.and[0].greater[0]',
        text: "add(variables('n'), 1)",
        value: 2,
        subexpressions: [{ text: "variables('n')", value: 1 }],
      },
    ]);
    expect(await traces('Text')).toMatchObject([
      { path: 'inputs.a', text: "add(variables('n'), 1)", value: 8 },
      { path: 'inputs.b', text: 'utcNow()', value: expect.stringMatching(/^20/) },
    ]);
    expect(await traces('Wrong')).toMatchObject([
      { text: "triggerBody()['missing']", error: { code: 'InvalidTemplate' } },
    ]);
  });

  it('are found by the operation that began them, and shown in time', async () => {
    const id = await finished('traced');
    const answer = await fixture.manage(
      'POST',
      `/traced/triggers/manual/histories/${id}/resubmit?api-version=2019-05-01`,
    );
    const location = new URL(answer.headers.get('location')!);
    const [, run, operation] = /\/runs\/([^/]+)\/operations\/([^/]+)$/.exec(location.pathname)!;
    const begun = await client.workflowRunOperations.get(group, 'traced', run!, operation!);
    expect(begun.name).toBe(run);
    expect(
      await failure(client.workflowRunOperations.get(group, 'traced', run!, 'another')),
    ).toEqual([404, 'WorkflowRunOperationNotFound']);
    const { value } = await fixture.read(`/traced/runs/${id}/timeline`);
    expect(value.map((one: Json) => one.actionName)).toEqual([
      'Count',
      'Check',
      'More',
      'Text',
      'Wrong',
    ]);
  });

  it('show their outputs', async () => {
    const outputs = { sum: { type: 'Int', value: '@add(1, 2)' } };
    await fixture.deploy({ giving: { ...requested(note), outputs } });
    const id = await finished('giving');
    expect((await client.workflowRuns.get(group, 'giving', id)).outputs).toMatchObject({
      sum: { value: 3 },
    });
  });

  it('become test cases that repeat them without the systems they called', async () => {
    fixture.answer = () => ({ body: { price: 7 } });
    const Ask = {
      type: 'Http',
      inputs: {
        method: 'GET',
        uri: `${fixture.backendUrl}/price`,
        headers: { Authorization: 'Bearer s3cret', 'X-A': '1' },
      },
    };
    await fixture.deploy({ recorded: requested({ Ask }) });
    const id = await finished('recorded', { id: 1 });
    const made = await fixture.read(`/recorded/runs/${id}/testCase`);
    expect(made).toMatchObject({
      given: {
        trigger: { body: { id: 1 } },
        answers: { Ask: [{ status: 200, body: { price: 7 } }] },
      },
      expect: { status: 'Succeeded' },
    });
    const [call] = await all(
      client.workflowRunActionRequestHistories.list(group, 'recorded', id, 'Ask'),
    );
    expect(call!.properties!.request!.headers).toMatchObject({
      Authorization: '*sanitized*',
      'X-A': '1',
    });
  });

  it('are repeated from several actions of parallel paths', async () => {
    let status = 500;
    fixture.answer = ({ path }) => ({ status: path === '/ok' ? 200 : status, body: { path } });
    const call = (path: string) => ({
      type: 'Http',
      inputs: {
        method: 'POST',
        uri: `${fixture.backendUrl}${path}`,
        retryPolicy: { type: 'none' },
      },
    });
    await fixture.deploy({
      parallel: requested({
        Left: call('/left'),
        Right: call('/right'),
        Middle: call('/ok'),
        Join: {
          type: 'Compose',
          inputs: 'joined',
          runAfter: { Left: ['Succeeded'], Right: ['Succeeded'], Middle: ['Succeeded'] },
        },
      }),
    });
    const id = await finished('parallel');
    status = 200;
    fixture.calls.length = 0;
    const answer = await fixture.manage(
      'POST',
      `/parallel/triggers/manual/histories/${id}/resubmit`,
      { body: { actionsToResubmit: [{ name: 'Left' }, { name: 'Right' }] } },
    );
    const again = answer.headers.get('x-ms-workflow-run-id')!;
    expect((await fixture.ended('parallel', again)).status).toBe('Succeeded');
    expect(fixture.calls.map(({ path }) => path).toSorted()).toEqual(['/left', '/right']);
    const other = await fixture.manage('POST', `/parallel/triggers/other/histories/${id}/resubmit`);
    expect(other.status).toBe(404);
  });
});

describe('accessControl', () => {
  const accessControl = (section: string, range: string) => ({
    [section]: { allowedCallerIpAddresses: [{ addressRange: range }] },
  });
  const put = (name: string, access: object) =>
    client.workflows.createOrUpdate(group, name, {
      definition: requested(note),
      accessControl: access,
    });

  it.each(['contents', 'actions'])('keeps others from contents by %s', async (section) => {
    await put('kept', accessControl(section, '127.0.0.1'));
    const id = await finished('kept', { text: 'x' });
    const action = await client.workflowRunActions.get(group, 'kept', id, 'Note');
    expect(await content(action.outputsLink)).toBe('x');
    await put('kept', accessControl(section, '203.0.113.7'));
    const refused = await fetch(fixture.local(action.outputsLink!.uri!));
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { error: { code: 'AuthorizationFailed' } },
    ]);
  });

  it('keeps others from managing the workflow', async () => {
    await put('managed', accessControl('workflowManagement', '203.0.113.0-203.0.113.9'));
    for (const call of [
      client.workflows.get(group, 'managed'),
      client.workflows.disable(group, 'managed'),
      all(client.workflowRuns.list(group, 'managed')),
      all(client.workflowTriggers.list(group, 'managed')),
    ])
      expect(await failure(call)).toEqual([403, 'AuthorizationFailed']);
    expect((await all(client.workflows.listByResourceGroup(group))).length).toBeGreaterThan(0);
  });

  it('is refused with every mistake when it is put', async () => {
    const policies = { p: { type: 'AAD', claims: [{ name: 'aud', value: 'x'.repeat(151) }] } };
    const access = {
      ...accessControl('contents', '10.0.0.0/99'),
      triggers: { openAuthenticationPolicies: { policies } },
    };
    const answer = await fixture.manage('PUT', '/mistaken', {
      body: { properties: { definition: requested(note), accessControl: access } },
    });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as Json;
    expect(error.code).toBe('InvalidAccessControl');
    expect(error.details.map(({ target }: Json) => target)).toEqual([
      '/properties/accessControl/contents/allowedCallerIpAddresses/0',
      '/properties/accessControl/triggers/openAuthenticationPolicies/policies/p',
      '/properties/accessControl/triggers/openAuthenticationPolicies/policies/p',
    ]);
  });
});

describe('integration accounts', () => {
  const map = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="text"/><xsl:template match="/">old <xsl:value-of select="/order/@id"/></xsl:template></xsl:stylesheet>`;
  const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="order"><xs:complexType><xs:attribute name="id" type="xs:integer"/></xs:complexType></xs:element></xs:schema>`;

  it('are made, listed, read, changed and deleted', async () => {
    const made = await client.integrationAccounts.createOrUpdate(group, 'b2b', {
      location: 'here',
      sku: { name: 'Standard' },
    });
    expect(made).toMatchObject({ name: 'b2b', type: 'Microsoft.Logic/integrationAccounts' });
    await client.integrationAccounts.createOrUpdate(group, 'gone', { sku: { name: 'Free' } });
    await client.integrationAccounts.update(group, 'b2b', { tags: { a: 'b' } });
    expect(await client.integrationAccounts.get(group, 'B2B')).toMatchObject({
      sku: { name: 'Standard' },
      tags: { a: 'b' },
    });
    const names = async () =>
      (await all(client.integrationAccounts.listBySubscription())).map(({ name }) => name);
    expect(await names()).toEqual(['b2b', 'gone']);
    await client.integrationAccounts.delete(group, 'gone');
    expect(await names()).toEqual(['b2b']);
    expect(
      (await all(client.integrationAccounts.listByResourceGroup(group))).map(({ name }) => name),
    ).toEqual(['b2b']);
    const { value } = await client.integrationAccounts.listCallbackUrl(group, 'b2b', {});
    expect(value).toContain('/integrationAccounts/b2b?');
    await client.integrationAccounts.regenerateAccessKey(group, 'b2b', { keyType: 'Primary' });
    expect(await failure(client.integrationAccounts.get(group, 'gone'))).toEqual([
      404,
      'IntegrationAccountNotFound',
    ]);
  });

  it('hold maps, schemas, certificates, partners and agreements', async () => {
    const contentType = 'application/xml';
    const put = await client.integrationAccountMaps.createOrUpdate(group, 'b2b', 'orders', {
      mapType: 'Xslt',
      content: map,
      contentType,
    });
    expect(put.contentLink!.contentSize).toBe(map.length);
    const text = await fetch(fixture.local(put.contentLink!.uri!));
    expect(await text.text()).toBe(map);
    expect((await client.integrationAccountMaps.get(group, 'b2b', 'orders')).content).toBe(map);
    await client.integrationAccountSchemas.createOrUpdate(group, 'b2b', 'order', {
      schemaType: 'Xml',
      content: schema,
      contentType,
    });
    const url = await client.integrationAccountSchemas.listContentCallbackUrl(
      group,
      'b2b',
      'order',
      { keyType: 'Secondary' },
    );
    expect(await (await fetch(fixture.local(url.value!))).text()).toBe(schema);
    expect((await fetch(fixture.local(url.value!).replace('sig=', 'sig=x'))).status).toBe(401);
    await client.integrationAccountPartners.createOrUpdate(group, 'b2b', 'contoso', {
      partnerType: 'B2B',
      content: { b2B: { businessIdentities: [{ qualifier: 'AA', value: '1' }] } },
    });
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const noCertificate = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    expect(
      await failure(
        client.integrationAccountCertificates.createOrUpdate(group, 'b2b', 'signing', {
          publicCertificate: noCertificate,
        }),
      ),
    ).toEqual([400, 'InvalidIntegrationAccountArtifact']);
    expect(
      (await all(client.integrationAccountMaps.list(group, 'b2b'))).map(({ name }) => name),
    ).toEqual(['orders']);
    expect((await all(client.integrationAccountSchemas.list(group, 'b2b'))).length).toBe(1);
    expect((await all(client.integrationAccountPartners.list(group, 'b2b'))).length).toBe(1);
    expect(await all(client.integrationAccountAgreements.list(group, 'b2b'))).toEqual([]);
    expect(await all(client.integrationAccountCertificates.list(group, 'b2b'))).toEqual([]);
    expect(await failure(client.integrationAccountMaps.get(group, 'b2b', 'nobody'))).toEqual([
      404,
      'IntegrationAccountArtifactNotFound',
    ]);
    expect(
      await failure(
        client.integrationAccountMaps.createOrUpdate(group, 'b2b', 'empty', { mapType: 'Xslt' }),
      ),
    ).toEqual([400, 'InvalidIntegrationAccountArtifact']);
  });

  it('give workflows their maps and schemas, the changed ones too', async () => {
    const xml = '@xml(\'<order id="7"/>\')';
    const artifact = (kind: string, name: string) => ({
      content: xml,
      integrationAccount: { [kind]: { name } },
    });
    const id =
      '/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Logic/integrationAccounts/b2b';
    await client.workflows.createOrUpdate(group, 'mapping', {
      integrationAccount: { id },
      definition: requested({
        Map: { type: 'Xslt', inputs: artifact('map', 'orders') },
        Check: { type: 'XmlValidation', inputs: artifact('schema', 'ORDER') },
        Partner: {
          type: 'IntegrationAccountArtifactLookup',
          inputs: { artifactType: 'Partner', artifactName: 'contoso' },
        },
      }),
    });
    expect((await client.workflows.get(group, 'mapping')).integrationAccount).toMatchObject({ id });
    const result = async () => {
      const run = await finished('mapping');
      const read = async (name: string) =>
        (
          await content(
            (await client.workflowRunActions.get(group, 'mapping', run, name)).outputsLink,
          )
        ).body;
      const { status } = await client.workflowRunActions.get(group, 'mapping', run, 'Check');
      return { map: await read('Map'), status, partner: await read('Partner') };
    };
    expect(await result()).toMatchObject({
      map: 'old 7',
      status: 'Succeeded',
      partner: { name: 'contoso', type: 'Partner', properties: { partnerType: 'B2B' } },
    });
    await client.integrationAccountMaps.createOrUpdate(group, 'b2b', 'orders', {
      mapType: 'Xslt',
      content: map.replace('old', 'new'),
    });
    expect((await result()).map).toBe('new 7');
    await client.integrationAccountMaps.delete(group, 'b2b', 'orders');
    const run = await finished('mapping');
    expect(await client.workflowRunActions.get(group, 'mapping', run, 'Map')).toMatchObject({
      status: 'Failed',
      error: { code: 'ArtifactNotFound' },
    });
  });
});

describe('batch configurations of integration accounts', () => {
  it('release the batches of a trigger that names their group', async () => {
    const configurations = client.integrationAccountBatchConfigurations;
    const put = (releaseCriteria: object) =>
      configurations.createOrUpdate(group, 'b2b', 'pairs', {
        properties: { batchGroupName: 'orders', releaseCriteria },
      });
    expect(await failure(put({}))).toEqual([400, 'InvalidIntegrationAccountArtifact']);
    expect((await put({ messageCount: 2 })).properties).toMatchObject({ batchGroupName: 'orders' });
    expect((await all(configurations.list(group, 'b2b'))).map(({ name }) => name)).toEqual([
      'pairs',
    ]);
    const id =
      '/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Logic/integrationAccounts/b2b';
    await client.workflows.createOrUpdate(group, 'gathering', {
      integrationAccount: { id },
      definition: {
        contentVersion: '1.0.0.0',
        triggers: {
          Batch: {
            type: 'Batch',
            inputs: { mode: 'IntegrationAccount', batchGroupName: 'Orders' },
          },
        },
        actions: { Note: { type: 'Compose', inputs: "@length(triggerBody()['items'])" } },
      },
    });
    const send = (name: string) => ({
      type: 'SendToBatch',
      inputs: {
        host: { triggerName: 'Batch', workflow: { id: 'gathering' } },
        batchName: name,
        content: 1,
      },
    });
    await fixture.deploy({
      feeding: requested({
        One: send('pairs'),
        Two: send('pairs'),
        Other: send('nobody'),
        Answer: {
          type: 'Response',
          inputs: { statusCode: 200, body: "@actions('Other')['code']" },
          runAfter: { One: ['Succeeded'], Two: ['Succeeded'], Other: ['Failed'] },
        },
      }),
    });
    expect(await (await fixture.call('feeding')).text()).toBe('BatchNotFound');
    await until(async () => {
      const runs = await all(client.workflowRuns.list(group, 'gathering'));
      return runs.some(({ status }) => status === 'Succeeded') || undefined;
    });
    await configurations.delete(group, 'b2b', 'pairs');
    expect(await all(configurations.list(group, 'b2b'))).toEqual([]);
  });
});

describe('what is not here', () => {
  it('is said in the shape of an ARM error', async () => {
    const unsupported = [501, 'NotSupported'];
    expect(await all(client.integrationServiceEnvironments.listBySubscription())).toEqual([]);
    expect(await all(client.integrationServiceEnvironments.listByResourceGroup(group))).toEqual([]);
    expect(await failure(client.integrationServiceEnvironments.get(group, 'e'))).toEqual([
      404,
      'IntegrationServiceEnvironmentNotFound',
    ]);
    expect(await failure(client.integrationServiceEnvironments.restart(group, 'e'))).toEqual(
      unsupported,
    );
    for (const call of [
      all(client.integrationAccountAssemblies.list(group, 'b2b')),
      all(client.integrationAccountSessions.list(group, 'b2b')),
      all(client.integrationAccounts.listKeyVaultKeys(group, 'b2b', { keyVault: {} })),
    ])
      expect(await failure(call)).toEqual(unsupported);
    const operations = await all(client.operations.list());
    expect(operations.map(({ name }) => name)).toContain('Microsoft.Logic/workflows/read');
    const nowhere = await fixture.manage('GET', '/described/nothing/here');
    expect([nowhere.status, await nowhere.json()]).toMatchObject([
      404,
      { error: { code: 'ResourceNotFound' } },
    ]);
  });
});
