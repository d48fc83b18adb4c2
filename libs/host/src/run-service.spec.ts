import { Agent, get, type IncomingMessage } from 'node:http';
import { Body, Controller, Get, Inject, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { route, Type, type InputOf } from '@isthmus/contracts';
import request from 'supertest';
import { Implements, Input } from './contract-route.js';
import { ServiceError } from './error-answer.js';
import { HostModule, LOGGER } from './host.module.js';
import { createLogger } from './logging.js';
import { ManagementModule } from './management.module.js';
import { Readiness } from './readiness.js';
import { prepareHttp } from './service-http.js';

const addNumbers = route('POST', '/sums/:name', 'addNumbers', {
  summary: 'Adds',
  params: Type.Object({ name: Type.String({ maxLength: 5 }) }),
  query: Type.Object({ factor: Type.Optional(Type.Integer()) }),
  body: Type.Object({ a: Type.Number(), b: Type.Number() }, { additionalProperties: false }),
  response: Type.Object({ sum: Type.Number() }),
  status: 201,
});

@Controller()
class SumController {
  constructor(@Inject(LOGGER) private readonly logger: { info(o: object, m: string): void }) {}

  @Implements(addNumbers)
  add(@Input(addNumbers) { body, query }: InputOf<typeof addNumbers>) {
    this.logger.info({ authorization: 'Bearer secret-token' }, 'adding');
    return { sum: (body.a + body.b) * (query.factor ?? 1) };
  }

  @Get('conflict')
  conflict(): never {
    throw new ServiceError(409, 'Conflict', 'already there', [{ target: 'x', message: 'taken' }]);
  }

  @Get('crash')
  crash(): never {
    throw new Error('password=hunter2');
  }

  @Post('echo')
  echo(@Body() body: unknown) {
    return body;
  }
}

@Module({ controllers: [SumController] })
class SumModule {}

describe('a service', () => {
  const lines: string[] = [];
  const logger = createLogger('sum', 'info', { write: (line: string) => void lines.push(line) });
  const readiness = new Readiness();
  let app: NestExpressApplication;
  beforeAll(async () => {
    app = await NestFactory.create<NestExpressApplication>(
      HostModule.with(SumModule, { logger, readiness }),
      { logger: false, bodyParser: false },
    );
    prepareHttp(app, logger, '1kb');
    await app.init();
  });
  afterAll(() => app.close());

  it('serves a contract route with its status and coerced query', async () => {
    const answer = await request(app.getHttpServer()).post('/sums/x?factor=2').send({ a: 1, b: 2 });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ sum: 6 });
  });

  it('answers 400 with every mistake of a request that breaks the contract', async () => {
    const answer = await request(app.getHttpServer()).post('/sums/toolong').send({ a: 'x', c: 1 });
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe('ValidationError');
    expect(answer.body.error.details.map((d: { target: string }) => d.target)).toEqual(
      expect.arrayContaining(['params/name', 'body/', 'body/a']),
    );
  });

  it('answers malformed JSON with 400 and an oversized body with 413', async () => {
    const send = (body: string) =>
      request(app.getHttpServer()).post('/echo').set('content-type', 'application/json').send(body);
    expect((await send('{"a":')).status).toBe(400);
    const large = await send(JSON.stringify('x'.repeat(2000)));
    expect(large.status).toBe(413);
    expect(large.body.error.code).toBe('RequestEntityTooLarge');
  });

  it('answers a rule violation with its code and details', async () => {
    const answer = await request(app.getHttpServer()).get('/conflict');
    expect(answer.body).toEqual({
      error: {
        code: 'Conflict',
        message: 'already there',
        details: [{ target: 'x', message: 'taken' }],
      },
    });
  });

  it('hides the message of an unexpected error and gives the activity id of its log line', async () => {
    const answer = await request(app.getHttpServer())
      .get('/crash')
      .set('x-ms-client-tracking-id', 'T1');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    expect(answer.body.error.message).toContain('T1');
    expect(
      lines.some((line) => line.includes('hunter2') && line.includes('"correlationId":"T1"')),
    ).toBe(true);
  });

  it('logs one line a request with the trace id and without secrets', async () => {
    lines.length = 0;
    const trace = '0af7651916cd43dd8448eb211c80319c';
    await request(app.getHttpServer())
      .post('/sums/x?sig=abc')
      .set('traceparent', `00-${trace}-b7ad6b7169203331-01`)
      .send({ a: 1, b: 2 });
    const logged = lines.map((line) => JSON.parse(line));
    expect(logged.find((line) => line.msg === 'adding')).toMatchObject({
      authorization: '[redacted]',
      trace_id: trace,
    });
    expect(logged.find((line) => line.msg === 'request')).toMatchObject({
      path: '/sums/x',
      status: 201,
      trace_id: trace,
    });
  });
});

describe('the management port', () => {
  it('tells alive, started and ready apart', async () => {
    const readiness = new Readiness();
    const app = await NestFactory.create(ManagementModule.with(readiness), { logger: false });
    await app.init();
    const status = async (path: string) => (await request(app.getHttpServer()).get(path)).status;
    expect([await status('/healthz'), await status('/startupz'), await status('/readyz')]).toEqual([
      200, 503, 503,
    ]);
    readiness.markStarted();
    expect([await status('/startupz'), await status('/readyz')]).toEqual([200, 200]);
    readiness.register('store', () => Promise.reject(new Error('no connection')));
    const down = await request(app.getHttpServer()).get('/readyz');
    expect(down.status).toBe(503);
    expect(JSON.stringify(down.body)).toContain('no connection');
    readiness.startDraining();
    expect(await status('/healthz')).toBe(200);
    expect((await request(app.getHttpServer()).get('/metrics')).text).toContain(
      'process_cpu_seconds_total',
    );
    await app.close();
  });
});

describe('a service that stops', () => {
  it('lets go of connections over which its callers ask again', async () => {
    const logger = createLogger('poll', 'silent');
    const app = await NestFactory.create<NestExpressApplication>(
      HostModule.with(class Empty {}, { logger, readiness: new Readiness() }),
      { logger: false, bodyParser: false },
    );
    prepareHttp(app, logger, '1kb');
    let closed: Promise<void> | undefined;
    app.use('/poll', (_: unknown, response: { end(text: string): void }) => {
      closed ??= app.close();
      setTimeout(() => response.end('x'), 50);
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (): Promise<string | undefined> =>
      new Promise((resolve, reject) => {
        get({ port, host: '127.0.0.1', path: '/poll', agent }, (answer: IncomingMessage) => {
          answer.resume().on('end', () => resolve(answer.headers.connection));
        }).on('error', reject);
      });
    // Both are asked at once: the second goes out as soon as the first is answered.
    expect(await Promise.all([ask(), ask()])).toEqual(['keep-alive', 'close']);
    await closed;
    agent.destroy();
  });
});
