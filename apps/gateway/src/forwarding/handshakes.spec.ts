import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { Resource } from '@isthmus/artifacts';
import { WebSocketServer } from 'ws';
import { rawBackend, startGateway, talk } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const fixtures = fileURLToPath(new URL('../tls/fixtures/', import.meta.url));
const read = (name: string): Promise<string> => readFile(`${fixtures}${name}`, 'utf8');
const accept = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';
const agreed = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${accept}\r\n`;
const shake = (...fields: string[]): string =>
  [
    'GET /live?a=1 HTTP/1.1',
    'Host: gateway.example',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...fields,
    '\r\n',
  ].join('\r\n');
const wait = (time: number): Promise<void> => new Promise((done) => setTimeout(done, time));

describe('a WebSocket handshake to a backend entity', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  async function gatewayTo(
    entity: Record<string, unknown>,
    { inbound = '', forward = '', outbound = '' } = {},
    more: { resources?: Resource[]; flags?: string[] } = {},
  ): Promise<RunningGateway> {
    const value = `<policies><inbound><set-backend-service backend-id="b"/>${inbound}</inbound><backend><forward-request ${forward}/></backend><outbound>${outbound}</outbound><on-error/></policies>`;
    const gateway = await startGateway(
      [
        {
          id: '/apis/live',
          properties: {
            displayName: 'Live',
            type: 'websocket',
            path: 'live',
            serviceUrl: 'ws://127.0.0.1:9',
            subscriptionRequired: false,
          },
        },
        { id: '/apis/live/policies/policy', properties: { format: 'rawxml', value } },
        { id: '/backends/b', properties: { protocol: 'http', ...entity } },
        ...(more.resources ?? []),
      ],
      more.flags,
    );
    expect(gateway.server.model?.failed).toEqual([]);
    open.unshift(gateway);
    return gateway;
  }
  async function backend(answer: (socket: Socket, request: string) => void): Promise<RawBackend> {
    const one = await rawBackend((socket) =>
      socket.on('data', (chunk) => answer(socket, chunk.toString('latin1'))),
    );
    open.push(one);
    return one;
  }
  const url = ({ port }: { port: number }): string => `ws://127.0.0.1:${port}/base`;

  it('carries the credentials of the entity and none of the caller in their place', async () => {
    let seen = '';
    const one = await backend((socket, request) => {
      seen = request;
      socket.write(agreed);
    });
    const credentials = {
      header: { 'x-key': ['k1'] },
      query: { code: ['k2'] },
      authorization: { scheme: 'Basic', parameter: 'abc' },
    };
    const gateway = await gatewayTo({ url: url(one), credentials });
    const { text } = await talk(gateway.port, shake('X-Key: mine', 'Authorization: Bearer mine'));
    expect(text).toMatch(/^HTTP\/1\.1 101/);
    expect(seen).toMatch(/^GET \/base\?a=1&code=k2 HTTP\/1\.1\r\n/);
    expect(seen).toMatch(/x-key: k1\r\n/i);
    expect(seen).toMatch(/authorization: Basic abc\r\n/i);
    expect(seen).not.toContain('mine');
  });

  it("carries a token of the gateway's identity", async () => {
    let seen = '';
    const one = await backend((socket, request) => {
      seen = request;
      socket.write(agreed);
    });
    const token = '{"access_token":"own","token_type":"Bearer","expires_in":3600}';
    const issuer = await backend((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${token.length}\r\n\r\n${token}`),
    );
    const gateway = await gatewayTo(
      {
        url: url(one),
        credentials: { managedIdentity: { resource: 'https://backend.example' } },
      },
      {},
      {
        flags: [
          `--identity-token-url=http://127.0.0.1:${issuer.port}/token`,
          ...['--identity-client-id=gateway', '--identity-client-secret=secret'],
        ],
      },
    );
    expect((await talk(gateway.port, shake())).text).toMatch(/^HTTP\/1\.1 101/);
    expect(seen).toMatch(/authorization: Bearer own\r\n/i);
  });

  it('trips the breaker, which then answers without a call', async () => {
    let calls = 0;
    const one = await backend((socket) => {
      calls++;
      socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    });
    const rule = {
      name: 'r',
      failureCondition: { count: 2, interval: 'PT1M', statusCodeRanges: [{ min: 500, max: 599 }] },
      tripDuration: 'PT1M',
    };
    const gateway = await gatewayTo({ url: url(one), circuitBreaker: { rules: [rule] } });
    for (let index = 0; index < 2; index++)
      expect((await talk(gateway.port, shake())).text).toMatch(/^HTTP\/1\.1 503 Busy/);
    expect((await talk(gateway.port, shake())).text).toMatch(
      /^HTTP\/1\.1 503 [^]*error=destination_unavailable/,
    );
    expect(calls).toBe(2);
  });

  it('takes turns in a pool, and stays at one member by its cookie', async () => {
    const seen: string[] = [];
    const members = await Promise.all(
      ['m0', 'm1'].map((name) =>
        backend((socket) => {
          seen.push(name);
          socket.write(agreed);
        }),
      ),
    );
    const resources = members.map((one, at) => ({
      id: `/backends/m${at}`,
      properties: { url: url(one), protocol: 'http' },
    }));
    const pool = {
      services: [{ id: '/backends/m0' }, { id: '/backends/m1' }],
      sessionAffinity: { sessionId: { source: 'Cookie', name: 'sid' } },
    };
    const gateway = await gatewayTo({ type: 'Pool', pool }, {}, { resources });
    const first = (await talk(gateway.port, shake(), 100)).text;
    await talk(gateway.port, shake(), 100);
    expect([...seen].sort()).toEqual(['m0', 'm1']);
    const cookie = /Set-Cookie: (sid=[^;]+)/i.exec(first)?.[1] ?? 'none';
    for (let index = 0; index < 3; index++)
      expect((await talk(gateway.port, shake(`Cookie: ${cookie}`), 100)).text).toMatch(
        /^HTTP\/1\.1 101/,
      );
    expect(seen.slice(2)).toEqual([seen[0], seen[0], seen[0]]);
  });

  async function secureBackend(): Promise<{ port: number; shown: string[] }> {
    const shown: string[] = [];
    const server = https.createServer({
      cert: await read('one.crt'),
      key: await read('one.key'),
      ca: await read('client.crt'),
      requestCert: true,
      rejectUnauthorized: false,
    });
    new WebSocketServer({ server }).on('connection', (socket, request) => {
      shown.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    });
    return { port: (server.address() as AddressInfo).port, shown };
  }

  it('verifies certificates unless the entity says otherwise, and shows the client certificate of the gateway', async () => {
    const { port, shown } = await secureBackend();
    const certificate = {
      id: '/certificates/c',
      properties: {
        data: Buffer.from((await read('client.crt')) + (await read('client.key'))).toString(
          'base64',
        ),
      },
    };
    const credentials = { certificateIds: ['/certificates/c'] };
    const resources = [certificate];
    const address = `wss://127.0.0.1:${port}`;
    const strict = await gatewayTo({ url: address, credentials }, {}, { resources });
    expect((await talk(strict.port, shake())).text).toMatch(
      /^HTTP\/1\.1 500[^]*error=tls_certificate_error/,
    );
    expect(shown).toEqual([]);
    const tls = { validateCertificateChain: false, validateCertificateName: false };
    const trusting = await gatewayTo({ url: address, credentials, tls }, {}, { resources });
    expect((await talk(trusting.port, shake())).text).toMatch(/^HTTP\/1\.1 101/);
    expect(shown).toEqual(['client.example']);
    // The chain alone is not verified: the name still is.
    const named = await gatewayTo(
      { url: address, tls: { validateCertificateChain: false } },
      {},
      { resources },
    );
    expect((await talk(named.port, shake())).text).toMatch(/^HTTP\/1\.1 500/);
    const policy = await gatewayTo(
      { url: address, tls },
      { inbound: '<authentication-certificate certificate-id="c"/>' },
      { resources },
    );
    expect((await talk(policy.port, shake())).text).toMatch(/^HTTP\/1\.1 101/);
    expect(shown).toEqual(['client.example', 'client.example']);
  });

  it('ends at the time limit of forward-request', async () => {
    const one = await backend(() => {});
    const gateway = await gatewayTo({ url: url(one) }, { forward: 'timeout-ms="150"' });
    const started = performance.now();
    expect((await talk(gateway.port, shake())).text).toMatch(
      /^HTTP\/1\.1 500[^]*error=http_response_timeout/,
    );
    expect(performance.now() - started).toBeLessThan(3000);
    for (let index = 0; index < 20 && one.sockets.size > 0; index++) await wait(20);
    expect(one.sockets.size).toBe(0);
  });

  it.each(['ws', 'wss'])('goes through a tunnel of the proxy (%s)', async (scheme) => {
    const asked: string[] = [];
    const proxy = http.createServer().on('connect', (request, socket: Socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
      const target = net.connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(target).pipe(socket);
      });
      for (const one of [socket, target])
        one
          .on('error', () => one.destroy())
          .on('close', () => (socket.destroy(), target.destroy()));
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => (proxy.close(), proxy.closeAllConnections()) });
    const plain = await backend((socket) => socket.write(agreed));
    const port = scheme === 'ws' ? plain.port : (await secureBackend()).port;
    const gateway = await gatewayTo({
      url: `${scheme}://127.0.0.1:${port}`,
      tls: { validateCertificateChain: false, validateCertificateName: false },
      proxy: {
        url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        username: 'u',
        password: 'p',
      },
    });
    expect((await talk(gateway.port, shake())).text).toMatch(/^HTTP\/1\.1 101/);
    expect(asked).toEqual([`127.0.0.1:${port} Basic dTpw`]);
  });

  it.each([
    ['an Sec-WebSocket-Accept that does not fit', agreed.replace('s3pP', 's4pP')],
    ['no Sec-WebSocket-Accept', agreed.replace(accept, '')],
    ['two of them', agreed.replace(accept, accept + accept)],
    ['another protocol', agreed.replace('websocket', 'h2c')],
    ['no protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['extensions', agreed.replace(accept, `${accept}Sec-WebSocket-Extensions: x\r\n`)],
  ])('is 502 where the 101 of the backend has %s', async (_what, answer) => {
    const one = await backend((socket) => socket.write(answer));
    const gateway = await gatewayTo({ url: url(one) });
    const { text, closed } = await talk(gateway.port, shake());
    expect(text).toMatch(
      /^HTTP\/1\.1 502 Bad Gateway\r\n[^]*error=http_protocol_error[^]*\{ "statusCode": 502, "message": "/,
    );
    expect(closed).toBe(true);
    for (let index = 0; index < 20 && one.sockets.size > 0; index++) await wait(20);
    expect(one.sockets.size).toBe(0);
  });

  it.each([
    ['401 Unauthorized', 'WWW-Authenticate: Bearer\r\nContent-Length: 2\r\n\r\nno'],
    ['404 Not Found', 'Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'],
    ['200 OK', 'Content-Length: 2\r\n\r\nno'],
    ['426 Upgrade Required', 'Sec-WebSocket-Version: 8\r\nContent-Length: 2\r\n\r\nno'],
  ])('gives a %s of the backend to the caller', async (status, rest) => {
    const one = await backend((socket) => socket.write(`HTTP/1.1 ${status}\r\n${rest}`));
    const gateway = await gatewayTo({ url: url(one) });
    const { text, closed } = await talk(gateway.port, shake());
    expect(text.startsWith(`HTTP/1.1 ${status}\r\n`)).toBe(true);
    expect(text).toMatch(/no(\r\n0\r\n\r\n)?$/);
    expect(text.includes('WWW-Authenticate: Bearer\r\n')).toBe(status.startsWith('401'));
    expect(closed).toBe(true);
    for (let index = 0; index < 20 && one.sockets.size > 0; index++) await wait(20);
    expect(one.sockets.size).toBe(0);
  });

  it('leaves no connection behind when its caller goes, or a policy answers in its place', async () => {
    const late = await backend((socket) => setTimeout(() => socket.write(agreed), 200));
    const gateway = await gatewayTo({ url: url(late) });
    const caller = net.connect(gateway.port, '127.0.0.1', () => caller.write(shake()));
    for (let index = 0; index < 100 && late.sockets.size === 0; index++) await wait(10);
    expect(late.sockets.size).toBe(1);
    caller.destroy();
    for (let index = 0; index < 50 && late.sockets.size > 0; index++) await wait(10);
    expect(late.sockets.size).toBe(0);
    const prompt = await backend((socket) => socket.write(agreed));
    const other = await gatewayTo(
      { url: url(prompt) },
      { outbound: '<return-response><set-status code="410" reason="Gone"/></return-response>' },
    );
    expect((await talk(other.port, shake())).text).toMatch(/^HTTP\/1\.1 410/);
    for (let index = 0; index < 50 && prompt.sockets.size > 0; index++) await wait(10);
    expect(prompt.sockets.size).toBe(0);
  });

  it('passes frames both ways, those included that come with the handshake', async () => {
    const one = await backend((socket, text) =>
      socket.write(text.startsWith('GET') ? `${agreed}first` : `echo:${text}`),
    );
    const gateway = await gatewayTo({ url: url(one) });
    const { text } = await talk(gateway.port, `${shake()}early`);
    expect(text.endsWith('\r\n\r\nfirstecho:early')).toBe(true);
  });
});
