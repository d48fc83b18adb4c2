import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createLogger, prepareHttp } from '@isthmus/host';
import request from 'supertest';
import { ConnectorError, type Connector } from './connector.js';
import { ConnectorsModule } from './connectors.module.js';

const echo: Connector = {
  name: 'echo',
  swagger: { swagger: '2.0' },
  call: async ({ method, path, query, body, connection }) => {
    if (path === '/fail') throw new ConnectorError(409, 'Taken', 'already there');
    return {
      status: 201,
      body: { method, path, query: query.toString(), body: body.toString(), to: connection.name },
    };
  },
};

async function start(connections: object, accessKey?: string): Promise<NestExpressApplication> {
  const file = join(await mkdtemp(join(tmpdir(), 'isthmus-')), 'connections.json');
  await writeFile(file, JSON.stringify({ connections }));
  const settings = {
    port: 0,
    managementPort: 0,
    connectorsFolder: undefined,
    connectionsFile: file,
    accessKey,
    timeout: 1000,
    largestBody: 10,
  };
  const app = await NestFactory.create<NestExpressApplication>(
    ConnectorsModule.with(settings, () => [echo]),
    { logger: false, bodyParser: false, abortOnError: false },
  );
  prepareHttp(app, createLogger('test', 'silent'), false);
  return app.init();
}

describe('the connector face of an adapter', () => {
  let app: NestExpressApplication;
  beforeAll(async () => {
    app = await start({ one: { connector: 'echo' } }, 'k');
  });
  afterAll(() => app.close());
  const authorised = (test: request.Test) => test.set('authorization', 'Key k');

  it('hands path, query and body to the connector as they were sent', async () => {
    const answer = await authorised(
      request(app.getHttpServer())
        .post('/apim/echo/one/a%252Fb/c?x=1&x=2')
        .set('content-type', 'application/json'),
    ).send('{"n":1.0}');
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      method: 'POST',
      path: '/a%252Fb/c',
      query: 'x=1&x=2',
      body: '{"n":1.0}',
      to: 'one',
    });
  });

  it.each([
    ['no key', undefined],
    ['a wrong key', 'Key x'],
    ['another scheme', 'Bearer k'],
  ])('answers 401 to %s', async (_, authorization) => {
    const test = request(app.getHttpServer()).get('/apim/echo/one/x');
    const answer = await (authorization ? test.set('authorization', authorization) : test);
    expect(answer.status).toBe(401);
  });

  it.each([
    ['/apim/none/one/x', 404, 'ConnectorNotFound'],
    ['/apim/echo/none/x', 404, 'ConnectionNotFound'],
    ['/apim/echo/one/fail', 409, 'Taken'],
  ])('answers %s with %i %s', async (path, status, code) => {
    const answer = await authorised(request(app.getHttpServer()).get(path));
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it('answers 413 to a body over the limit', async () => {
    const answer = await authorised(request(app.getHttpServer()).post('/apim/echo/one/x')).send(
      'x'.repeat(11),
    );
    expect(answer.status).toBe(413);
  });

  it('serves the definition of a connector', async () => {
    const answer = await request(app.getHttpServer()).get('/apim/echo/swagger.json');
    expect(answer.body).toEqual({ swagger: '2.0' });
  });
});

describe('the connections file', () => {
  it.each([
    ['an unknown connector', { a: { connector: 'nope' } }, "names connector 'nope'"],
    [
      'an unknown member',
      { a: { connector: 'echo', url: 'x' } },
      'must NOT have additional properties',
    ],
    [
      'unknown credentials',
      { a: { connector: 'echo', credentials: { type: 'magic' } } },
      '/connections/a/credentials',
    ],
  ])('stops the start on %s', async (_, connections, message) => {
    await expect(start(connections)).rejects.toThrow(message);
  });
});
