import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  systemId,
  type CallEffect,
  type CallRequest,
  type HttpEffect,
} from '@isthmus/workflow-engine';
import { connectionsOf } from './connections/connections.js';
import { EffectPerformer, type EffectsOptions } from './effect-performer.js';
import type { ClientCredentials } from './http/authentication.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;
let server: Server;
let base: string;
let handler: Handler;
let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: body.toString(),
      });
      handler(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  seen = [];
  handler = (_request, response) => response.end();
});

const run = {
  runId: 'run-1',
  clientTrackingId: 'track-1',
  workflow: { id: '/workflows/w', name: 'w', version: '7' },
  headers: ['traceparent', '00-1'],
};

function performer(options: Partial<EffectsOptions> = {}): EffectPerformer {
  return new EffectPerformer({
    connections: connectionsOf({}),
    egress: { allowPrivateAddresses: true },
    tokens: {
      managedIdentity: (audience, identity) =>
        Promise.resolve(`msi ${audience} ${identity ?? '-'}`),
      clientCredentials: (request: ClientCredentials) =>
        Promise.resolve(`client ${request.clientId} ${request.audience}`),
    },
    workflows: {
      call: () => Promise.reject(new Error('none')),
      sendToBatch: () => Promise.reject(new Error('none')),
    },
    contentSize: 10_000_000,
    pageCount: 10,
    ...options,
  });
}

const frame = {
  id: 'A#1',
  path: 'For_each[3].A',
  idempotencyKey: 'run-1:For_each[3].A',
  timeout: 5000,
};

function call(request: Partial<CallRequest>, rest: Partial<HttpEffect> = {}): HttpEffect {
  return {
    kind: 'http',
    ...frame,
    request: { method: 'GET', uri: `${base}/x`, headers: {}, ...request },
    ...rest,
  };
}

async function perform(
  effect: CallEffect,
  options?: Partial<EffectsOptions>,
  signal = new AbortController().signal,
) {
  const one = performer(options);
  try {
    return await one.perform(effect, run, signal);
  } finally {
    await one.close();
  }
}

describe('a call', () => {
  it('tells which workflow calls, and sends the idempotency key', async () => {
    await perform(call({ method: 'POST', body: { n: 1 } }));
    expect(seen[0]?.headers).toMatchObject({
      'x-ms-client-request-id': 'run-1:For_each%5B3%5D.A',
      'x-ms-client-tracking-id': 'track-1',
      'x-ms-workflow-run-id': 'run-1',
      'x-ms-workflow-name': 'w',
      'x-ms-workflow-operation-name': 'A',
      traceparent: '00-1',
      'user-agent': `azure-logic-apps/1.0 (workflow ${systemId(run.workflow)}; version 7)`,
      'content-type': 'application/json; charset=utf-8',
    });
    expect(seen[0]?.headers).not.toHaveProperty('accept');
    expect(seen[0]?.body).toBe('{"n":1}');
  });

  it('shows all fields of an answer, those of its connection too', async () => {
    handler = (_request, response) => response.writeHead(200, { 'X-A': '1' }).end();
    const outcome = await perform(call({}));
    expect(outcome).toMatchObject({
      headers: { 'X-A': '1', Connection: 'keep-alive', 'Transfer-Encoding': 'chunked' },
    });
  });

  it.each([
    ['TE', 'trailers'],
    ['Proxy-Authorization', 'Basic eDp5'],
  ])('sends %s, a field of the connection, where an action asks for it', async (name, value) => {
    await perform(call({ headers: { [name]: value } }));
    expect(seen[0]?.headers).toMatchObject({ [name.toLowerCase()]: value });
  });

  it('puts an answer together that comes in chunks of a byte', async () => {
    const bytes = Array.from({ length: 3500 }, (_, at) => String(at % 10));
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      for (const byte of bytes) response.write(byte);
      response.end();
    };
    expect(await perform(call({}))).toMatchObject({ body: bytes.join('') });
  });

  it('leaves the workflow out where it is told to', async () => {
    await perform(call({}, { suppressWorkflowHeaders: true }));
    expect(seen[0]?.headers).not.toHaveProperty('x-ms-workflow-id');
    expect(seen[0]?.headers).toHaveProperty('x-ms-client-request-id');
  });

  it('does not send a body with GET', async () => {
    await perform(call({ body: 'text' }));
    expect(seen[0]).toMatchObject({ body: '' });
    expect(seen[0]?.headers).not.toHaveProperty('content-type');
  });

  it('decodes JSON, keeps spellings, joins repeated headers and knows the length', async () => {
    handler = (_request, response) => {
      response.writeHead(200, [
        ['etag', '"1"'],
        ['x-tag', 'a'],
        ['x-tag', 'b'],
        ['content-type', 'application/json'],
        ['cache-control', 'max-age=5, no-store'],
      ] as never);
      response.end('{"n": 1.0}');
    };
    const outcome = await perform(call({}));
    expect(outcome).toMatchObject({
      kind: 'response',
      statusCode: 200,
      headers: {
        ETag: '"1"',
        'x-tag': 'a,b',
        'Content-Length': '10',
        'Cache-Control': 'no-store, max-age=5',
      },
    });
  });

  it('fails for JSON that is none', async () => {
    handler = (_request, response) =>
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{');
    await expect(perform(call({}))).resolves.toMatchObject({
      kind: 'failure',
      code: 'BadRequest',
      retryable: false,
      message: expect.stringMatching(
        /^Http request failed: the content was not a valid JSON/,
      ) as unknown,
    });
  });

  it('reads compressed content', async () => {
    handler = (_request, response) =>
      response
        .writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' })
        .end(gzipSync('hello'));
    await expect(perform(call({}))).resolves.toMatchObject({ body: 'hello' });
  });

  it('does not follow a redirection', async () => {
    handler = (_request, response) => response.writeHead(302, { Location: '/y' }).end();
    await expect(perform(call({}))).resolves.toMatchObject({ statusCode: 302 });
    expect(seen).toHaveLength(1);
  });

  it('fails when the content is larger than the limit', async () => {
    handler = (_request, response) => response.end('x'.repeat(2000));
    await expect(perform(call({}), { contentSize: 1000 })).resolves.toMatchObject({
      kind: 'failure',
      message: expect.stringContaining("limit of '1000'") as unknown,
    });
  });

  it('fails, to be repeated, when nobody answers in time', async () => {
    handler = () => undefined;
    await expect(perform(call({}, { timeout: 50 }))).resolves.toMatchObject({
      kind: 'failure',
      message: 'Http request failed: the timeout was reached.',
      retryable: true,
    });
  });

  it('fails, to be repeated, when the connection breaks', async () => {
    handler = (request) => request.socket.destroy();
    await expect(perform(call({}))).resolves.toMatchObject({
      kind: 'failure',
      code: 'BadRequest',
      retryable: true,
    });
  });

  it('names a host that cannot be resolved', async () => {
    await expect(perform(call({ uri: 'http://no-such-host.invalid/' }))).resolves.toMatchObject({
      kind: 'failure',
      code: 'UnresolvableHostName',
      message: "The provided host name 'no-such-host.invalid' could not be resolved.",
      messageTemplate: "The provided host name '{0}' could not be resolved.",
    });
  });

  it('is given up when its action has ended', async () => {
    handler = () => undefined;
    const abort = new AbortController();
    const outcome = perform(call({}), {}, abort.signal);
    setTimeout(() => abort.abort(new Error('over')), 50);
    await expect(outcome).rejects.toThrow('over');
  });
});

describe('the egress guard', () => {
  const guarded = { egress: { allowPrivateAddresses: false } };

  it.each([
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://169.254.169.254/metadata',
    'http://10.1.2.3/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost/',
    'http://2130706433/',
  ])('refuses %s', async (uri) => {
    await expect(perform(call({ uri }), guarded)).resolves.toMatchObject({
      kind: 'failure',
      code: 'Forbidden',
      retryable: false,
    });
  });

  it('lets hosts through that are allowed', async () => {
    await expect(
      perform(call({}), { egress: { allowPrivateAddresses: false, allowedHosts: ['127.0.0.1'] } }),
    ).resolves.toMatchObject({ statusCode: 200 });
  });
});

describe('authentication', () => {
  it.each([
    [
      { type: 'Basic', username: 'u', password: 'p:w' },
      `Basic ${Buffer.from('u:p:w').toString('base64')}`,
    ],
    [{ type: 'Raw', value: 'Key abc' }, 'Key abc'],
    [{ type: 'Raw', scheme: 'Key', parameter: 'abc' }, 'Key abc'],
    [{ type: 'ManagedServiceIdentity', audience: 'https://a' }, 'Bearer msi https://a -'],
    [
      {
        type: 'ActiveDirectoryOAuth',
        tenant: 't',
        audience: 'https://a',
        clientId: 'c',
        secret: 's',
      },
      'Bearer client c https://a',
    ],
  ])('of %j is the header %s', async (authentication, expected) => {
    await perform(call({ authentication }));
    expect(seen[0]?.headers.authorization).toBe(expected);
  });

  it('by query adds it to the address', async () => {
    await perform(
      call({
        uri: `${base}/f?a=1`,
        authentication: { type: 'QueryString', name: 'code', value: 'x y' },
      }),
    );
    expect(seen[0]?.url).toBe('/f?a=1&code=x+y');
  });

  it('of an unknown type fails the call', async () => {
    await expect(perform(call({ authentication: { type: 'Magic' } }))).resolves.toMatchObject({
      kind: 'failure',
      message: "The authentication type 'Magic' is not supported.",
    });
    expect(seen).toHaveLength(0);
  });
});

describe('connections', () => {
  const request = { method: 'POST', uri: '/v2/Mail?x=1', headers: {}, body: { To: 'a' } };

  it('lead to the runtime address with the authentication of the connection', async () => {
    const connections = connectionsOf({
      managedApiConnections: {
        office: {
          connectionRuntimeUrl: `${base}/apim/office/1/`,
          authentication: { type: 'Raw', scheme: 'Key', parameter: 'k' },
        },
      },
    });
    await perform({ kind: 'connector', ...frame, connection: 'office', request }, { connections });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/apim/office/1/v2/Mail?x=1',
      headers: { authorization: 'Key k' },
    });
  });

  it('are found by the connection id of a Consumption definition', async () => {
    const connections = connectionsOf({}, { teams: base });
    await perform(
      { kind: 'connector', ...frame, connection: '/subscriptions/1/connections/teams', request },
      { connections },
    );
    expect(seen[0]?.url).toBe('/v2/Mail?x=1');
  });

  it('that are not known fail the call', async () => {
    await expect(
      perform({ kind: 'connector', ...frame, connection: 'none', request }),
    ).resolves.toMatchObject({ kind: 'failure', code: 'ConnectionNotFound' });
  });

  it('of built-in connectors go to the adapter with parameters and connection', async () => {
    handler = (_request, response) =>
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end('{"statusCode":201,"body":{"id":1}}');
    const connections = connectionsOf({
      serviceProviderConnections: {
        sb: {
          serviceProvider: { id: '/serviceProviders/serviceBus' },
          parameterValues: { connectionString: 'c' },
        },
      },
    });
    const outcome = await perform(
      {
        kind: 'service-provider',
        ...frame,
        connection: 'sb',
        serviceProviderId: '/serviceProviders/serviceBus',
        operationId: 'sendMessage',
        parameters: { entityName: 'q' },
      },
      { connections, serviceProviders: { '*': base } },
    );
    expect(outcome).toMatchObject({ kind: 'response', statusCode: 201, body: { id: 1 } });
    expect(seen[0]).toMatchObject({
      url: '/serviceProviders/servicebus/operations/sendMessage',
      body: '{"parameters":{"entityName":"q"},"connection":{"connectionString":"c"}}',
    });
  });

  it('of API Management send the subscription key', async () => {
    const connections = connectionsOf({
      apiManagementConnections: { gw: { baseUrl: `${base}/orders`, subscriptionKey: 'k1' } },
    });
    await perform(
      {
        kind: 'api-management',
        ...frame,
        api: { connection: 'gw' },
        request: { method: 'GET', uri: '/1', headers: {} },
      },
      { connections },
    );
    expect(seen[0]).toMatchObject({
      url: '/orders/1',
      headers: { 'ocp-apim-subscription-key': 'k1' },
    });
  });
});

describe('large messages', () => {
  it('come down by ranges', async () => {
    const content = Buffer.alloc(12_000_000, 'a');
    handler = (request, response) => {
      const [from = 0, to = 0] = (/bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [])
        .slice(1)
        .map(Number);
      const end = Math.min(to, content.length - 1);
      response
        .writeHead(206, {
          'Content-Type': 'text/plain',
          'Content-Range': `bytes ${from}-${end}/${content.length}`,
        })
        .end(content.subarray(from, end + 1));
    };
    const outcome = await perform(call({}, { chunked: true }), { contentSize: 20_000_000 });
    expect(outcome).toMatchObject({ statusCode: 200, headers: { 'Content-Length': '12000000' } });
    expect(seen).toHaveLength(3);
  });

  it('that are announced larger than content may be are not read', async () => {
    handler = (_, response) =>
      void response.writeHead(206, { 'Content-Range': 'bytes 0-3/900000000000' }).end('abcd');
    await expect(
      perform(call({}, { chunked: true }), { contentSize: 1000 }),
    ).resolves.toMatchObject({
      kind: 'failure',
      code: 'BadRequest',
      messageTemplate: `Http request failed: the content is larger than the limit of '{0}' bytes.`,
    });
    expect(seen).toHaveLength(1);
  });

  it('are asked for again when the connection breaks between two parts', async () => {
    let count = 0;
    handler = (request, response) => {
      count += 1;
      if (count > 1) request.socket.destroy();
      else response.writeHead(206, { 'Content-Range': 'bytes 0-3/8' }).end('abcd');
    };
    await expect(perform(call({}, { chunked: true }))).resolves.toMatchObject({
      kind: 'failure',
      code: 'BadRequest',
      retryable: true,
    });
  });

  it('are left alone where the request asks for a range of its own', async () => {
    handler = (_, response) =>
      void response
        .writeHead(206, { 'Content-Type': 'text/plain', 'Content-Range': 'bytes 2-3/8' })
        .end('cd');
    await expect(
      perform(call({ headers: { Range: 'bytes=2-3' } }, { chunked: true })),
    ).resolves.toMatchObject({ statusCode: 206, body: 'cd' });
    expect(seen.map(({ headers }) => headers.range)).toEqual(['bytes=2-3']);
  });

  it('whose other side names no address fail instead of the host', async () => {
    handler = (request, response) => {
      const location = request.method === 'POST' ? { Location: 'http://[' } : {};
      response
        .writeHead(200, { 'Content-Type': 'application/json', ...location })
        .end(JSON.stringify({ value: [1], nextLink: 'http://[' }));
    };
    const broken = {
      kind: 'failure',
      code: 'BadRequest',
      message: "The address 'http://[' is not valid.",
    };
    await expect(
      perform(call({ method: 'POST', body: 'x'.repeat(6_000_000) }, { chunked: true })),
    ).resolves.toMatchObject(broken);
    await expect(perform(call({}, { pagination: { minimumItemCount: 5 } }))).resolves.toMatchObject(
      broken,
    );
  });

  it('go up in parts', async () => {
    handler = (request, response) => {
      if (request.method === 'POST')
        response.writeHead(200, { Location: '/part', 'x-ms-chunk-size': '4000000' }).end();
      else response.writeHead(200).end();
    };
    const outcome = await perform(
      call({ method: 'POST', body: 'x'.repeat(6_000_000) }, { chunked: true }),
    );
    expect(outcome).toMatchObject({ statusCode: 200 });
    expect(
      seen.map(({ method, headers }) => [
        method,
        headers['content-range'] ?? headers['x-ms-content-length'],
      ]),
    ).toEqual([
      ['POST', '6000000'],
      ['PATCH', 'bytes 0-3999999/6000000'],
      ['PATCH', 'bytes 4000000-5999999/6000000'],
    ]);
  });

  it('pages are joined until there are enough items', async () => {
    handler = (request, response) => {
      const page = Number(new URL(request.url ?? '', base).searchParams.get('p') ?? 0);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(
        JSON.stringify({
          value: [page * 2, page * 2 + 1],
          nextLink: `${base}/x?p=${page + 1}`,
          other: 1,
        }),
      );
    };
    await expect(perform(call({}, { pagination: { minimumItemCount: 5 } }))).resolves.toMatchObject(
      { statusCode: 200, body: { value: [0, 1, 2, 3, 4, 5] } },
    );
    expect(seen).toHaveLength(3);
  });
});
