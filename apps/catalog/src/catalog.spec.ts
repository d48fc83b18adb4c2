import 'reflect-metadata';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiManagementClient } from '@azure/arm-apimanagement';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { stopEmbeddedPostgres, type Database } from '@isthmus/database';
import { sql } from 'kysely';
import { createLogger, HostModule, prepareHttp, Readiness } from '@isthmus/host';
import { keyHash } from '@isthmus/artifacts';
import type { GatewayConfiguration, Resource } from '@isthmus/contracts';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import request, { type Test as Call } from 'supertest';
import { AppModule, DATABASE, type CatalogOptions } from './app.module.js';
import type { CatalogTables } from './resources/store/tables.js';

jest.setTimeout(60_000);

const tenant = '7e57c0de-0000-4000-8000-000000000001';
const service =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g1/providers/Microsoft.ApiManagement/service/contoso';
const gatewayKey = 'managed-gateway-key';

let app: NestExpressApplication;
const catalogs: NestExpressApplication[] = [];
let base = '';
let folder = '';
let issuer = '';
const tokens: Record<string, string> = {};
const identity = createServer();

const options = (): CatalogOptions => ({
  databaseUrl: undefined,
  dataFolder: folder,
  traceSecret: 'trace-secret',
  secretKey: Buffer.alloc(32, 7).toString('base64'),
  managedGatewayKey: gatewayKey,
  environment: 'test',
  importHosts: [new URL(issuer).host],
  serviceName: 'contoso',
  subscriptionId: '*',
  resourceGroup: '*',
  entra: { issuer, tenants: [tenant], audience: ['api://isthmus'], allowHttp: true },
});
const startCatalog = async (
  over: Partial<CatalogOptions> = {},
): Promise<NestExpressApplication> => {
  const logger = createLogger('catalog', 'silent');
  const root = HostModule.with(AppModule.with({ ...options(), ...over }), {
    logger,
    readiness: new Readiness(),
  });
  const built = await Test.createTestingModule({ imports: [root] }).compile();
  const started = built.createNestApplication<NestExpressApplication>({ bodyParser: false });
  prepareHttp(started, logger, '20mb');
  await started.listen(0, '127.0.0.1');
  catalogs.push(started);
  return started;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isthmus catalog '));
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', use: 'sig' };
  identity.on('request', (incoming, response) => {
    if (incoming.url === '/definition.yaml') return response.end(definition);
    if (incoming.url === '/moved')
      return response.writeHead(302, { location: '/definition.yaml' }).end();
    response.end(
      JSON.stringify(
        incoming.url === '/keys' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/keys` },
      ),
    );
  });
  identity.listen(0, '127.0.0.1');
  await once(identity, 'listening');
  issuer = `http://127.0.0.1:${(identity.address() as AddressInfo).port}`;
  for (const role of ['Admin', 'Publisher', 'Reader'])
    tokens[role] = await new SignJWT({
      tid: tenant,
      ver: '2.0',
      azp: 'test',
      oid: 'test',
      roles: [`Isthmus.${role}`],
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'k' })
      .setIssuer(issuer)
      .setAudience('api://isthmus')
      .setExpirationTime('10m')
      .sign(privateKey);
  app = await startCatalog();
  base = await app.getUrl();
});
afterAll(async () => {
  for (const catalog of catalogs) await catalog.close().catch(() => undefined);
  identity.close();
  await stopEmbeddedPostgres(join(folder, 'postgres'));
  await rm(folder, { recursive: true, force: true, maxRetries: 9 });
});

/** A certificate of the gateway's tests, in base64. */
const fixture = async (name: string): Promise<string> =>
  (await readFile(new URL(`../../gateway/src/tls/fixtures/${name}`, import.meta.url))).toString(
    'base64',
  );

const call = (
  method: 'get' | 'put' | 'patch' | 'delete' | 'head' | 'post',
  path: string,
  role = 'Admin',
): Call =>
  request(base)
    [method](service + path)
    .set('authorization', `Bearer ${tokens[role]}`);
const put = async (path: string, properties: object): Promise<request.Response> =>
  call('put', path).send({ properties });
const putOk = async (path: string, properties: object): Promise<request.Response> => {
  const response = await put(path, properties);
  expect([response.status, response.body.error]).toEqual([expect.any(Number), undefined]);
  return response;
};
const configuration = (query = '', gateway = 'managed', key = gatewayKey): Call =>
  request(base)
    .get(`/publication/gateways/${gateway}/configuration${query}`)
    .set('authorization', `GatewayKey ${key}`);
const published = async (): Promise<Map<string, Resource['properties']>> => {
  const { body } = (await configuration()) as { body: GatewayConfiguration };
  return new Map(body.upserts.map(({ id, properties }) => [id, properties]));
};

const policy = (inbound: string): string =>
  `<policies>\r\n  <inbound>\r\n    <base />\r\n    ${inbound}\r\n  </inbound>\r\n</policies>`;
const definition = `openapi: 3.0.1
info: { title: Orders, version: '1', description: All orders }
servers: [{ url: https://orders.example/v1 }]
paths:
  /orders:
    get: { operationId: listOrders, summary: List, responses: { '200': { description: ok } } }
    post: { operationId: createOrder, summary: Create, responses: { '201': { description: ok } } }
  /orders/{id}:
    get:
      operationId: getOrder
      summary: Get
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: ok } }
`;

describe('resources', () => {
  it('creates, shows, changes and deletes with status, entity tag and ARM shape', async () => {
    const created = await put('/tags/one', { displayName: 'One' });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: `${service}/tags/one`,
      type: 'Microsoft.ApiManagement/service/tags',
      name: 'one',
      properties: { displayName: 'One' },
    });
    const etag = created.headers['etag']!;
    expect(etag).toMatch(/^"[0-9a-f]+"$/);
    const shown = await call('get', '/TAGS/One?api-version=2024-05-01');
    expect([shown.status, shown.headers['etag'], shown.body]).toEqual([200, etag, created.body]);
    expect((await call('head', '/tags/one')).headers['etag']).toBe(etag);
    const changed = await put('/tags/one', { displayName: 'Uno' });
    expect([changed.status, changed.headers['etag'] === etag]).toEqual([200, false]);
    expect((await call('delete', '/tags/one')).status).toBe(200);
    expect((await call('delete', '/tags/one')).status).toBe(204);
    const gone = await call('get', '/tags/one');
    expect([gone.status, gone.body]).toEqual([
      404,
      { error: { code: 'ResourceNotFound', message: 'Tag not found.' } },
    ]);
    expect((await call('head', '/tags/one')).status).toBe(404);
  });

  it('keeps to If-Match and If-None-Match', async () => {
    const etag = (await putOk('/tags/etag', { displayName: 'a' })).headers['etag']!;
    const write = (header: string, value: string, displayName: string) =>
      call('put', '/tags/etag').set(header, value).send({ properties: { displayName } });
    expect((await write('if-match', '"0000"', 'b')).status).toBe(412);
    expect((await write('if-none-match', '*', 'b')).body.error.code).toBe('PreconditionFailed');
    expect((await write('if-match', etag, 'b')).status).toBe(200);
    expect((await write('if-match', etag, 'c')).status).toBe(412);
    expect((await write('if-match', '*', 'c')).status).toBe(200);
    expect((await call('delete', '/tags/etag').set('if-match', etag)).status).toBe(412);
    expect((await call('patch', '/tags/etag').set('if-match', etag).send({})).status).toBe(412);
    expect((await call('delete', '/tags/etag').set('if-match', '*')).status).toBe(200);
    const missing = await call('put', '/tags/etag')
      .set('if-match', etag)
      .send({ properties: { displayName: 'd' } });
    expect(missing.status).toBe(412);
  });

  it('patches members, removes those that are null, and refuses what is not there', async () => {
    await putOk('/products/patched', { displayName: 'P', description: 'old', terms: 't' });
    const patched = await call('patch', '/products/patched').send({
      properties: { description: null, state: 'published' },
    });
    expect(patched.body.properties).toEqual({
      subscriptionRequired: true,
      state: 'published',
      displayName: 'P',
      terms: 't',
    });
    expect((await call('patch', '/products/nobody').send({ properties: {} })).status).toBe(404);
  });

  it('lists pages with count, nextLink, $top, $skip and $filter', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      await putOk(`/tags/page-${name}`, { displayName: `Page ${name}` });
    const first = await call('get', "/tags?$top=2&$filter=startswith(name,'page-')");
    expect(first.body.count).toBe(5);
    expect(first.body.value.map(({ name }: { name: string }) => name)).toEqual([
      'page-a',
      'page-b',
    ]);
    const second = await request(first.body.nextLink as string)
      .get('')
      .set('authorization', `Bearer ${tokens['Reader']}`);
    expect(second.body.value.map(({ name }: { name: string }) => name)).toEqual([
      'page-c',
      'page-d',
    ]);
    const filtered = await call(
      'get',
      "/tags?$filter=contains(properties/displayName,'PAGE') and (name eq 'page-a' or displayName gt 'Page d')",
    );
    expect(filtered.body.value.map(({ name }: { name: string }) => name)).toEqual([
      'page-a',
      'page-e',
    ]);
    const wrong = await call('get', "/tags?$filter=name eq 'x");
    expect([wrong.status, wrong.body.error.message]).toEqual([
      400,
      "$filter is malformed at character 8: name eq 'x",
    ]);
    expect((await call('get', '/tags?$top=x')).status).toBe(400);
  });

  it('answers what is wrong with one detail a mistake', async () => {
    const response = await put('/products/wrong', { state: 'open', subscriptionRequired: 'yes' });
    expect(response.status).toBe(400);
    expect(response.body.error.code).toBe('ValidationError');
    expect(
      response.body.error.details.map(({ target }: { target: string }) => target).sort(),
    ).toEqual(expect.arrayContaining(['state', 'subscriptionRequired']));
  });

  it.each<[string, 'get' | 'put' | 'post', string, number]>([
    ['an unknown type', 'get', '/nonsense/x', 404],
    ['an unknown collection', 'get', '/nonsense', 404],
    ['a collection of an owner that is not there', 'get', '/apis/nobody/operations', 404],
    ['a PUT on a collection', 'put', '/apis', 405],
    ['a resource below nothing', 'put', '/apis/nobody/operations/x', 400],
    ['a name with dots', 'put', '/tags/%2e%2e', 400],
    ['a name with a slash', 'put', '/tags/a%2fb', 400],
    ['a name with a control character', 'put', '/tags/a%00b', 400],
    ['a broken encoding', 'put', '/tags/%zz', 400],
    ['an unknown action', 'post', '/products/none/dance', 404],
    ['__proto__ as a type', 'get', '/__proto__/x', 404],
  ])('refuses %s', async (_name, method, path, status) => {
    const response = await call(method, path).send(
      method === 'get' ? undefined : { properties: {} },
    );
    expect(response.status).toBe(status);
    expect(response.body.error.code).toEqual(expect.any(String));
  });

  it('refuses bodies that are no objects and malformed JSON, and pollutes no prototype', async () => {
    for (const body of ['[]', '"x"', '{"properties":[]}', '{'])
      expect(
        (await call('put', '/tags/x').set('content-type', 'application/json').send(body)).status,
      ).toBe(400);
    await call('put', '/tags/proto')
      .set('content-type', 'application/json')
      .send('{"properties":{"displayName":"p","__proto__":{"polluted":true}}}');
    await call('patch', '/tags/proto')
      .set('content-type', 'application/json')
      .send('{"properties":{"__proto__":{"polluted":true}}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is another service’s business when the name differs', async () => {
    const other = await request(base)
      .get(`${service.replace('contoso', 'fabrikam')}/apis`)
      .set('authorization', `Bearer ${tokens['Admin']}`);
    expect(other.status).toBe(404);
  });
});

describe('access', () => {
  it('asks for a token, and for the role that the method needs', async () => {
    expect((await request(base).get(`${service}/apis`)).status).toBe(401);
    expect((await call('get', '/apis', 'Reader')).status).toBe(200);
    expect(
      (await call('put', '/tags/x', 'Reader').send({ properties: { displayName: 'x' } })).status,
    ).toBe(403);
    expect(
      (await call('put', '/tags/x', 'Publisher').send({ properties: { displayName: 'x' } })).status,
    ).toBe(201);
    expect((await call('post', '/gateways/managed/listKeys', 'Publisher')).status).toBe(403);
    expect((await call('post', '/gateways/managed/listKeys')).body.primary).toBe(gatewayKey);
  });
});

describe('APIs', () => {
  it('stores an API with the defaults of ARM and shows full ids', async () => {
    await putOk('/apiVersionSets/orders', { displayName: 'Orders', versioningScheme: 'Segment' });
    const { body } = await putOk('/apis/orders', {
      displayName: 'Orders',
      path: '/orders/',
      serviceUrl: 'https://orders.example',
      apiVersion: 'v1',
      apiVersionSetId: `${service}/apiVersionSets/orders`,
    });
    expect(body.properties).toEqual({
      type: 'http',
      protocols: ['https'],
      subscriptionRequired: true,
      displayName: 'Orders',
      path: 'orders',
      serviceUrl: 'https://orders.example',
      apiVersion: 'v1',
      apiVersionSetId: `${service}/apiVersionSets/orders`,
      apiRevision: '1',
      isCurrent: true,
    });
    expect((await published()).get('/apis/orders')).toMatchObject({
      apiVersionSetId: '/apiVersionSets/orders',
    });
    const inUse = await call('delete', '/apiVersionSets/orders');
    expect(inUse.body.error.message).toContain("used by '/apis/orders'");
  });

  it('refuses a second API at the same path and version, a version without a set, a set that is not there', async () => {
    await putOk('/apis/first', { displayName: 'First', path: 'taken' });
    expect(
      (await put('/apis/second', { displayName: 'Second', path: 'TAKEN' })).body.error.message,
    ).toContain("Cannot create API 'second' with the same Path 'TAKEN' as API 'first'.");
    expect(
      (await put('/apis/second', { displayName: 'S', path: 's', apiVersion: 'v1' })).status,
    ).toBe(400);
    expect(
      (
        await put('/apis/second', {
          displayName: 'S',
          path: 's',
          apiVersionSetId: '/apiVersionSets/none',
        })
      ).status,
    ).toBe(400);
  });

  it('refuses two operations that answer the same calls, and parameters that the template lacks', async () => {
    await putOk('/apis/ops', { displayName: 'Ops', path: 'ops' });
    const operation = {
      displayName: 'Get',
      method: 'GET',
      urlTemplate: '/things/{id}',
      templateParameters: [{ name: 'id' }],
    };
    await putOk('/apis/ops/operations/get', operation);
    const twin = await put('/apis/ops/operations/twin', {
      ...operation,
      urlTemplate: '/things/{thing}',
      templateParameters: [{ name: 'thing' }],
    });
    expect(twin.body.error.message).toContain('already exists: /apis/ops/operations/get');
    const lacking = await put('/apis/ops/operations/other', {
      ...operation,
      urlTemplate: '/others',
    });
    expect(lacking.body.error.details[0].target).toBe('templateParameters');
    await putOk('/apis/ops/operations/get', { ...operation, displayName: 'Get one' });
  });

  it('imports OpenAPI, and on a second import replaces operations but keeps their policies', async () => {
    const imported = await putOk('/apis/imported', {
      path: 'imported',
      format: 'openapi',
      value: definition,
    });
    expect(imported.body.properties).toMatchObject({
      displayName: 'Orders',
      description: 'All orders',
      serviceUrl: 'https://orders.example/v1',
      path: 'imported',
    });
    expect(imported.body.properties.value).toBeUndefined();
    const operations = async () =>
      (await call('get', '/apis/imported/operations')).body.value.map(
        ({ properties }: { properties: { method: string; urlTemplate: string } }) =>
          `${properties.method} ${properties.urlTemplate}`,
      );
    expect((await operations()).sort()).toEqual([
      'GET /orders',
      'GET /orders/{id}',
      'POST /orders',
    ]);
    const names = (await call('get', '/apis/imported/operations')).body.value as {
      name: string;
      properties: { urlTemplate: string };
    }[];
    const getOrder = names.find(({ properties }) => properties.urlTemplate.includes('{id}'))!.name;
    await putOk(`/apis/imported/operations/${getOrder}/policies/policy`, {
      format: 'rawxml',
      value: policy(''),
    });
    await putOk('/apis/imported', {
      path: 'imported',
      format: 'openapi',
      value: definition.replace(/ {4}post:.*\n/, ''),
    });
    expect((await operations()).sort()).toEqual(['GET /orders', 'GET /orders/{id}']);
    expect(
      (await call('get', `/apis/imported/operations/${getOrder}/policies/policy`)).status,
    ).toBe(200);
  });

  it('imports by link from a listed host only, and follows no redirect', async () => {
    const by = (value: string) =>
      put('/apis/linked', { path: 'linked', format: 'openapi-link', value });
    expect((await by(`${issuer}/definition.yaml`)).status).toBe(201);
    const refused = await by('http://169.254.169.254/latest/meta-data');
    expect([refused.status, refused.body.error.message]).toEqual([
      400,
      "The host '169.254.169.254' is not among those that the setting importHosts lists.",
    ]);
    expect((await by(`${issuer}/moved`)).status).toBe(400);
    expect((await by('file:///etc/passwd')).status).toBe(400);
    expect((await by(issuer.replace('http://', 'http://evil.example@'))).status).toBe(400);
  });

  it('says where a description is wrong and keeps nothing of it', async () => {
    const wrong = await put('/apis/broken', {
      path: 'broken',
      format: 'openapi',
      value: 'openapi: 3.0.1\n paths: [',
    });
    expect([wrong.status, wrong.body.error.details[0].target]).toEqual([400, 'value']);
    expect((await call('get', '/apis/broken')).status).toBe(404);
    expect(
      (await put('/apis/broken', { path: 'b', format: 'yaml', value: 'x' })).body.error.details[0]
        .target,
    ).toBe('format');
  });

  it('makes a revision as a copy, and a release exchanges it with the current one', async () => {
    await putOk('/apis/rev', {
      displayName: 'Rev',
      path: 'rev',
      serviceUrl: 'https://one.example',
    });
    await putOk('/apis/rev/operations/get', {
      displayName: 'Get',
      method: 'GET',
      urlTemplate: '/',
    });
    await putOk('/apis/rev/policies/policy', { format: 'rawxml', value: policy('') });
    await putOk('/apis/rev;rev=2', {
      path: 'rev',
      sourceApiId: `${service}/apis/rev`,
      serviceUrl: 'https://two.example',
    });
    expect((await call('get', '/apis/rev;rev=2/operations')).body.count).toBe(1);
    expect((await call('get', '/apis/rev;rev=2/policies/policy')).status).toBe(200);
    expect((await put('/apis/rev;rev=2', { path: 'elsewhere' })).body.error.details[0].target).toBe(
      'path',
    );
    expect((await call('get', '/apis/rev;rev=1')).body.name).toBe('rev');
    await putOk('/apis/rev/releases/r1', { apiId: `${service}/apis/rev;rev=2`, notes: 'second' });
    const shown = async (id: string) => (await call('get', id)).body.properties;
    expect(await shown('/apis/rev')).toMatchObject({
      apiRevision: '2',
      isCurrent: true,
      serviceUrl: 'https://two.example',
    });
    expect(await shown('/apis/rev;rev=1')).toMatchObject({
      apiRevision: '1',
      isCurrent: false,
      serviceUrl: 'https://one.example',
    });
    expect((await call('get', '/apis/rev;rev=1/operations/get')).status).toBe(200);
    expect((await call('get', '/apis/rev/revisions')).body.value).toEqual([
      expect.objectContaining({ apiRevision: '2', isCurrent: true }),
      expect.objectContaining({ apiRevision: '1', isCurrent: false }),
    ]);
    expect((await call('get', '/apis/rev/releases')).body.value[0].properties.notes).toBe('second');
    const list = (await call('get', '/apis')).body.value as { name: string }[];
    expect(list.filter(({ name }) => name.startsWith('rev'))).toHaveLength(1);
    expect((await call('delete', '/apis/rev')).status).toBe(400);
    expect((await call('delete', '/apis/rev?deleteRevisions=true')).status).toBe(200);
    expect((await call('get', '/apis/rev;rev=1')).status).toBe(404);
  });

  it('deletes with an API what is below it and what links to it', async () => {
    await putOk('/apis/doomed', { displayName: 'D', path: 'doomed' });
    await putOk('/apis/doomed/operations/get', {
      displayName: 'Get',
      method: 'GET',
      urlTemplate: '/',
    });
    await putOk('/products/keeper', { displayName: 'K' });
    await call('put', '/products/keeper/apis/doomed').expect(201);
    expect((await call('get', '/products/keeper/apis')).body.value[0]).toMatchObject({
      name: 'doomed',
      properties: { path: 'doomed' },
    });
    expect((await call('get', '/apis/doomed/products')).body.value[0].name).toBe('keeper');
    expect((await call('put', '/products/keeper/apis/nobody')).status).toBe(400);
    await call('delete', '/apis/doomed').expect(200);
    expect((await call('get', '/products/keeper/apis')).body).toEqual({ value: [], count: 0 });
    expect((await call('get', '/apis/doomed/operations/get')).status).toBe(404);
  });
});

describe('descriptions, versions and formats', () => {
  const petStore = {
    openapi: '3.0.1',
    info: { title: 'Pets', version: '1' },
    paths: {
      '/pets/{id}': {
        get: {
          operationId: 'get-pet',
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          responses: { 200: { description: 'a pet' } },
        },
      },
    },
  };

  it('exports an API as it can be imported again', async () => {
    const value = JSON.stringify(petStore);
    await putOk('/apis/pets', { path: 'pets', format: 'openapi+json', value });
    for (const format of ['openapi', 'openapi+json', 'swagger']) {
      const query = `export=true&format=${encodeURIComponent(format)}`;
      const { body } = await call('get', `/apis/pets?${query}`).expect(200);
      expect(body).toMatchObject({ id: `${service}/apis/pets`, format });
      const target = format === 'swagger' ? 'swagger-json' : format;
      const name = `pets-${format.replace(/\W/g, '-')}`;
      await putOk(`/apis/${name}`, { path: name, format: target, value: body.value });
      const operations = await call('get', `/apis/${name}/operations`).expect(200);
      expect(operations.body.value).toMatchObject([
        { name: 'get-pet', properties: { method: 'GET', urlTemplate: '/pets/{id}' } },
      ]);
    }
    const wadl = await call('get', '/apis/pets?export=true&format=wadl').expect(200);
    await putOk('/apis/pets-wadl', { path: 'pw', format: 'wadl-xml', value: wadl.body.value });
    expect((await call('get', '/apis/pets-wadl/operations').expect(200)).body.value).toMatchObject([
      { name: 'get-pet', properties: { method: 'GET', urlTemplate: '/pets/{id}' } },
    ]);
    const linkedWadl = await call('get', '/apis/pets?export=true&format=wadl-link').expect(200);
    const read = await fetch(String(linkedWadl.body.value.link));
    expect(read.headers.get('content-type')).toContain('application/vnd.sun.wadl+xml');
    for (const format of ['wsdl', 'wsdl-link', 'raml'])
      await call('get', `/apis/pets?export=true&format=${format}`).expect(400);
    const linked = await call('get', '/apis/pets?export=true&format=openapi-link').expect(200);
    expect(linked.body.format).toBe('openapi-link');
    const link = String(linked.body.value.link);
    const followed = await fetch(link);
    expect([followed.status, followed.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('application/yaml'),
    ]);
    expect(await followed.text()).toContain('/pets/{id}');
    const [payload = ''] = link.slice(link.lastIndexOf('/') + 1).split('.');
    for (const made of [
      `${link}x`,
      link.replace(payload, payload.replace(/.$/, 'A')),
      `${base}/exports/x`,
    ])
      expect((await fetch(made)).status).toBe(404);
  });

  it('makes the version set that comes with an API', async () => {
    const { body } = await putOk('/apis/inline-v1', {
      path: 'inline',
      apiVersion: 'v1',
      apiVersionSet: { name: 'Inline', versioningScheme: 'Header', versionHeaderName: 'v' },
    });
    const set = String(body.properties.apiVersionSetId);
    expect(body.properties.apiVersionSet).toBeUndefined();
    expect(
      (await call('get', set.slice(service.length)).expect(200)).body.properties,
    ).toMatchObject({
      displayName: 'Inline',
      versioningScheme: 'Header',
      versionHeaderName: 'v',
    });
    const second = await putOk('/apis/inline-v2', {
      path: 'inline',
      apiVersion: 'v2',
      apiVersionSet: { id: set },
    });
    expect(second.body.properties.apiVersionSetId).toBe(set);
    const wrong = await put('/apis/inline-v3', {
      path: 'inline',
      apiVersion: 'v3',
      apiVersionSet: { name: 'x', versioningScheme: 'Header' },
    });
    expect(wrong.status).toBe(400);
  });

  it('imports the service and port of a WSDL that the selector names', async () => {
    const port = (name: string) =>
      `<service name="${name}"><port name="p" binding="b"><soap:address location="https://${name}.example"/></port></service>`;
    const value = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"><portType name="t"><operation name="A"/></portType><binding name="b" type="t"><soap:binding/><operation name="A"><soap:operation soapAction="urn:a"/></operation></binding>${port('one')}${port('two')}</definitions>`;
    const { body } = await putOk('/apis/selected', {
      ...{ path: 'selected', format: 'wsdl', value },
      wsdlSelector: { wsdlServiceName: 'two', wsdlEndpointName: 'p' },
    });
    expect(body.properties).toMatchObject({ type: 'soap', serviceUrl: 'https://two.example' });
    const wsdl = await call('get', '/apis/selected?export=true&format=wsdl').expect(200);
    expect(wsdl.body).toMatchObject({ id: `${service}/apis/selected`, format: 'wsdl' });
    expect(wsdl.body.value).toContain('soapAction="urn:a"');
    expect(wsdl.body.value).not.toContain('two.example');
    await call('get', '/apis/selected?export=true&format=openapi').expect(400);
    const link = await call('get', '/apis/selected?export=true&format=wsdl-link').expect(200);
    expect(await (await fetch(String(link.body.value.link))).text()).toBe(wsdl.body.value);
    const element = (name: string) =>
      `<x:element name="${name}"><x:complexType><x:sequence><x:element name="v" type="x:string"/></x:sequence></x:complexType></x:element>`;
    const typed = value
      .replace(
        '<portType',
        `<types><x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:n">${element('AIn')}${element('AOut')}</x:schema></types><message name="i"><part name="p" xmlns:n="urn:n" element="n:AIn"/></message><message name="o"><part name="p" xmlns:n="urn:n" element="n:AOut"/></message><portType`,
      )
      .replace(
        '<operation name="A"/>',
        '<operation name="A"><input message="i"/><output message="o"/></operation>',
      );
    const rest = await putOk('/apis/as-rest', {
      ...{ path: 'as-rest', format: 'wsdl', apiType: 'http', value: typed },
    });
    expect(rest.body.properties).toMatchObject({ type: 'http', serviceUrl: 'https://one.example' });
    const operation = await call('get', '/apis/as-rest/operations/A').expect(200);
    expect(operation.body.properties).toMatchObject({ method: 'POST', urlTemplate: '/A' });
    const policy = await call('get', '/apis/as-rest/operations/A/policies/policy').expect(200);
    expect(policy.body.properties.value).toContain('<set-body template="liquid">');
    const unknown = await put('/apis/selected-2', {
      ...{ path: 'selected2', format: 'wsdl', value },
      wsdlSelector: { wsdlServiceName: 'three' },
    });
    expect(unknown.body.error.message).toContain('it has one/p, two/p');
  });

  it('shows a policy in the format that is asked for', async () => {
    const raw =
      '<policies><inbound><set-variable name="a" value="@("x" + (1 < 2 ? "&" : ""))" /></inbound></policies>';
    await putOk('/apis/pets/policies/policy', { format: 'rawxml', value: raw });
    const shown = async (format: string): Promise<unknown> =>
      (await call('get', `/apis/pets/policies/policy?format=${format}`)).body.properties;
    expect(await shown('rawxml')).toEqual({ format: 'rawxml', value: raw });
    const xml = (await shown('xml')) as { value: string };
    expect(xml).toEqual({
      format: 'xml',
      value:
        '<policies><inbound><set-variable name="a" value="@(&quot;x&quot; + (1 &lt; 2 ? &quot;&amp;&quot; : &quot;&quot;))" /></inbound></policies>',
    });
    await putOk('/apis/pets/policies/policy', xml);
    expect(await shown('rawxml')).toEqual({ format: 'rawxml', value: raw });
    await call('get', '/apis/pets/policies/policy?format=json').expect(400);
  });

  it('keeps documents to the policy restrictions of their scope', async () => {
    await putOk('/apis/strict', { path: 'strict' });
    await putOk('/policyRestrictions/strict', { scope: '/apis/strict', requireBase: 'true' });
    const base = (section: string) => `<${section}><base /></${section}>`;
    const document = (sections: string[]) => ({
      format: 'rawxml',
      value: `<policies>${sections.map(base).join('')}</policies>`,
    });
    const wrong = await put('/apis/strict/policies/policy', document(['inbound', 'backend']));
    expect(wrong.body.error.details).toMatchObject([
      { target: 'outbound', message: expect.stringContaining('requires <base />') },
      { target: 'on-error' },
    ]);
    const all = document(['inbound', 'backend', 'outbound', 'on-error']);
    await putOk('/apis/strict/policies/policy', all);
    await putOk('/apis/pets/policies/policy', document(['inbound']));
    await call('delete', '/policyRestrictions/strict').set('if-match', '*').expect(200);
    await putOk('/apis/strict/policies/policy', document(['inbound']));
  });

  it('tells subject, thumbprint and end of a certificate, and refuses what is none', async () => {
    const data = await fixture('two.pfx');
    const { body } = await putOk('/certificates/two', { data, password: 'two-secret' });
    expect(body.properties).toEqual({
      subject: expect.stringContaining('CN=two.example'),
      thumbprint: expect.stringMatching(/^[0-9A-F]{40}$/),
      expirationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    const pem = await putOk('/certificates/one', { data: await fixture('one.crt') });
    expect(pem.body.properties.subject).toContain('CN=one.example');
    const wrong = await put('/certificates/three', { data, password: 'guess' });
    expect(wrong.body.error.details[0]).toMatchObject({ target: 'data' });
  });

  it('has one subscription for everything, whose keys are its own and which stays', async () => {
    const { body } = await call('get', '/subscriptions/master').expect(200);
    expect(body.properties).toMatchObject({ scope: '/', state: 'active' });
    const keys = (await call('post', '/subscriptions/master/listSecrets').expect(200)).body;
    expect(keys.primaryKey).toMatch(/^[0-9a-f]{32}$/);
    await call('delete', '/subscriptions/master').set('if-match', '*').expect(400);
    await call('patch', '/subscriptions/master')
      .set('if-match', '*')
      .send({ properties: { state: 'suspended' } })
      .expect(200);
  });
});

describe('named values and backends', () => {
  it('never shows a secret but to listValue and to gateways', async () => {
    const { body } = await putOk('/namedValues/pw', {
      displayName: 'pw',
      value: 's3cret',
      secret: true,
    });
    expect(JSON.stringify(body)).not.toContain('s3cret');
    expect(JSON.stringify((await call('get', '/namedValues')).body)).not.toContain('s3cret');
    expect((await call('post', '/namedValues/pw/listValue', 'Reader')).status).toBe(403);
    expect((await call('post', '/namedValues/pw/listValue')).body).toEqual({ value: 's3cret' });
    expect((await published()).get('/namedValues/pw')).toMatchObject({ value: 's3cret' });
    await call('patch', '/namedValues/pw').send({ properties: { tags: ['a'] } });
    expect((await call('post', '/namedValues/pw/listValue')).body).toEqual({ value: 's3cret' });
    await call('patch', '/namedValues/pw').send({ properties: { secret: false } });
    expect((await call('get', '/namedValues/pw')).body.properties.value).toBe('s3cret');
    const { rows } = await app
      .get(DATABASE)
      .pool.query("select * from resource where type = 'gateways'");
    expect(JSON.stringify(rows)).not.toContain(gatewayKey);
    expect(rows[0].secrets.includes(Buffer.from(gatewayKey))).toBe(false);
  });

  it('wants a value, a display name that is one, and not twice the same', async () => {
    expect((await put('/namedValues/empty', { displayName: 'empty', value: ' ' })).status).toBe(
      400,
    );
    expect((await put('/namedValues/bad', { displayName: 'a b', value: 'x' })).status).toBe(400);
    await putOk('/namedValues/one', { displayName: 'same', value: 'x' });
    expect(
      (await put('/namedValues/two', { displayName: 'same', value: 'y' })).body.error.details[0]
        .target,
    ).toBe('displayName');
    const vault = await put('/namedValues/kv', {
      displayName: 'kv',
      secret: true,
      keyVault: { secretIdentifier: 'https://v' },
    });
    expect(vault.body.error.message).toContain('Key Vault cannot be read from here');
  });

  it('does not delete or rename what a policy uses', async () => {
    await putOk('/namedValues/used', { displayName: 'used', value: 'x' });
    await putOk('/backends/used', { url: 'https://b.example', protocol: 'http' });
    await putOk('/apis/user', { displayName: 'U', path: 'user' });
    await putOk('/apis/user/policies/policy', {
      format: 'rawxml',
      value: policy(
        '<set-backend-service backend-id="used" /><set-header name="x"><value>{{ used }}</value></set-header>',
      ),
    });
    expect((await call('delete', '/namedValues/used')).body.error.message).toContain(
      "used by '/apis/user/policies/policy'",
    );
    expect((await put('/namedValues/used', { displayName: 'renamed', value: 'x' })).status).toBe(
      400,
    );
    expect((await call('delete', '/backends/used')).status).toBe(400);
    await call('delete', '/apis/user').expect(200);
    await call('delete', '/namedValues/used').expect(200);
  });

  it('checks backends and pools', async () => {
    expect((await put('/backends/x', { url: 'nowhere', protocol: 'http' })).status).toBe(400);
    expect((await put('/backends/x', { url: 'https://x.example' })).status).toBe(400);
    await putOk('/backends/a', { url: 'https://a.example', protocol: 'http' });
    const pool = { type: 'Pool', pool: { services: [{ id: `${service}/backends/a`, weight: 2 }] } };
    await putOk('/backends/pool', pool);
    expect((await published()).get('/backends/pool')).toMatchObject({
      pool: { services: [{ id: '/backends/a', weight: 2 }] },
    });
    expect(
      (
        await put('/backends/pool', {
          type: 'Pool',
          pool: { services: [{ id: '/backends/none' }] },
        })
      ).status,
    ).toBe(400);
  });
});

describe('subscriptions', () => {
  it('makes keys, lists them to publishers, and gives gateways their hashes only', async () => {
    await putOk('/products/sub', { displayName: 'S' });
    const { body } = await putOk('/subscriptions/one', {
      displayName: 'One',
      scope: `${service}/products/sub`,
      state: 'active',
    });
    expect(body.properties).toMatchObject({
      scope: '/products/sub',
      state: 'active',
      allowTracing: false,
    });
    const keys = (await call('post', '/subscriptions/one/listSecrets')).body as Record<
      string,
      string
    >;
    expect(keys).toEqual({
      primaryKey: expect.stringMatching(/^[0-9a-f]{32}$/),
      secondaryKey: expect.any(String),
    });
    const inGateway = (await published()).get('/subscriptions/one')!;
    expect(inGateway).toMatchObject({
      primaryKeyHash: keyHash(keys['primaryKey']!),
      scope: '/products/sub',
    });
    expect(JSON.stringify(inGateway)).not.toContain(keys['primaryKey']);
    await call('post', '/subscriptions/one/regeneratePrimaryKey').expect(204);
    const renewed = (await call('post', '/subscriptions/one/listSecrets')).body as Record<
      string,
      string
    >;
    expect([renewed['primaryKey'] === keys['primaryKey'], renewed['secondaryKey']]).toEqual([
      false,
      keys['secondaryKey'],
    ]);
    expect((await published()).get('/subscriptions/one')).toMatchObject({
      primaryKeyHash: keyHash(renewed['primaryKey']!),
    });
    await putOk('/subscriptions/one', {
      displayName: 'Uno',
      scope: '/products/sub',
      state: 'suspended',
    });
    expect((await call('post', '/subscriptions/one/listSecrets')).body).toEqual(renewed);
    expect((await call('get', '/products/sub/subscriptions')).body.count).toBe(1);
    expect((await call('delete', '/products/sub')).status).toBe(400);
    await call('delete', '/products/sub?deleteSubscriptions=true').expect(200);
    expect((await call('get', '/subscriptions/one')).status).toBe(404);
  });

  it('takes keys and hashes as given, but no key twice', async () => {
    await putOk('/subscriptions/given', { displayName: 'G', scope: '/apis', primaryKey: 'my-key' });
    expect((await call('post', '/subscriptions/given/listSecrets')).body.primaryKey).toBe('my-key');
    expect(
      (
        await put('/subscriptions/thief', {
          displayName: 'T',
          scope: '/apis',
          secondaryKey: 'my-key',
        })
      ).status,
    ).toBe(400);
    await putOk('/subscriptions/hashed', {
      displayName: 'H',
      scope: '/apis',
      primaryKeyHash: keyHash('known elsewhere'),
    });
    expect((await published()).get('/subscriptions/hashed')).toMatchObject({
      primaryKeyHash: keyHash('known elsewhere'),
    });
    expect(
      (await call('post', '/subscriptions/hashed/listSecrets')).body.primaryKey,
    ).toBeUndefined();
    expect(
      (await put('/subscriptions/bad', { displayName: 'B', scope: '/products/none' })).body.error
        .details[0].target,
    ).toBe('scope');
  });
});

describe('policies', () => {
  it('keeps the document byte for byte', async () => {
    const value = policy(
      '<set-header name="x" exists-action="override">\t<value>@(context.Request.Headers.GetValueOrDefault("a","b"))</value></set-header>',
    );
    await putOk('/policies/policy', { format: 'rawxml', value });
    expect((await call('get', '/policies/policy')).body.properties).toEqual({
      format: 'rawxml',
      value,
    });
    expect((await published()).get('/policies/policy')).toEqual({ format: 'rawxml', value });
    await call('delete', '/policies/policy').expect(200);
  });

  it('refuses a document that does not compile, with element, line and column', async () => {
    await putOk('/apis/pol', { displayName: 'Pol', path: 'pol' });
    const wrong = await put('/apis/pol/policies/policy', {
      format: 'rawxml',
      value: policy('<set-heder name="x" />\r\n    <set-variable name="v" value="@(1 +)" />'),
    });
    expect(wrong.status).toBe(400);
    const details = wrong.body.error.details as { target: string; message: string }[];
    expect(details.length).toBeGreaterThanOrEqual(2);
    expect(details[0]).toMatchObject({
      target: 'set-heder',
      message: expect.stringContaining("Error in element 'set-heder' on line 4, column 6"),
    });
    expect((await call('get', '/apis/pol/policies/policy')).status).toBe(404);
    expect(
      (await put('/apis/pol/policies/other', { value: policy('') })).body.error.message,
    ).toContain("only name here is 'policy'");
    expect(
      (
        await put('/apis/pol/policies/policy', {
          format: 'rawxml',
          value: policy('<set-header name="x"><value>{{unknown}}</value></set-header>'),
        })
      ).status,
    ).toBe(400);
  });

  it('prints the effective policy of an operation', async () => {
    await putOk('/apis/eff', { displayName: 'Eff', path: 'eff' });
    await putOk('/apis/eff/operations/get', {
      displayName: 'Get',
      method: 'GET',
      urlTemplate: '/',
    });
    await putOk('/apis/eff/policies/policy', {
      format: 'rawxml',
      value: policy('<set-variable name="from-api" value="1" />'),
    });
    await putOk('/apis/eff/operations/get/policies/policy', {
      format: 'rawxml',
      value: policy('<set-variable name="from-operation" value="1" />'),
    });
    const { body } = await call('post', '/apis/eff/operations/get/effectivePolicy', 'Reader');
    expect(body.value).toMatch(/Begin Api scope[^]*from-api[^]*End Api scope[^]*from-operation/);
    expect((await call('post', '/apis/eff/operations/none/effectivePolicy')).status).toBe(404);
    await call('delete', '/apis/eff').expect(200);
  });

  it('checks fragments, and what a changed fragment or named value does to documents', async () => {
    await putOk('/namedValues/number', { displayName: 'number', value: '1' });
    await putOk('/policyFragments/frag', {
      format: 'rawxml',
      value: '<fragment><set-variable name="v" value="@(1)" /></fragment>',
    });
    await putOk('/apis/pol/policies/policy', {
      format: 'rawxml',
      value: policy(
        '<include-fragment fragment-id="frag" /><set-variable name="n" value="@({{number}})" />',
      ),
    });
    expect(
      (
        await put('/policyFragments/frag', {
          format: 'rawxml',
          value: '<fragment><nonsense /></fragment>',
        })
      ).status,
    ).toBe(400);
    expect(
      (await put('/namedValues/number', { displayName: 'number', value: '1 +' })).body.error
        .message,
    ).toContain('set-variable');
    expect((await call('delete', '/policyFragments/frag')).body.error.message).toContain(
      "used by '/apis/pol/policies/policy'",
    );
    await call('delete', '/apis/pol').expect(200);
  });
});

describe('publication', () => {
  it('asks every gateway for its own credential', async () => {
    await putOk('/gateways/edge', { locationData: { name: 'here' } });
    const { primary, secondary } = (await call('post', '/gateways/edge/listKeys')).body as Record<
      string,
      string
    >;
    expect((await configuration('', 'edge', primary)).status).toBe(200);
    expect((await configuration('', 'edge', secondary)).status).toBe(200);
    for (const [gateway, key] of [
      ['edge', gatewayKey],
      ['managed', primary],
      ['managed', ''],
      ['nobody', 'x'],
    ] as const)
      expect((await configuration('', gateway, key)).status).toBe(401);
    expect((await request(base).get('/publication/gateways/managed/configuration')).status).toBe(
      401,
    );
    expect(
      (
        await request(base)
          .get('/publication/gateways/managed/configuration')
          .set('authorization', `Bearer ${tokens['Admin']}`)
      ).status,
    ).toBe(401);
    const expiry = new Date(Date.now() + 3_600_000).toISOString();
    const { value } = (
      await call('post', '/gateways/edge/generateToken').send({ keyType: 'primary', expiry })
    ).body as { value: string };
    expect((await configuration('', 'edge', value)).status).toBe(200);
    expect((await configuration('', 'managed', value)).status).toBe(401);
    expect(
      (await configuration('', 'edge', value.replace(/&\d{12}&/, '&999912312359&'))).status,
    ).toBe(401);
    await call('post', '/gateways/edge/regenerateKey').send({ keyType: 'primary' }).expect(204);
    expect((await configuration('', 'edge', primary)).status).toBe(401);
    expect((await configuration('', 'edge', value)).status).toBe(401);
  });

  it('sends everything first, then what changed', async () => {
    await putOk('/apis/feed', { displayName: 'F', path: 'feed' });
    const full = (await configuration()).body as GatewayConfiguration;
    expect(full.since).toBeUndefined();
    expect(full.upserts.map(({ id }) => id)).toContain('/apis/feed');
    await putOk('/apis/feed/operations/get', {
      displayName: 'Get',
      method: 'GET',
      urlTemplate: '/',
    });
    await putOk('/tags/feed', { displayName: 'x' });
    await call('delete', '/tags/feed').expect(200);
    const delta = (await configuration(`?since=${full.revision}`)).body as GatewayConfiguration;
    expect(delta).toMatchObject({ since: full.revision, deletes: ['/tags/feed'] });
    expect(delta.upserts.map(({ id }) => id)).toEqual(['/apis/feed/operations/get']);
    for (const since of ['other-3', '0', `${full.revision}9999`, "1' or 1=1"])
      expect(
        (await configuration(`?since=${encodeURIComponent(since)}`)).body.since,
      ).toBeUndefined();
  });

  it('sends everything again when the database was restored from a dump', async () => {
    const { revision } = (await configuration()).body as GatewayConfiguration;
    expect((await configuration(`?since=${revision}`)).body.since).toBe(revision);
    const { db } = app.get<Database<CatalogTables>>(DATABASE);
    // What pg_restore does: the table is another one, its rows are the same.
    await sql`create table restored as select * from feed`.execute(db);
    await sql`drop table feed`.execute(db);
    await sql`alter table restored rename to feed`.execute(db);
    const after = (await configuration(`?since=${revision}`)).body as GatewayConfiguration;
    expect(after.since).toBeUndefined();
    expect(after.revision).not.toBe(revision);
    expect(after.upserts.length).toBeGreaterThan(0);
  });

  it('answers a long poll when something changes, and an empty change after the wait', async () => {
    const { revision } = (await configuration()).body as GatewayConfiguration;
    const began = performance.now();
    const empty = (await configuration(`?since=${revision}&wait=1`)).body as GatewayConfiguration;
    expect(empty).toEqual({ revision, since: revision, upserts: [], deletes: [] });
    expect(performance.now() - began).toBeGreaterThan(900);
    const polls = Array.from({ length: 20 }, () =>
      configuration(`?since=${revision}&wait=30`).then(({ body }) => body as GatewayConfiguration),
    );
    await sleep(300);
    const changed = performance.now();
    await putOk('/tags/poll', { displayName: 'poll' });
    const answers = await Promise.all(polls);
    expect(performance.now() - changed).toBeLessThan(3000);
    for (const answer of answers)
      expect(answer.upserts.map(({ id }) => id)).toEqual(['/tags/poll']);
  });

  it('wakes polls for a change that another replica made', async () => {
    const replica = await startCatalog();
    const { revision } = (await configuration()).body as GatewayConfiguration;
    const poll = configuration(`?since=${revision}&wait=30`).then(
      ({ body }) => body as GatewayConfiguration,
    );
    await sleep(200);
    await request(await replica.getUrl())
      .put(`${service}/tags/replica`)
      .set('authorization', `Bearer ${tokens['Admin']}`)
      .send({ properties: { displayName: 'replica' } });
    expect((await poll).upserts.map(({ id }) => id)).toEqual(['/tags/replica']);
    await replica.close();
  });

  it('does not hold up the shutdown with open polls', async () => {
    const replica = await startCatalog();
    const url = await replica.getUrl();
    const { revision } = (await configuration()).body as GatewayConfiguration;
    const poll = request(url)
      .get(`/publication/gateways/managed/configuration?since=${revision}&wait=60`)
      .set('authorization', `GatewayKey ${gatewayKey}`)
      .then(
        () => 'ended',
        () => 'ended',
      );
    await sleep(200);
    const began = performance.now();
    await replica.close();
    expect(await poll).toBe('ended');
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('sends a gateway the APIs that are assigned to it, and nothing of others', async () => {
    await putOk('/apis/near', { displayName: 'N', path: 'near' });
    await putOk('/apis/far', { displayName: 'F', path: 'far' });
    await putOk('/subscriptions/far', { displayName: 'F', scope: '/apis/far' });
    await putOk('/gateways/scoped', {});
    await call('put', '/gateways/scoped/apis/near').expect(201);
    const { primary } = (await call('post', '/gateways/scoped/listKeys')).body as Record<
      string,
      string
    >;
    const { upserts } = (await configuration('', 'scoped', primary)).body as GatewayConfiguration;
    const ids = upserts.map(({ id }) => id);
    expect(ids).toContain('/apis/near');
    expect(ids.filter((id) => id.includes('far') || id.startsWith('/gateways'))).toEqual([]);
  });

  it('sends a gateway its own host names with their certificates', async () => {
    await putOk('/certificates/shop', { data: await fixture('two.pfx'), password: 'two-secret' });
    await putOk('/gateways/shops', {});
    await putOk('/gateways/shops/hostnameConfigurations/shop', {
      hostname: 'shop.example',
      certificateId: `${service}/certificates/shop`,
      negotiateClientCertificate: true,
    });
    await putOk('/gateways/others', {});
    const sent = async (gateway: string): Promise<GatewayConfiguration['upserts']> => {
      const { primary } = (await call('post', `/gateways/${gateway}/listKeys`)).body as Record<
        string,
        string
      >;
      return ((await configuration('', gateway, primary)).body as GatewayConfiguration).upserts;
    };
    const hostNames = (await sent('shops')).filter(({ id }) => id.startsWith('/gateways'));
    expect(hostNames).toEqual([
      {
        id: '/gateways/shops/hostnameConfigurations/shop',
        properties: {
          hostname: 'shop.example',
          certificateId: '/certificates/shop',
          negotiateClientCertificate: true,
        },
      },
    ]);
    expect((await sent('others')).filter(({ id }) => id.startsWith('/gateways'))).toEqual([]);
    const wrong = await call('put', '/gateways/shops/hostnameConfigurations/x').send({
      properties: { hostname: 'a b' },
    });
    expect(wrong.status).toBe(400);
  });

  it('sends a gateway the authorities that it trusts', async () => {
    await putOk('/certificates/inner', {
      data: await fixture('authority.crt'),
      storeName: 'CertificateAuthority',
    });
    await putOk('/gateways/inner', {});
    await putOk('/gateways/inner/certificateAuthorities/inner', { isTrusted: true });
    await putOk('/gateways/inner/hostnameConfigurations/inner', {
      hostname: 'inner.example',
      clientCertificateAuthorityIds: [`${service}/certificates/inner`],
    });
    const { primary } = (await call('post', '/gateways/inner/listKeys')).body as {
      primary: string;
    };
    const { upserts } = (await configuration('', 'inner', primary)).body as GatewayConfiguration;
    const sent = Object.fromEntries(upserts.map(({ id, properties }) => [id, properties]));
    expect(sent['/gateways/inner/certificateAuthorities/inner']).toEqual({ isTrusted: true });
    expect(sent['/gateways/inner/hostnameConfigurations/inner']).toEqual({
      hostname: 'inner.example',
      clientCertificateAuthorityIds: ['/certificates/inner'],
    });
    expect(sent['/certificates/inner']).toMatchObject({ storeName: 'CertificateAuthority' });
    for (const [path, properties] of [
      ['/certificates/other', { data: await fixture('authority.crt'), storeName: 'My' }],
      ['/gateways/inner/certificateAuthorities/none', { isTrusted: true }],
      [
        '/gateways/inner/hostnameConfigurations/x',
        { hostname: 'x.example', clientCertificateAuthorityIds: ['/certificates/none'] },
      ],
    ] as const)
      expect((await call('put', path).send({ properties })).status).toBe(400);
  });

  it('issues debug credentials to those who may, for one API and an hour at most', async () => {
    const ask = (body: object, role = 'Publisher') =>
      call('post', '/gateways/managed/listDebugCredentials', role).send(body);
    const body = {
      credentialsExpireAfter: 'PT30M',
      apiId: `${service}/apis/Orders;rev=2`,
      purposes: ['tracing'],
    };
    const { token } = (await ask(body)).body as { token: string };
    const [payload, signature] = token.split('.') as [string, string];
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    expect(said).toEqual({ apiId: 'Orders', expires: expect.any(Number) });
    expect(signature).toBe(
      createHmac('sha256', 'trace-secret')
        .update(`debug-credential:${payload}`)
        .digest('base64url'),
    );
    expect((await ask(body, 'Reader')).status).toBe(403);
    for (const over of [{ credentialsExpireAfter: 'PT2H' }, { purposes: ['all'] }, { apiId: '' }])
      expect((await ask({ ...body, ...over })).status).toBe(400);
  });

  it('keeps the gateways’ reports', async () => {
    const { revision } = (await configuration()).body as GatewayConfiguration;
    const report = {
      revision,
      instanceId: 'pod-1',
      version: '1',
      applied: false,
      failed: [{ id: '/apis/x', problems: [{ message: 'no', line: 3 }] }],
    };
    const send = (body: object) =>
      request(base)
        .put('/publication/gateways/managed/status')
        .set('authorization', `GatewayKey ${gatewayKey}`)
        .send(body);
    expect((await send(report)).status).toBe(204);
    expect((await send({ ...report, applied: 'yes' })).status).toBe(400);
    expect((await call('post', '/listGatewayReports', 'Reader')).body.value).toEqual([
      { gatewayId: 'managed', ...report, reportedAt: expect.any(String), current: true },
    ]);
  });
});

describe('lists of resources', () => {
  const resources: Resource[] = [
    {
      id: '/apis/list/operations/get/policies/policy',
      properties: { format: 'rawxml', value: policy('<include-fragment fragment-id="list" />') },
    },
    {
      id: '/subscriptions/list',
      properties: {
        displayName: 'L',
        scope: '/products/list',
        state: 'active',
        primaryKey: 'list-key',
      },
    },
    { id: '/products/list/apis/list', properties: {} },
    {
      id: '/apis/list/operations/get',
      properties: { displayName: 'Get', method: 'GET', urlTemplate: '/' },
    },
    {
      id: '/policyFragments/list',
      properties: {
        format: 'rawxml',
        value: '<fragment><set-variable name="v" value="{{list}}" /></fragment>',
      },
    },
    { id: '/apis/list', properties: { displayName: 'L', path: 'list' } },
    { id: '/namedValues/list', properties: { displayName: 'list', value: 'x', secret: true } },
    { id: '/products/list', properties: { displayName: 'L' } },
  ];
  const apply = (body: object): Call => call('post', '/applyResources').send(body);

  it('applies a list in any order, and a second time changes nothing', async () => {
    const first = await apply({ resources });
    expect(first.body).toEqual({
      created: expect.arrayContaining(resources.map(({ id }) => id)),
      updated: [],
      deleted: [],
      unchanged: 0,
    });
    const { revision } = (await configuration()).body as GatewayConfiguration;
    expect((await apply({ resources })).body).toEqual({
      created: [],
      updated: [],
      deleted: [],
      unchanged: resources.length,
    });
    expect(((await configuration()).body as GatewayConfiguration).revision).toBe(revision);
    const exported = (await call('post', '/exportResources')).body.resources as Resource[];
    expect(exported.map(({ id }) => id)).toEqual(
      expect.arrayContaining(resources.map(({ id }) => id)),
    );
    expect(JSON.stringify(exported)).not.toContain('list-key');
  });

  it('applies a pool whose name stands before those of its members', async () => {
    const member = { url: 'https://m.example', protocol: 'http' };
    const services = [{ id: '/backends/z-1' }, { id: '/backends/z-2' }];
    const { body } = await call('post', '/applyResources').send({
      resources: [
        { id: '/backends/a-pool', properties: { type: 'Pool', pool: { services } } },
        { id: '/backends/z-1', properties: member },
        { id: '/backends/z-2', properties: member },
      ],
    });
    expect(body.created).toHaveLength(3);
  });

  it('applies a GraphQL API with resolvers, tag descriptions and wikis, and checks the resolvers', async () => {
    const document = (element: string): Resource[] => [
      {
        id: '/apis/gq/schemas/graphql',
        properties: {
          contentType: 'application/vnd.ms-azure-apim.graphql.schema',
          document: { value: 'type Query { user: String }' },
        },
      },
      {
        id: '/apis/gq/resolvers/user/policies/policy',
        properties: {
          format: 'rawxml',
          value: `<http-data-source><http-request><set-method>GET</set-method>${element}</http-request></http-data-source>`,
        },
      },
      { id: '/apis/gq/resolvers/user', properties: { displayName: 'u', path: 'Query/user' } },
      { id: '/apis/gq/wikis/default', properties: { documents: [] } },
      { id: '/apis/gq', properties: { displayName: 'G', path: 'gq', type: 'graphql' } },
    ];
    const wrong = await apply({ resources: document('') });
    expect(wrong.body.error.details[0]).toMatchObject({
      target: '/apis/gq/resolvers/user/policies/policy#http-request',
      message: expect.stringContaining("needs 'set-url'"),
    });
    const right = await apply({ resources: document('<set-url>https://a.example</set-url>') });
    expect(right.body.created).toHaveLength(5);
    const published = (await configuration()).body as GatewayConfiguration;
    expect(published.upserts.map(({ id }) => id)).toContain(
      '/apis/gq/resolvers/user/policies/policy',
    );
  });

  it('says that workspaces are not kept', async () => {
    const { body } = await call('post', '/applyResources').send({
      resources: [{ id: '/workspaces/w/apis/a', properties: { path: 'a' } }],
    });
    expect(body.error.details[0]).toMatchObject({
      target: '/workspaces/w/apis/a#id',
      message: expect.stringContaining('Workspaces are not kept by the catalog'),
    });
  });

  it('applies all or nothing, and names every mistake', async () => {
    const wrong = await apply({
      resources: [
        { id: '/tags/good', properties: { displayName: 'g' } },
        { id: '/tags/bad', properties: {} },
        { id: '/nonsense/x', properties: {} },
        {
          id: '/apis/list/policies/policy',
          properties: { format: 'rawxml', value: '<nonsense/>' },
        },
      ],
    });
    expect(wrong.status).toBe(400);
    const targets = wrong.body.error.details.map(
      ({ target }: { target: string }) => target.split('#')[0],
    );
    expect(targets).toEqual(expect.arrayContaining(['/tags/bad', '/nonsense/x']));
    expect((await call('get', '/tags/good')).status).toBe(404);
  });

  it('can be tried without effect, and can delete what is not in the list', async () => {
    const dry = await apply({ resources, deleteUnmatched: true, dryRun: true });
    expect(dry.body.deleted.length).toBeGreaterThan(3);
    expect((await call('get', '/apis/feed')).status).toBe(200);
    const real = await apply({ resources, deleteUnmatched: true });
    expect(new Set(real.body.deleted)).toEqual(new Set(dry.body.deleted));
    const left = (await call('post', '/exportResources')).body.resources as Resource[];
    expect(left.map(({ id }) => id).sort()).toEqual(resources.map(({ id }) => id).sort());
    expect((await configuration()).status).toBe(200);
    expect((await call('get', '/groups')).body.count).toBe(3);
  });
});

describe('@azure/arm-apimanagement', () => {
  it('works against the catalog unchanged', async () => {
    const catalog = await startCatalog({ publicUrl: 'https://catalog.example' });
    const sdkBase = await catalog.getUrl();
    // The client insists on https for its token; the transport below takes the calls to the catalog as they are.
    const { createDefaultHttpClient } = await import('@azure/core-rest-pipeline');
    const transport = createDefaultHttpClient();
    const client = new ApiManagementClient(
      {
        getToken: async () => ({
          token: tokens['Admin']!,
          expiresOnTimestamp: Date.now() + 600_000,
        }),
      },
      '00000000-0000-0000-0000-000000000001',
      {
        endpoint: 'https://catalog.example',
        retryOptions: { maxRetries: 0 },
        httpClient: {
          async sendRequest(outgoing) {
            const response = await transport.sendRequest({
              ...outgoing,
              url: outgoing.url.replace('https://catalog.example', sdkBase),
              allowInsecureConnection: true,
            });
            // The client knows what to read from an answer by the very request it made.
            return { ...response, request: outgoing };
          },
        },
      },
    );
    const [group, name] = ['g1', 'contoso'];
    const api = await client.api.beginCreateOrUpdateAndWait(group, name, 'sdk', {
      path: 'sdk',
      format: 'openapi',
      value: definition,
    });
    expect(api).toMatchObject({
      name: 'sdk',
      displayName: 'Orders',
      isCurrent: true,
      apiRevision: '1',
    });
    const operations = [];
    for await (const one of client.apiOperation.listByApi(group, name, 'sdk', { top: 2 }))
      operations.push(one);
    expect(operations).toHaveLength(3);
    await client.product.createOrUpdate(group, name, 'sdk', {
      displayName: 'Sdk',
      state: 'published',
    });
    await client.productApi.createOrUpdate(group, name, 'sdk', 'sdk');
    expect((await client.product.get(group, name, 'sdk')).eTag).toEqual(expect.any(String));
    const value = await client.namedValue.beginCreateOrUpdateAndWait(group, name, 'sdk', {
      displayName: 'sdk',
      value: 'hidden',
      secret: true,
    });
    expect(value.value).toBeUndefined();
    expect((await client.namedValue.listValue(group, name, 'sdk')).value).toBe('hidden');
    const subscription = await client.subscription.createOrUpdate(group, name, 'sdk', {
      displayName: 'Sdk',
      scope: `${service}/products/sdk`,
    });
    expect(subscription.scope).toMatch(/\/products\/sdk$/);
    expect((await client.subscription.listSecrets(group, name, 'sdk')).primaryKey).toHaveLength(32);
    await client.apiPolicy.createOrUpdate(group, name, 'sdk', 'policy', {
      format: 'rawxml',
      value: policy(''),
    });
    // (its `get` expects XML and reads nothing from Azure's JSON)
    const policies = await client.apiPolicy.listByApi(group, name, 'sdk');
    expect(policies.value?.[0]?.value ?? policies).toBe(policy(''));
    await expect(
      client.apiPolicy.createOrUpdate(group, name, 'sdk', 'policy', {
        format: 'rawxml',
        value: '<policies><inbound><x/></inbound></policies>',
      }),
    ).rejects.toMatchObject({ statusCode: 400, code: 'ValidationError' });
    await client.backend.createOrUpdate(group, name, 'sdk', {
      url: 'https://x.example',
      protocol: 'http',
    });
    await client.apiVersionSet.createOrUpdate(group, name, 'sdk', {
      displayName: 'Sdk',
      versioningScheme: 'Header',
      versionHeaderName: 'v',
    });
    await client.tag.createOrUpdate(group, name, 'sdk', { displayName: 'Sdk' });
    await client.gateway.createOrUpdate(group, name, 'sdk', { description: 'sdk' });
    expect((await client.gateway.listKeys(group, name, 'sdk')).primary).toEqual(expect.any(String));
    const etag = await client.api.getEntityTag(group, name, 'sdk');
    await expect(
      client.api.update(group, name, 'sdk', '"1"', { displayName: 'no' }),
    ).rejects.toMatchObject({ statusCode: 412 });
    expect(
      (await client.api.update(group, name, 'sdk', etag.eTag!, { displayName: 'Yes' })).displayName,
    ).toBe('Yes');
    const named = [];
    for await (const one of client.api.listByService(group, name, { filter: "name eq 'sdk'" }))
      named.push(one.name);
    expect(named).toEqual(['sdk']);
    await client.api.beginDeleteAndWait?.(group, name, 'sdk', '*');
    await expect(client.api.get(group, name, 'sdk')).rejects.toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
  });
});
