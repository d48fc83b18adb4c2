import {
  compilePolicies,
  createCompilationCache,
  defaultGlobalPolicy,
  printEffectivePolicy,
} from '../index.js';
import { policySupport } from '../composition/support-table.js';
import { Body, type BodyStream } from '../model/body.js';
import { Headers } from '../model/headers.js';
import { Request, Response } from '../model/message.js';
import { Query } from '../model/query.js';
import { parseBaseUrl, RequestUrl } from '../model/request-url.js';
import { FakeForward } from '../ports/forward.js';
import { FakeHttp } from '../ports/http.js';
import { fakePorts } from '../ports/ports.js';
import type { CompiledOperation } from './compiled-operation.js';
import { PolicyContext } from './context.js';
import { operationNotFound, subscriptionKeyNotFound } from './predefined-errors.js';
import { finishPipeline, runPipeline } from './run-pipeline.js';
import { TraceRecorder } from './trace.js';

function compiled(api: string): CompiledOperation {
  const { operation, problems } = compilePolicies({
    global: defaultGlobalPolicy,
    api: { text: api },
  });
  expect(problems).toEqual([]);
  return operation!;
}

function contextOf(
  body: Body | null = null,
  more: Partial<ConstructorParameters<typeof PolicyContext>[0]> = {},
  response?: () => Response,
): PolicyContext {
  return new PolicyContext({
    request: new Request({
      method: 'POST',
      url: new RequestUrl(parseBaseUrl('https://backend.example'), '/x', new Query()),
      originalUrl: RequestUrl.parse('https://gateway.example/echo/x'),
      headers: new Headers(),
      body,
      ipAddress: '203.0.113.7',
    }),
    ports: fakePorts({ forward: new FakeForward(() => response?.() ?? new Response(200)) }),
    requestId: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
    deployment: {
      gatewayId: 'managed',
      instanceId: 'gw',
      region: 'r',
      serviceId: 's',
      serviceName: 's',
      certificates: new Map(),
    },
    ...more,
  });
}

async function* stream(...chunks: string[]): BodyStream {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

describe('bodies', () => {
  it('stream through when no policy reads them', async () => {
    const operation = compiled(
      '<policies><inbound><base /><set-header name="a"><value>b</value></set-header></inbound><backend><base /></backend></policies>',
    );
    expect(operation.reads).toEqual({ requestBody: false, responseBody: false });
    const request = Body.fromStream(stream('a', 'b'));
    const response = Body.fromStream(stream('c'));
    const context = contextOf(request, {}, () => new Response(200, 'OK', new Headers(), response));
    await runPipeline(operation, context);
    expect(request.buffered).toBe(false);
    expect(context.response!.body!.buffered).toBe(false);
  });

  it('are read before the step that needs them, and only then', async () => {
    const operation = compiled(
      '<policies><inbound><find-and-replace from="a" to="x" /></inbound><backend><base /></backend></policies>',
    );
    expect(operation.reads).toEqual({ requestBody: true, responseBody: false });
    const context = contextOf(Body.fromStream(stream('a', 'b')));
    await runPipeline(operation, context);
    expect(context.request.body!.text).toBe('xb');
  });

  it('of a backend that are larger than the limit are no fault of the caller', async () => {
    const operation = compiled(
      '<policies><inbound /><backend><forward-request /></backend><outbound><find-and-replace from="a" to="x" /></outbound></policies>',
    );
    const body = Body.fromStream(stream('aaaa', 'bbbb'), { limit: 5 });
    const context = contextOf(null, {}, () => new Response(200, 'OK', new Headers(), body));
    await runPipeline(operation, context);
    expect(context.response!.statusCode).toBe(500);
  });

  it('larger than the limit end in 413', async () => {
    const operation = compiled(
      '<policies><inbound><find-and-replace from="a" to="x" /></inbound></policies>',
    );
    const context = contextOf(Body.fromStream(stream('aaaa', 'bbbb'), { limit: 5 }));
    await runPipeline(operation, context);
    expect(context.response!.statusCode).toBe(413);
  });

  it('that were sent as a stream are empty in a second attempt', () => {
    const body = Body.fromStream(stream('a'));
    body.send();
    expect(body.send()).toEqual(new Uint8Array(0));
  });

  it('decode gzip but not more than the limit', async () => {
    const { gzipSync } = await import('node:zlib');
    expect(Body.fromBytes(gzipSync('hello'), { contentEncoding: 'gzip' }).text).toBe('hello');
    expect(
      () =>
        Body.fromBytes(gzipSync(Buffer.alloc(100_000)), { contentEncoding: 'gzip', limit: 1000 })
          .bytes,
    ).toThrow('larger than 1000 bytes');
  });
});

describe('runPipeline', () => {
  it('returns no promise when no step waits', () => {
    const operation = compiled(
      '<policies><inbound><set-header name="a"><value>b</value></set-header><return-response /></inbound></policies>',
    );
    expect(runPipeline(operation, contextOf())).toBeUndefined();
  });

  it('a built-in failure before inbound runs on-error alone', () => {
    const operation = compiled(
      '<policies><inbound><set-variable name="ran" value="yes" /></inbound><on-error><set-header name="x"><value>y</value></set-header></on-error></policies>',
    );
    const context = contextOf();
    void runPipeline(operation, context, {
      before: 'inbound',
      error: subscriptionKeyNotFound('AzureApiManagementKey realm="r"'),
    });
    expect(context.variables.has('ran')).toBe(false);
    expect(context.response!.statusCode).toBe(401);
    expect(context.response!.headers.text('WWW-Authenticate')).toBe(
      'AzureApiManagementKey realm="r"',
    );
    expect(context.response!.headers.text('x')).toBe('y');
    expect(context.response!.body!.text).toBe(
      '{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API." }',
    );
    expect(context.response!.body!.length).toBe(152);
    expect(context.lastError).toMatchObject({
      source: 'authorization',
      reason: 'SubscriptionKeyNotFound',
    });
  });

  it('an unknown operation fails in section backend, after inbound', () => {
    const { operation } = compilePolicies({
      global: {
        text: '<policies><inbound><set-variable name="ran" value="yes" /></inbound><backend><forward-request /></backend></policies>',
      },
    });
    const context = contextOf();
    void runPipeline(operation!, context, { before: 'backend', error: operationNotFound() });
    expect(context.variables.get('ran')).toBe('yes');
    expect(context.lastError).toMatchObject({ section: 'backend', reason: 'OperationNotFound' });
    expect(context.response!.body!.text).toBe(
      '{ "statusCode": 404, "message": "Resource not found" }',
    );
  });

  it('cors marks the answer of a missing key', () => {
    const operation = compiled(
      '<policies><inbound><cors><allowed-origins><origin>https://a.example</origin></allowed-origins></cors></inbound></policies>',
    );
    const context = contextOf();
    context.request.headers.set('Origin', 'https://a.example');
    void runPipeline(operation, context, {
      before: 'inbound',
      error: subscriptionKeyNotFound('x'),
    });
    expect(context.response!.headers.text('Access-Control-Allow-Origin')).toBe('https://a.example');
  });

  it('a failure after the response is logged, not thrown', async () => {
    const context = contextOf();
    context.afterwards.push(() => {
      throw new Error('x');
    });
    await expect(finishPipeline(context)).resolves.toBeUndefined();
  });

  it('records what steps did only while the request is traced', () => {
    const operation = compiled(
      '<policies><inbound><set-status code="201" /><trace source="s"><message>m</message></trace><return-response /></inbound></policies>',
    );
    const recorder = new TraceRecorder();
    void runPipeline(operation, contextOf(null, { trace: recorder }));
    expect(recorder.entries.inbound.map((entry) => entry.source)).toEqual([
      'set-status',
      's',
      'return-response',
    ]);
    expect(recorder.entries.inbound[0]).toMatchObject({
      scope: 'api',
      path: 'set-status[1]',
      timestamp: '2026-01-02T03:04:05.0000000Z',
      elapsed: '00:00:00',
    });
  });
});

describe('compilePolicies', () => {
  it('compiles a document once for operations that share a cache', () => {
    const cache = createCompilationCache();
    const api = {
      text: '<policies><inbound><base /><set-header name="a"><value>b</value></set-header></inbound></policies>',
    };
    const one = compilePolicies({ global: defaultGlobalPolicy, api }, { cache });
    const two = compilePolicies({ global: defaultGlobalPolicy, api }, { cache });
    expect(two.operation!.inbound).toBe(one.operation!.inbound);
  });

  it('compiles a thousand documents in time', () => {
    const started = performance.now();
    for (let i = 0; i < 1000; i++)
      compiled(
        `<policies><inbound><base /><choose><when condition="true"><set-header name="a${i}"><value>b</value></set-header></when></choose></inbound></policies>`,
      );
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('printEffectivePolicy', () => {
  it('says where each element came from', () => {
    const text = printEffectivePolicy(
      {
        global: {
          text: '<policies><inbound><set-method>GET</set-method></inbound><backend><forward-request /></backend></policies>',
        },
        api: {
          text: '<policies><inbound><base /><include-fragment fragment-id="f" /></inbound><backend><base /></backend></policies>',
        },
      },
      new Map([['f', { text: '<fragment><set-status code="200" /></fragment>' }]]),
    );
    expect(text).toBe(
      [
        '<policies>',
        '\t<inbound>',
        '\t\t<!--base: Begin Global scope-->',
        '\t\t<set-method>GET</set-method>',
        '\t\t<!--base: End Global scope-->',
        '\t\t<!--include-fragment: Begin f policy fragment scope-->',
        '\t\t<set-status code="200" />',
        '\t\t<!--include-fragment: End f policy fragment scope-->',
        '\t</inbound>',
        '\t<backend>',
        '\t\t<!--base: Begin Global scope-->',
        '\t\t<forward-request />',
        '\t\t<!--base: End Global scope-->',
        '\t</backend>',
        '\t<outbound>',
        '\t</outbound>',
        '\t<on-error>',
        '\t</on-error>',
        '</policies>',
        '',
      ].join('\n'),
    );
  });
});

describe('policySupport', () => {
  it('tells sections, attributes and reasons', () => {
    const rows = policySupport();
    expect(rows.find((row) => row.element === 'set-header')).toMatchObject({
      level: 'supported',
      attributes: [
        { name: 'name', required: true },
        { name: 'exists-action', default: 'override' },
      ],
    });
    expect(rows.find((row) => row.element === 'sql-data-source')).toMatchObject({
      level: 'refused',
    });
    for (const row of rows) expect(row.level === 'supported' || row.note !== '').toBe(true);
  });
});

describe('the message model', () => {
  it('keeps an untouched query byte for byte', () => {
    expect(new Query('?b=2&a=1&a=3&q=x%20y%26z&empty=').toString()).toBe(
      '?b=2&a=1&a=3&q=x%20y%26z&empty=',
    );
  });

  it('keeps duplicates and spellings of headers', () => {
    const headers = Headers.fromRaw(['X-A', '1', 'x-a', '2', 'B', '3']);
    expect(headers.toRaw()).toEqual(['X-A', '1', 'x-a', '2', 'B', '3']);
    expect(headers.text('x-A')).toBe('1,2');
  });

  it('parses and prints URLs', () => {
    for (const url of [
      'https://a.example/',
      'https://a.example:8443/x/y%2Fz?q=1&r=%20',
      'http://a.example/x/',
    ]) {
      expect(RequestUrl.parse(url).toString()).toBe(url);
    }
  });
});

describe('limit-concurrency', () => {
  it('refuses what comes while the place is taken and lets in what comes after', async () => {
    const operation = compiled(
      '<policies><inbound><limit-concurrency key="slot" max-count="1"><send-request response-variable-name="r"><set-url>https://a.example/</set-url></send-request></limit-concurrency></inbound></policies>',
    );
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const ports = fakePorts({
      http: new FakeHttp(async () => {
        await held;
        return new Response(200);
      }),
    });
    const [first, second, third] = [1, 2, 3].map(() => contextOf(null, { ports }));
    const running = runPipeline(operation, first!);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    await runPipeline(operation, second!);
    release();
    await running;
    await runPipeline(operation, third!);
    expect([first, second, third].map((context) => context!.response!.statusCode)).toEqual([
      200, 429, 200,
    ]);
  });
});

describe('wait for any', () => {
  it('goes on with the first answer and cancels the others', async () => {
    const operation = compiled(
      '<policies><inbound><wait for="any"><send-request response-variable-name="fast"><set-url>https://fast.example/</set-url></send-request><send-request response-variable-name="slow"><set-url>https://slow.example/</set-url></send-request></wait><return-response /></inbound></policies>',
    );
    let cancelled = false;
    const http = new FakeHttp(async (request) => {
      if (request.url.includes('fast')) return new Response(200);
      await new Promise((_resolve, reject) => {
        request.signal!.addEventListener('abort', () => {
          cancelled = true;
          reject(new Error('aborted'));
        });
      });
      return new Response(200);
    });
    const context = contextOf(null, { ports: fakePorts({ http }) });
    await runPipeline(operation, context);
    expect(context.response!.statusCode).toBe(200);
    expect([...context.variables.keys()]).toEqual(['fast']);
    expect(cancelled).toBe(true);
  });
});
