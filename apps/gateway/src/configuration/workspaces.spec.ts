import { readArtifacts } from '@isthmus/artifacts';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';
import type { FailedPart } from './gateway-model.js';

const policies = (inbound: string): string =>
  `<policies><inbound><base/>${inbound}</inbound><backend><base/></backend><outbound><base/></outbound><on-error><base/></on-error></policies>`;
const add = (name: string, value: string): string =>
  `<set-header name="${name}" exists-action="append"><value>${value}</value></set-header>`;
const api = (path: string, more: object = {}): string =>
  JSON.stringify({ properties: { displayName: path, path, ...more } });
const get = JSON.stringify({
  properties: { displayName: 'get', method: 'GET', urlTemplate: '/*' },
});
const subscription = (scope: string, primaryKey: string): string =>
  JSON.stringify({ properties: { displayName: 's', scope, state: 'active', primaryKey } });
const value = (displayName: string, text: string): string =>
  JSON.stringify({ properties: { displayName, value: text } });

/** A folder in which the service and two workspaces have the same names for different things. */
function folder(port: number): Map<string, string> {
  const files = new Map<string, string>([
    [
      'policy.xml',
      `<policies><inbound>${add('X-Global', '{{who}}')}<include-fragment fragment-id="mark"/></inbound><backend><forward-request/></backend><outbound/><on-error/></policies>`,
    ],
    ['namedValues/who/namedValueInformation.json', value('who', 'service')],
    ['namedValues/secret/namedValueInformation.json', value('secret', 'of-the-service')],
    ['policyFragments/mark/policyFragmentInformation.json', '{"properties":{}}'],
    ['policyFragments/mark/policy.xml', `<fragment>${add('X-Mark', 'service {{who}}')}</fragment>`],
    ['backends/main/backendInformation.json', backend(port, 'service')],
    ['apis/orders/apiInformation.json', api('orders')],
    ['apis/orders/operations/get/operationInformation.json', get],
    ['apis/orders/policy.xml', policies('<set-backend-service backend-id="main"/>')],
    ['products/gold/productInformation.json', '{"properties":{"displayName":"Gold"}}'],
    ['products/gold/apis.json', '[{"name":"orders"}]'],
    ['products/gold/policy.xml', policies(add('X-Product', 'service {{who}}'))],
    ['subscriptions/gold/subscriptionInformation.json', subscription('/products/gold', 'k-gold')],
    ['subscriptions/api/subscriptionInformation.json', subscription('/apis/orders', 'k-api')],
    ['subscriptions/all/subscriptionInformation.json', subscription('/apis', 'k-all')],
    ['subscriptions/master/subscriptionInformation.json', subscription('/', 'k-master')],
  ]);
  for (const name of ['red', 'blue']) {
    const of = (path: string, text: string): void =>
      void files.set(`workspaces/${name}/${path}`, text);
    of(
      'workspaceInformation.json',
      JSON.stringify({ properties: { displayName: `Team ${name}` } }),
    );
    of(
      'policy.xml',
      policies(
        `${add('X-Workspace', '@(context.Workspace.Id + "/" + context.Workspace.Name)')}<include-fragment fragment-id="mark"/>`,
      ),
    );
    of('namedValues/who/namedValueInformation.json', value('who', name));
    of('policyFragments/mark/policyFragmentInformation.json', '{"properties":{}}');
    of(
      'policyFragments/mark/policy.xml',
      `<fragment>${add('X-Mark', `${name} {{who}}`)}</fragment>`,
    );
    of('backends/main/backendInformation.json', backend(port, name));
    of(
      'versionSets/v/versionSetInformation.json',
      JSON.stringify({
        properties: {
          displayName: 'v',
          versioningScheme: 'Header',
          versionHeaderName: `X-${name}-Version`,
        },
      }),
    );
    of('apis/orders/apiInformation.json', api(`${name}/orders`));
    of('apis/orders/operations/get/operationInformation.json', get);
    of(
      'apis/orders/policy.xml',
      policies(`<set-backend-service backend-id="main"/>${add('X-Api', '{{who}}')}`),
    );
    of(
      'apis/versioned/apiInformation.json',
      api(`${name}/versioned`, {
        apiVersion: '2',
        apiVersionSetId: '/apiVersionSets/v',
        subscriptionRequired: false,
        serviceUrl: `http://127.0.0.1:${port}/{{who}}`,
      }),
    );
    of('apis/versioned/operations/get/operationInformation.json', get);
    of('products/gold/productInformation.json', '{"properties":{"displayName":"Gold"}}');
    of('products/gold/apis.json', '[{"name":"orders"}]');
    of('products/gold/policy.xml', policies(add('X-Product', `${name} {{who}}`)));
    of(
      'subscriptions/gold/subscriptionInformation.json',
      subscription('/products/gold', `k-${name}-gold`),
    );
    of(
      'subscriptions/api/subscriptionInformation.json',
      subscription(
        `/subscriptions/0/resourceGroups/g/providers/Microsoft.ApiManagement/service/s/workspaces/${name}/apis/orders`,
        `k-${name}-api`,
      ),
    );
    of('subscriptions/all/subscriptionInformation.json', subscription('/apis', `k-${name}-all`));
  }
  return files;
}

function backend(port: number, name: string): string {
  const credentials = { header: { 'X-Backend': [name] } };
  return JSON.stringify({
    properties: { url: `http://127.0.0.1:${port}/${name}`, protocol: 'http', credentials },
  });
}

describe('workspaces', () => {
  let one: RawBackend;
  let gateway: RunningGateway;
  let seen = '';
  let failed: readonly FailedPart[] = [];
  beforeAll(async () => {
    one = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        seen = chunk.toString('latin1');
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }),
    );
    gateway = await startGateway([]);
  });
  afterAll(async () => {
    await gateway.close();
    one.close();
  });
  beforeEach(() => {
    failed = publish(folder(one.port));
  });

  it('compile from a folder', () => expect(failed).toEqual([]));

  function publish(
    files: ReadonlyMap<string, string>,
    more: Resource[] = [],
  ): readonly FailedPart[] {
    const { resources, problems } = readArtifacts(files);
    expect(problems).toEqual([]);
    return gateway.publish([...resources, ...more]).failed;
  }
  async function status(path: string, key?: string): Promise<string> {
    seen = '';
    const field = key === undefined ? '' : `Ocp-Apim-Subscription-Key: ${key}\r\n`;
    const { text } = await talk(
      gateway.port,
      `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${field}\r\n`,
    );
    return text.slice(9, 12);
  }
  const header = (name: string): string[] =>
    [...seen.matchAll(new RegExp(`^${name}: (.*)\\r$`, 'gim'))].map((match) => match[1] ?? '');

  it('run their own policies with their own names, inside of those of the service', async () => {
    for (const name of ['red', 'blue']) {
      expect(await status(`/${name}/orders/1`, `k-${name}-gold`)).toBe('200');
      expect(seen).toMatch(new RegExp(`^GET /${name}/1 HTTP`));
      expect(header('X-Backend')).toEqual([name]);
      expect(header('X-Global')).toEqual(['service']);
      expect(header('X-Mark')).toEqual([`service service,${name} ${name}`]);
      expect(header('X-Workspace')).toEqual([`${name}/Team ${name}`]);
      expect(header('X-Product')).toEqual([`${name} ${name}`]);
      expect(header('X-Api')).toEqual([name]);
    }
    expect(await status('/orders/1', 'k-gold')).toBe('200');
    expect(header('X-Workspace')).toEqual([]);
    expect(header('X-Backend')).toEqual(['service']);
    expect(header('X-Product')).toEqual(['service service']);
  });

  it('have version sets, and named values in service URLs', async () => {
    const versioned = (name: string): Promise<{ text: string }> =>
      talk(
        gateway.port,
        `GET /red/versioned/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${name}: 2\r\n\r\n`,
      );
    expect((await versioned('X-red-Version')).text).toMatch(/^HTTP\/1\.1 200/);
    expect(seen).toMatch(/^GET \/red\/1 HTTP/);
    expect((await versioned('X-blue-Version')).text).toMatch(/^HTTP\/1\.1 404/);
  });

  it.each([
    ['/red/orders/1', ['k-red-gold', 'k-red-api', 'k-red-all', 'k-master']],
    ['/blue/orders/1', ['k-blue-gold', 'k-blue-api', 'k-blue-all', 'k-master']],
    ['/orders/1', ['k-gold', 'k-api', 'k-all', 'k-master']],
  ])(
    '49: %s is opened by subscriptions of its place only, whatever the names',
    async (path, keys) => {
      const all = ['', 'red-', 'blue-'].flatMap((place) =>
        ['gold', 'api', 'all'].map((name) => `k-${place}${name}`),
      );
      for (const key of [...all, 'k-master'])
        expect([key, await status(path, key)]).toEqual([key, keys.includes(key) ? '200' : '401']);
    },
  );

  it('49: have no subscriptions to what is outside of them', async () => {
    const files = folder(one.port);
    const scopes = ['/workspaces/blue/apis/orders', '/workspaces/blue', '/'];
    for (const [at, scope] of scopes.entries())
      files.set(
        `workspaces/red/subscriptions/x${at}/subscriptionInformation.json`,
        subscription(scope, `k-x${at}`),
      );
    publish(files);
    for (const path of ['/blue/orders/1', '/orders/1'])
      for (const at of scopes.keys()) expect(await status(path, `k-x${at}`)).toBe('401');
    // The whole of a workspace is the most that one of its subscriptions can be for.
    expect(await status('/red/orders/1', 'k-x2')).toBe('200');
  });

  it.each([
    ['a named value', add('X-A', '{{secret}}'), /Cannot find a property 'secret'/],
    [
      'a backend',
      '<set-backend-service backend-id="hidden"/>',
      /Backend with id 'hidden' could not be found/,
    ],
    [
      'a fragment',
      '<include-fragment fragment-id="hidden"/>',
      /Policy fragment with id 'hidden' could not be found/,
    ],
  ])('49: do not see %s of the service, or of each other', async (_what, policy, message) => {
    for (const place of ['', 'workspaces/blue/']) {
      const files = folder(one.port);
      files.delete('namedValues/secret/namedValueInformation.json');
      files.set(`${place}namedValues/secret/namedValueInformation.json`, value('secret', 'x'));
      files.set(`${place}backends/hidden/backendInformation.json`, backend(one.port, 'hidden'));
      files.set(
        `${place}policyFragments/hidden/policyFragmentInformation.json`,
        '{"properties":{}}',
      );
      files.set(`${place}policyFragments/hidden/policy.xml`, '<fragment/>');
      files.set('workspaces/red/apis/orders/policy.xml', policies(policy));
      const told = publish(files);
      expect(told.map((one) => one.id)).toEqual(['/workspaces/red/apis/orders']);
      expect(told[0]?.problems[0]?.message).toMatch(message);
    }
  });

  it('49: reach no backend of the service by an expression', async () => {
    const files = folder(one.port);
    files.set('backends/hidden/backendInformation.json', backend(one.port, 'hidden'));
    files.set(
      'workspaces/red/apis/orders/policy.xml',
      policies('<set-backend-service backend-id="@(&quot;hid&quot; + &quot;den&quot;)"/>'),
    );
    expect(publish(files)).toEqual([]);
    expect(await status('/red/orders/1', 'k-red-api')).toBe('500');
    expect(seen).toBe('');
  });

  it('are reached by the backends that the policies of the service name', async () => {
    const files = folder(one.port);
    files.set('backends/audit/backendInformation.json', backend(one.port, 'audit'));
    files.set(
      'policy.xml',
      '<policies><inbound/><backend><set-backend-service backend-id="audit"/><forward-request/></backend><outbound/><on-error/></policies>',
    );
    expect(publish(files)).toEqual([]);
    expect(await status('/red/orders/1', 'k-red-api')).toBe('200');
    expect(header('X-Backend')).toEqual(['audit']);
  });

  it('lend APIs to products of the service, with the policies of these', async () => {
    const link = { apiId: '/workspaces/red/apis/orders' };
    publish(folder(one.port), [{ id: '/products/gold/apiLinks/red', properties: link }]);
    expect(await status('/red/orders/1', 'k-gold')).toBe('200');
    expect(header('X-Product')).toEqual(['service service']);
    expect(await status('/red/orders/1', 'k-red-gold')).toBe('200');
    expect(header('X-Product')).toEqual(['red red']);
    expect(await status('/blue/orders/1', 'k-gold')).toBe('401');
  });

  it('count by themselves where keys of limits have the same names', async () => {
    const files = folder(one.port);
    for (const place of ['', 'workspaces/red/', 'workspaces/blue/'])
      files.set(
        `${place}products/gold/policy.xml`,
        policies('<rate-limit calls="1" renewal-period="300"/>'),
      );
    publish(files);
    for (const [path, key] of [
      ['/orders/1', 'k-gold'],
      ['/red/orders/1', 'k-red-gold'],
      ['/blue/orders/1', 'k-blue-gold'],
    ] as const) {
      expect(await status(path, key)).toBe('200');
      expect(await status(path, key)).toBe('429');
    }
  });

  it('49: see nothing that others have cached under the same names', async () => {
    const files = folder(one.port);
    const keep =
      '<cache-lookup-value key="k" variable-name="v" default-value="none"/><set-header name="X-Known"><value>@((string)context.Variables["v"])</value></set-header><cache-store-value key="k" value="{{who}}" duration="60"/>';
    for (const place of ['', 'workspaces/red/', 'workspaces/blue/'])
      files.set(
        `${place}apis/orders/policy.xml`,
        policies(`<set-backend-service backend-id="main"/>${keep}`),
      );
    publish(files);
    for (const [path, key, own] of [
      ['/orders/1', 'k-api', 'service'],
      ['/red/orders/1', 'k-red-api', 'red'],
      ['/blue/orders/1', 'k-blue-api', 'blue'],
    ] as const) {
      expect(await status(path, key)).toBe('200');
      expect(header('X-Known')).toEqual(['none']);
      expect(await status(path, key)).toBe('200');
      expect(header('X-Known')).toEqual([own]);
    }
  });

  it('take a change of their own without a restart', async () => {
    const files = folder(one.port);
    files.set('workspaces/red/backends/main/backendInformation.json', backend(one.port, 'moved'));
    publish(files);
    expect(await status('/red/orders/1', 'k-red-api')).toBe('200');
    expect(header('X-Backend')).toEqual(['moved']);
    expect(await status('/blue/orders/1', 'k-blue-api')).toBe('200');
    expect(header('X-Backend')).toEqual(['blue']);
  });
});
