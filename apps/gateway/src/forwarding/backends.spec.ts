import { readFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { keyHash } from '@isthmus/artifacts';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const fixtures = fileURLToPath(new URL('../tls/fixtures/', import.meta.url));
const get = 'GET /api/x?a=1 HTTP/1.1\r\nHost: gateway.example\r\n\r\n';
const toEntity = (id: string): string =>
  `<policies><inbound><set-backend-service backend-id="${id}"/></inbound><backend><forward-request/></backend><outbound/><on-error/></policies>`;

describe('backend entities', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  async function backend(answer: (socket: Socket, request: string) => void): Promise<RawBackend> {
    const one = await rawBackend((socket) =>
      socket.on('data', (chunk) => answer(socket, chunk.toString('latin1'))),
    );
    open.push(one);
    return one;
  }
  async function gatewayTo(
    id: string,
    backends: Resource[],
    flags: string[] = [],
  ): Promise<RunningGateway> {
    const gateway = await startGateway([...wideApi(9, toEntity(id)), ...backends], flags);
    open.unshift(gateway);
    return gateway;
  }
  const reply = (text: string, status = '200 OK', fields = ''): string =>
    `HTTP/1.1 ${status}\r\n${fields}Content-Length: ${text.length}\r\n\r\n${text}`;
  const entity = (id: string, port: number, more: Record<string, unknown> = {}): Resource => ({
    id: `/backends/${id}`,
    properties: { url: `http://127.0.0.1:${port}/base`, protocol: 'http', ...more },
  });

  it('get their credentials, with named values in place', async () => {
    let seen = '';
    const one = await backend((socket, request) => {
      seen = request;
      socket.write(reply('ok'));
    });
    const credentials = {
      header: { 'x-functions-key': ['{{key}}'] },
      query: { code: ['{{key}}'] },
      authorization: { scheme: 'Basic', parameter: 'abc' },
    };
    const gateway = await gatewayTo('b', [
      entity('b', one.port, { credentials }),
      { id: '/namedValues/k', properties: { displayName: 'key', value: 's3', secret: true } },
    ]);
    expect(
      (
        await talk(
          gateway.port,
          get.replace(
            '\r\n\r\n',
            '\r\nX-Functions-Key: mine\r\nAuthorization: Bearer mine\r\n\r\n',
          ),
        )
      ).text,
    ).toContain('ok');
    expect(seen).toMatch(/^GET \/base\/x\?a=1&code=s3 HTTP/);
    expect(seen).toMatch(/x-functions-key: s3/i);
    expect(seen).toMatch(/authorization: Basic abc/i);
    expect(seen).not.toContain('mine');
  });

  it("get a token of the gateway's own identity, and no call without one", async () => {
    const seen: string[] = [];
    const one = await backend((socket, request) => {
      seen.push(request);
      socket.write(reply('ok'));
    });
    const issuer = await backend((socket) =>
      socket.write(reply('{"access_token":"own","token_type":"Bearer","expires_in":3600}')),
    );
    const credentials = { managedIdentity: { resource: 'https://backend.example' } };
    const withToken = await gatewayTo(
      'b',
      [entity('b', one.port, { credentials })],
      [
        `--identity-token-url=http://127.0.0.1:${issuer.port}/token`,
        ...['--identity-client-id=gateway', '--identity-client-secret=secret'],
      ],
    );
    const call = get.replace('\r\n\r\n', '\r\nAuthorization: Bearer mine\r\n\r\n');
    expect((await talk(withToken.port, call)).text).toContain('ok');
    expect(seen.join()).toMatch(/^GET [^]*\r\nAuthorization: Bearer own\r\n/);
    expect(seen.join()).not.toContain('mine');
    const without = await gatewayTo('b', [entity('b', one.port, { credentials })]);
    expect((await talk(without.port, call)).text).toMatch(/^HTTP\/1\.1 500/);
    expect(seen).toHaveLength(1);
  });

  it('open their breaker after the failures of a rule and answer 503 without a call', async () => {
    let calls = 0;
    const one = await backend((socket) => {
      calls++;
      socket.write(reply('bad', '500 Broken'));
    });
    const rule = {
      name: 'r',
      failureCondition: { count: 3, interval: 'PT1M', statusCodeRanges: [{ min: 500, max: 599 }] },
      tripDuration: 'PT1M',
    };
    const gateway = await gatewayTo('b', [
      entity('b', one.port, { circuitBreaker: { rules: [rule] } }),
    ]);
    const statuses: (string | undefined)[] = [];
    for (let index = 0; index < 5; index++)
      statuses.push(/HTTP\/1\.1 (\d+)/.exec((await talk(gateway.port, get, 60)).text)?.[1]);
    expect(statuses).toEqual(['500', '500', '500', '503', '503']);
    expect(calls).toBe(3);
  });

  it('keep the state of a breaker over a configuration that does not touch it', async () => {
    const one = await backend((socket) => socket.write(reply('bad', '500 Broken')));
    const rule = {
      name: 'r',
      failureCondition: { count: 1, interval: 'PT1M', statusCodeRanges: [{ min: 500, max: 599 }] },
      tripDuration: 'PT1M',
    };
    const backends = [entity('b', one.port, { circuitBreaker: { rules: [rule] } })];
    const gateway = await gatewayTo('b', backends);
    await talk(gateway.port, get, 60);
    gateway.publish([
      ...wideApi(9, toEntity('b')),
      ...backends,
      { id: '/namedValues/new', properties: { displayName: 'new', value: '1' } },
    ]);
    expect((await talk(gateway.port, get, 60)).text).toContain('HTTP/1.1 503');
  });

  it('share the calls of a pool, and leave out members whose breaker is open', async () => {
    const first = await backend((socket) => socket.write(reply('one')));
    const second = await backend((socket) => socket.write(reply('bad', '500 Broken')));
    const rule = {
      name: 'r',
      failureCondition: { count: 1, interval: 'PT1M', statusCodeRanges: [{ min: 500, max: 599 }] },
      tripDuration: 'PT1M',
    };
    const gateway = await gatewayTo('pool', [
      entity('first', first.port),
      entity('second', second.port, { circuitBreaker: { rules: [rule] } }),
      {
        id: '/backends/pool',
        properties: {
          type: 'Pool',
          pool: {
            services: [
              { id: '/backends/first' },
              {
                id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/x/backends/second',
              },
            ],
          },
        },
      },
    ]);
    const statuses: (string | undefined)[] = [];
    for (let index = 0; index < 5; index++)
      statuses.push(/HTTP\/1\.1 (\d+)/.exec((await talk(gateway.port, get, 60)).text)?.[1]);
    expect(statuses).toEqual(['200', '500', '200', '200', '200']);
  });

  it('keep a caller at one member by its cookie', async () => {
    const first = await backend((socket) => socket.write(reply('one')));
    const second = await backend((socket) => socket.write(reply('two')));
    const gateway = await gatewayTo('pool', [
      entity('first', first.port),
      entity('second', second.port),
      {
        id: '/backends/pool',
        properties: {
          type: 'Pool',
          pool: {
            services: [{ id: '/backends/first' }, { id: '/backends/second' }],
            sessionAffinity: { sessionId: { source: 'cookie', name: 'Member' } },
          },
        },
      },
    ]);
    const { text } = await talk(gateway.port, get, 60);
    const cookie = /Set-Cookie: (Member=[^;]+)/.exec(text)?.[1] ?? '';
    expect(cookie).not.toContain('first');
    for (let index = 0; index < 4; index++) {
      const again = await talk(
        gateway.port,
        get.replace('\r\n\r\n', `\r\nCookie: a=1; ${cookie}\r\n\r\n`),
        60,
      );
      expect(again.text.endsWith('one')).toBe(true);
      expect(again.text).not.toContain('Set-Cookie');
    }
  });

  it('55 (CVE-2026-24470), F10: may not have private addresses unless that is allowed', async () => {
    let calls = 0;
    const one = await backend(() => calls++);
    const gateway = await gatewayTo(
      'b',
      [entity('b', one.port)],
      ['--allow-private-backends=false'],
    );
    const { text } = await talk(gateway.port, get);
    expect(text).toMatch(/^HTTP\/1\.1 500[^]*error=destination_ip_prohibited/);
    expect(calls).toBe(0);
    expect(one.sockets.size).toBe(0);
  });

  it.each([
    'http://localhost:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://127.1:PORT/',
    'http://0177.0.0.1:PORT/',
  ])('are checked by the address that %s means', async (url) => {
    const one = await backend((socket) => socket.write(reply('ok')));
    const gateway = await gatewayTo(
      'b',
      [entity('b', one.port, { url: url.replace('PORT', String(one.port)) })],
      ['--allow-private-backends=false'],
    );
    expect((await talk(gateway.port, get)).text).toMatch(/^HTTP\/1\.1 500/);
    expect(one.sockets.size).toBe(0);
  });

  it('47 (CVE-2025-66491), F9: see the client certificate of the gateway, and are verified unless the entity says otherwise', async () => {
    const read = (name: string): Promise<string> => readFile(`${fixtures}${name}`, 'utf8');
    const server = https.createServer(
      {
        cert: await read('one.crt'),
        key: await read('one.key'),
        ca: await read('client.crt'),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, response) => {
        response.end(
          String((request.socket as import('node:tls').TLSSocket).getPeerCertificate().subject.CN),
        );
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const certificate = {
      id: '/certificates/c',
      properties: {
        data: Buffer.from((await read('client.crt')) + (await read('client.key'))).toString(
          'base64',
        ),
      },
    };
    const credentials = { certificateIds: ['/certificates/c'] };
    const trusting = await gatewayTo('b', [
      entity('b', 1, {
        url,
        credentials,
        tls: { validateCertificateChain: false, validateCertificateName: false },
      }),
      certificate,
    ]);
    expect((await talk(trusting.port, get)).text).toMatch(/client\.example$/);
    const strict = await gatewayTo('b', [entity('b', 1, { url, credentials }), certificate]);
    expect((await talk(strict.port, get)).text).toMatch(
      /^HTTP\/1\.1 500[^]*error=tls_certificate_error/,
    );
  });

  it('F14: see the client certificate that the configuration has now', async () => {
    const read = (name: string): Promise<string> => readFile(`${fixtures}${name}`, 'utf8');
    const server = https.createServer(
      {
        cert: await read('one.crt'),
        key: await read('one.key'),
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        const socket = request.socket as import('node:tls').TLSSocket;
        response.end(String(socket.getPeerCertificate().subject?.CN));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => (server.close(), server.closeAllConnections()) });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const tls = { validateCertificateChain: false, validateCertificateName: false };
    const withCertificate = async (name: string): Promise<Resource[]> => [
      ...wideApi(9, toEntity('b')),
      entity('b', 1, { url, credentials: { certificateIds: ['/certificates/c'] }, tls }),
      {
        id: '/certificates/c',
        properties: { data: (await read(`${name}.crt`)) + (await read(`${name}.key`)) },
      },
    ];
    const gateway = await startGateway(await withCertificate('client'));
    open.unshift(gateway);
    expect((await talk(gateway.port, get)).text).toMatch(/client\.example$/);
    gateway.publish(await withCertificate('local'));
    expect((await talk(gateway.port, get)).text).toMatch(/localhost$/);
  });

  it.each(['storeName', 'certificateAuthorities'])(
    'are trusted where an authority of the gateway vouches for them (%s)',
    async (how) => {
      const read = (name: string): Promise<string> => readFile(`${fixtures}${name}`, 'utf8');
      const server = https.createServer(
        { cert: await read('local.crt'), key: await read('local.key') },
        (_request, response) => response.end('ok'),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      open.push({ close: () => (server.close(), server.closeAllConnections()) });
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const data = await read('authority.crt');
      const trusted: Resource[] = [
        {
          id: '/certificates/inner',
          properties: { data, ...(how === 'storeName' ? { storeName: 'Root' } : {}) },
        },
        ...(how === 'storeName'
          ? []
          : [
              {
                id: '/gateways/managed/certificateAuthorities/inner',
                properties: { isTrusted: true },
              },
            ]),
      ];
      // To an entity, to the service URL, and by send-request.
      const send = `<policies><inbound><send-request mode="new" response-variable-name="r"><set-url>${url}</set-url></send-request><return-response><set-body>@(((IResponse)context.Variables["r"]).Body.As&lt;string&gt;())</set-body></return-response></inbound><backend><forward-request/></backend><outbound/><on-error/></policies>`;
      const to = (policy: string | undefined): Resource[] => {
        const [api, ...rest] = wideApi(9, policy);
        return [
          { ...api!, properties: { ...api!.properties, serviceUrl: url } },
          ...rest,
          entity('b', 1, { url }),
        ];
      };
      const gateway = await startGateway(to(undefined));
      open.unshift(gateway);
      for (const policy of [undefined, toEntity('b'), send]) {
        gateway.publish(to(policy));
        expect((await talk(gateway.port, get)).text).toMatch(/^HTTP\/1\.1 500/);
        gateway.publish([...to(policy), ...trusted]);
        expect((await talk(gateway.port, get)).text).toMatch(/^HTTP\/1\.1 200[^]*ok/);
      }
    },
  );
});

describe('follow-redirects', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const following =
    '<policies><inbound/><backend><forward-request follow-redirects="true"/></backend><outbound/><on-error/></policies>';

  async function run(
    answers: Record<string, string>,
    request: string,
  ): Promise<{ text: string; seen: string[] }> {
    const seen: string[] = [];
    const one = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        const text = chunk.toString('latin1');
        seen.push(text);
        socket.write(
          answers[text.split(' ')[1] ?? ''] ?? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
        );
      }),
    );
    const gateway = await startGateway(wideApi(one.port, following));
    open.push(gateway, one);
    const { text } = await talk(gateway.port, request.replaceAll('PORT', String(one.port)), 200);
    return { text, seen };
  }

  it('follows to the same origin with everything', async () => {
    const { text, seen } = await run(
      { '/x': 'HTTP/1.1 307 T\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n' },
      'POST /api/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\nContent-Length: 2\r\n\r\nhi',
    );
    expect(text.endsWith('ok')).toBe(true);
    expect(seen[1]).toMatch(/^POST \/y[^]*Bearer t[^]*hi$/);
  });
  it('turns 303 into GET without a body', async () => {
    const { seen } = await run(
      { '/x': 'HTTP/1.1 303 S\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n' },
      'POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi',
    );
    expect(seen[1]).toMatch(/^GET \/y/);
    expect(seen[1]).not.toMatch(/content-type|hi$/i);
  });
  it('39 (CVE-2026-41181): gives another origin no credentials', async () => {
    const other: string[] = [];
    const foreign = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        other.push(chunk.toString('latin1'));
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }),
    );
    open.push(foreign);
    const location = `HTTP/1.1 302 F\r\nLocation: http://localhost:${foreign.port}/z\r\nContent-Length: 0\r\n\r\n`;
    const { text } = await run(
      { '/x': location },
      'GET /api/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t\r\nCookie: c=1\r\n\r\n',
    );
    expect(text).toContain('HTTP/1.1 200');
    expect(other[0]).toMatch(/^GET \/z/);
    expect(other[0]).not.toMatch(/Bearer|c=1/);
  });
  it('39: gives another origin neither the credentials of the entity nor the key of the caller', async () => {
    const seen: string[] = [];
    const listen = (answer: () => string): Promise<RawBackend> =>
      rawBackend((socket) =>
        socket.on('data', (chunk) => {
          seen.push(chunk.toString('latin1'));
          socket.write(answer());
        }),
      );
    const other = await listen(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const first = await listen(
      () =>
        `HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${other.port}/z\r\nContent-Length: 0\r\n\r\n`,
    );
    open.push(other, first);
    const policy =
      '<policies><inbound><set-backend-service backend-id="b"/></inbound><backend><forward-request follow-redirects="true"/></backend><outbound/><on-error/></policies>';
    const [api, ...rest] = wideApi(9, policy);
    const names = { header: 'X-Api-Key', query: 'key' };
    const gateway = await startGateway([
      { ...api!, properties: { ...api!.properties, subscriptionKeyParameterNames: names } },
      ...rest,
      {
        id: '/backends/b',
        properties: {
          url: `http://127.0.0.1:${first.port}`,
          protocol: 'http',
          credentials: { header: { 'x-functions-key': ['s3'] }, query: { code: ['s4'] } },
        },
      },
      {
        id: '/subscriptions/s',
        properties: { scope: '/apis', state: 'active', primaryKeyHash: keyHash('s5') },
      },
    ]);
    open.unshift(gateway);
    const { text } = await talk(
      gateway.port,
      'GET /api/x HTTP/1.1\r\nHost: a\r\nX-Api-Key: s5\r\nX-Kept: 1\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200/);
    expect(seen[0]).toMatch(/code=s4[^]*x-functions-key: s3/i);
    expect(seen[1]).toMatch(/^GET \/z HTTP[^]*X-Kept: 1/);
    expect(seen[1]).not.toMatch(/s3|s4|s5/);
  });

  it.each(['entity', 'policy'])('goes by the proxy of the %s, wherever it leads', async (whose) => {
    const seen: string[] = [];
    const proxy = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        const text = chunk.toString('latin1');
        seen.push(text);
        socket.write(
          text.startsWith('GET http://first.example/')
            ? 'HTTP/1.1 302 Found\r\nLocation: http://second.example/z\r\nContent-Length: 0\r\n\r\n'
            : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
        );
      }),
    );
    open.push(proxy);
    const access = { url: `http://127.0.0.1:${proxy.port}`, username: 'u', password: 'p' };
    const own = `<proxy url="${access.url}" username="u" password="p"/>`;
    const policy = `<policies><inbound><set-backend-service backend-id="b"/>${whose === 'policy' ? own : ''}<set-header name="X-Many" exists-action="append"><value>1</value></set-header></inbound><backend><forward-request follow-redirects="true"/></backend><outbound/><on-error/></policies>`;
    const gateway = await startGateway([
      ...wideApi(9, policy),
      {
        id: '/backends/b',
        properties: {
          url: 'http://first.example',
          protocol: 'http',
          credentials: { header: { 'X-Two': ['a', 'b'] } },
          ...(whose === 'entity' ? { proxy: access } : {}),
        },
      },
    ]);
    open.unshift(gateway);
    const { text } = await talk(gateway.port, 'GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 200[^]*ok$/);
    expect(seen.map((one) => one.split(' HTTP/')[0])).toEqual([
      'GET http://first.example/x',
      'GET http://second.example/z',
    ]);
    expect(seen[0]).toMatch(/proxy-authorization: Basic dTpw\r\n/i);
    // Every value of a field goes through a proxy.
    expect(seen[0]?.match(/x-two: [ab]/gi)).toEqual(['X-Two: a', 'X-Two: b']);
    expect(seen[1]).not.toMatch(/x-two/i);
  });

  it('gives up on a loop and returns the last answer', async () => {
    const { text, seen } = await run(
      { '/x': 'HTTP/1.1 302 F\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n' },
      'GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    expect(text).toContain('HTTP/1.1 302');
    expect(seen).toHaveLength(11);
  });
  it('does not follow to another protocol', async () => {
    const { text } = await run(
      { '/x': 'HTTP/1.1 302 F\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n' },
      'GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    expect(text).toContain('Location: file:///etc/passwd');
  });
});
