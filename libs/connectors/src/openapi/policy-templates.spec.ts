import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OperationAnswer, OperationCall } from '../connector.js';
import { CredentialStore } from '../credentials.js';
import { openApiConnector } from './openapi-connector.js';

interface Seen {
  readonly line: string;
  readonly type: string | undefined;
  readonly body: string;
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function bodyOf(answer: OperationAnswer): Promise<unknown> {
  const { body } = answer;
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return JSON.parse(body.toString('utf8'));
  if (!(body instanceof ReadableStream)) return body;
  const text = await textOf(body as ReadableStream<Uint8Array>);
  return text === '' ? undefined : JSON.parse(text);
}

describe('policy templates of a connector', () => {
  let server: Server;
  let baseUrl = '';
  let seen: Seen[] = [];
  let answer: unknown;
  let answerType = 'application/json';
  beforeAll(async () => {
    server = createServer((request: IncomingMessage, response) => {
      void textOf(request).then((body) => {
        const line = `${request.method} ${request.url}`;
        seen.push({ line, type: request.headers['content-type'], body });
        response.setHeader('Content-Type', answerType);
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    seen = [];
    answer = {};
    answerType = 'application/json';
  });
  afterAll(() => {
    server.close();
  });

  const definition = {
    swagger: '2.0',
    basePath: '/v1',
    paths: {
      '/items': {
        get: { operationId: 'List', parameters: [{ name: 'top', in: 'query' }] },
        post: { operationId: 'Add', parameters: [{ name: 'item', in: 'body' }] },
      },
      '/items/{id}': {
        get: {
          operationId: 'Get',
          parameters: [
            { name: 'id', in: 'path', 'x-ms-url-encoding': 'double' },
            { name: 'X-Kind', in: 'header' },
          ],
        },
      },
    },
  };
  const call = (over: Partial<OperationCall> = {}): OperationCall => ({
    method: 'GET',
    path: '/items',
    address: 'http://adapter.test/apim/shop/main',
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from(''),
    connection: {
      name: 'main',
      connector: 'shop',
      baseUrl: `${baseUrl}/v1`,
      parameters: { tenant: 'north' },
      credentials: { type: 'none' },
    },
    signal: AbortSignal.timeout(5000),
    ...over,
  });
  const instance = (templateId: string, values: object, rest: object = {}) => ({
    templateId,
    parameters: {
      ...Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          `x-ms-apimTemplateParameter.${name}`,
          value,
        ]),
      ),
      ...rest,
    },
  });
  const response = { 'x-ms-apimTemplate-policySection': 'Response' };
  const make = (...policyTemplateInstances: object[]) =>
    openApiConnector(
      { name: 'shop', definition, properties: { properties: { policyTemplateInstances } } },
      new CredentialStore(),
    );
  const post = (body: unknown) =>
    call({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    });

  it.each([
    [
      'a property from a text with expressions',
      {
        newPropertyParentPathTemplate: '@body()',
        newPropertySubPathTemplate: "['@odata.id']",
        propertyValuePathTemplate: "https://x.test/{@body()['@odata.id']}",
      },
      { '@odata.id': '7' },
      { '@odata.id': 'https://x.test/7' },
    ],
    [
      'a property of each item of a collection',
      {
        newPropertyParentPathTemplate: '@body().lines',
        newPropertySubPathTemplate: 'label.text',
        propertyValuePathTemplate: "@concat(item().sku, '/', connectionParameters('tenant'))",
      },
      { lines: [{ sku: 'a' }, { sku: 'b' }] },
      {
        lines: [
          { sku: 'a', label: { text: 'a/north' } },
          { sku: 'b', label: { text: 'b/north' } },
        ],
      },
    ],
    [
      'a value that keeps its type',
      {
        newPropertyParentPathTemplate: '@body()',
        newPropertySubPathTemplate: 'first',
        propertyValuePathTemplate: '@body().list[0]',
      },
      { list: [{ n: 1 }] },
      { list: [{ n: 1 }], first: { n: 1 } },
    ],
  ])('setproperty sets %s', async (_, parameters, given, expected) => {
    await make(instance('SetProperty', parameters)).call(post(given));
    expect(JSON.parse(seen[0]!.body)).toEqual(expected);
  });

  it('setproperty makes a body for a method that has one, and none for GET', async () => {
    const connector = make(
      instance('setproperty', {
        newPropertyParentPathTemplate: '@body()',
        newPropertySubPathTemplate: 'format',
        propertyValuePathTemplate: 'json',
      }),
    );
    await connector.call(call({ method: 'POST' }));
    await connector.call(call());
    expect(seen.map(({ type, body }) => [type, body])).toEqual([
      ['application/json', '{"format":"json"}'],
      [undefined, ''],
    ]);
  });

  it.each([
    [
      'stringreplace',
      {
        propertyParentPath: '@body()',
        propertySubPath: 'url',
        sourceString: 'http://',
        replacementString: 'https://',
        newPropertyPath: 'url',
      },
      { url: 'http://a http://b' },
      { url: 'https://a https://b' },
    ],
    [
      'encodepropertyvalue',
      { propertyParentPath: '@body()', propertySubPath: 'path', newPropertyPath: 'path' },
      { path: '/a b' },
      { path: '%2Fa%20b' },
    ],
    [
      'convertobjecttoarray',
      {
        propertyParentPath: '@body()',
        propertySubPath: 'meta',
        newPropertyPath: 'list',
        keyName: 'name',
      },
      { meta: { a: 1, b: { c: 2 } } },
      {
        meta: { a: 1, b: { c: 2 } },
        list: [
          { name: 'a', value: 1 },
          { name: 'b', value: { c: 2 } },
        ],
      },
    ],
    [
      'convertarraytoobject',
      {
        propertyParentPath: '@body()',
        propertySubPath: 'items',
        keyWithinCollectionPath: 'id',
        newPropertyPath: "@body()['byId']",
        retainKey: 'false',
      },
      { items: [{ id: 'x', n: 1 }] },
      { items: [{ id: 'x', n: 1 }], byId: { x: { n: 1 } } },
    ],
    [
      'stringtoarray',
      {
        propertyParentPath: '@body().rows',
        propertySubPath: 'tags',
        delimiterList: ';,',
        childPropertyName: 'tag',
        newPropertyPath: 'list',
      },
      { rows: [{ tags: 'a;b,c' }, { other: 1 }] },
      {
        rows: [{ tags: 'a;b,c', list: [{ tag: 'a' }, { tag: 'b' }, { tag: 'c' }] }, { other: 1 }],
      },
    ],
  ])('%s changes the answer', async (id, parameters, given, expected) => {
    answer = given;
    const answered = await make(instance(id, parameters, response)).call(call());
    expect(await bodyOf(answered)).toEqual(expected);
  });

  it('leaves an answer that is no JSON as it came', async () => {
    const replace = {
      propertyParentPath: '@body()',
      propertySubPath: 'a',
      sourceString: 'a',
      replacementString: 'b',
      newPropertyPath: 'a',
    };
    answer = 'not json';
    const { body } = await make(instance('stringreplace', replace, response)).call(call());
    expect(String(body)).toBe('not json');
  });

  it('updatenextlink leads to the next page through the connector', async () => {
    const connector = make(instance('updatenextlink', { nextLinkPropertyName: '@odata.nextLink' }));
    const links: unknown[] = [];
    for (const link of [
      `${baseUrl}/v1/items?skip=2`,
      `${baseUrl}/v1/items/7?skip=2`,
      'https://other.test/v9/things?token=a%2Fb',
    ]) {
      answer = { '@odata.nextLink': link };
      links.push(await bodyOf(await connector.call(call())));
    }
    expect(links).toEqual([
      { '@odata.nextLink': 'http://adapter.test/apim/shop/main/items?skip=2' },
      { '@odata.nextLink': 'http://adapter.test/apim/shop/main/items/7?skip=2' },
      { '@odata.nextLink': 'http://adapter.test/apim/shop/main/items?token=a%2Fb' },
    ]);
  });

  it('routerequesttoendpoint fills path values in', async () => {
    const connector = make(instance('routerequesttoendpoint', { newPath: 'v2/x/{id}/all?deep=1' }));
    await connector.call(call({ path: '/items/a%2520b' }));
    expect(seen[0]!.line).toBe('GET /v2/x/a%20b/all?deep=1');
  });

  it('pollingtrigger learns where to begin, then fires for what is new', async () => {
    const connector = make(
      instance('pollingtrigger', {
        triggerConfig: {
          since: '@{triggerBody().data[0].at}',
          'x-ms-triggerConfig-nextLink': 'next',
        },
        triggerDataPath: '@triggerBody().data',
      }),
    );
    const poll = async (query: string, body: unknown) => {
      answer = body;
      const { status, headers } = await connector.call(call({ query: new URLSearchParams(query) }));
      const location = new URL(headers?.['location'] ?? '');
      expect(`${location.origin}${location.pathname}`).toBe(
        'http://adapter.test/apim/shop/main/items',
      );
      return { status, query: location.search };
    };
    const first = await poll('top=5', { data: [{ at: '2026-01-01' }] });
    const second = await poll(first.query, { data: [] });
    const third = await poll(second.query, { data: [{ at: '2026-02-02' }, { at: '2026-01-09' }] });
    await poll(third.query, { data: [] });
    expect([first.status, second.status, third.status]).toEqual([202, 202, 200]);
    expect(seen.map(({ line }) => line)).toEqual([
      'GET /v1/items?top=5',
      'GET /v1/items?top=5&since=2026-01-01',
      'GET /v1/items?top=5&since=2026-01-01',
      'GET /v1/items?top=5&since=2026-02-02',
    ]);
  });

  it('pollingtrigger begins anew with a state that is none of its own', async () => {
    const connector = make(
      instance('pollingtrigger', {
        triggerConfig: { since: '@triggerBody().at' },
        triggerDataPath: '@triggerBody().data',
      }),
    );
    answer = { data: [1], at: 3 };
    const query = new URLSearchParams({ triggerState: '?' });
    expect((await connector.call(call({ query }))).status).toBe(202);
    expect(seen[0]!.line).toBe('GET /v1/items');
  });

  it.each([
    ['setheader', { name: 'X' }, 'lacks x-ms-apimTemplateParameter.value'],
    ['setheader', { name: 'X', value: '@nothing()' }, "'@nothing()' cannot be read"],
    ['setheader', { name: 'X', value: '@{headers(}' }, 'cannot be read at position'],
    ['pollingtrigger', { triggerDataPath: '@triggerBody()' }, 'triggerConfig'],
    [
      'setproperty',
      {
        newPropertyParentPathTemplate: '@body()',
        newPropertySubPathTemplate: 'a b',
        propertyValuePathTemplate: '1',
      },
      "'a b' is not the path of a property",
    ],
  ])('refuses a %s that is not complete', (id, parameters, message) => {
    expect(() => make(instance(id, parameters))).toThrow(message);
  });

  it('finds an operation by its id and puts the parameters where they belong', async () => {
    const byId = (id: string, parameters: object) =>
      make().call({ ...post(parameters), path: `/operations/${id}` });
    await byId('Get', { id: 'a/b', 'X-Kind': 'k' });
    await byId('List', { top: 3 });
    await byId('Add', { 'item/name': 'n', 'item/size/width': 2 });
    await expect(byId('Nothing', {})).rejects.toMatchObject({ status: 404 });
    expect(seen.map(({ line, body }) => [line, body])).toEqual([
      ['GET /v1/items/a%2Fb', ''],
      ['GET /v1/items?top=3', ''],
      ['POST /v1/items', '{"name":"n","size":{"width":2}}'],
    ]);
  });

  it('fills a parameterized host from the connection and from defaults', async () => {
    const { port } = server.address() as AddressInfo;
    const connector = openApiConnector(
      {
        name: 'shop',
        definition: {
          ...definition,
          schemes: ['http'],
          'x-ms-parameterized-host': {
            hostTemplate: '{endpoint}/{version}',
            parameters: [{ name: 'endpoint', in: 'path' }, { $ref: '#/parameters/version' }],
          },
          parameters: { version: { name: 'version', in: 'path', default: 'api' } },
        },
      },
      new CredentialStore(),
    );
    const { baseUrl: _, ...connection } = call().connection;
    const parameters = { endpoint: `127.0.0.1:${port}` };
    await connector.call(call({ connection: { ...connection, parameters } }));
    expect(seen[0]!.line).toBe('GET /api/v1/items');
    await expect(connector.call(call({ connection }))).rejects.toMatchObject({
      code: 'ConnectionIncomplete',
      message: "Connection main has no parameter 'endpoint'.",
    });
  });
});
