/** Further rows of the list of known vulnerabilities, over sockets; see routing-confusion.spec.ts for the others. */
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { readSettings, SettingsError } from '@isthmus/host';
import type { Resource } from '@isthmus/artifacts';
import { gatewaySettings } from '../settings.js';
import { rawBackend, startGateway, talk } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const policies = (inbound: string, outbound = ''): string =>
  `<policies><inbound>${inbound}</inbound><backend><forward-request/></backend><outbound>${outbound}</outbound><on-error/></policies>`;
const blocked = policies(
  '<return-response><set-status code="403" reason="Blocked"/></return-response>',
);
const document = (id: string, value: string): Resource => ({
  id: `${id}/policies/policy`,
  properties: { format: 'rawxml', value },
});

function makeApi(
  name: string,
  port: number,
  policy?: string,
  templates = ['GET /*', 'POST /*'],
): Resource[] {
  const id = `/apis/${name}`;
  const properties = {
    path: name,
    serviceUrl: `http://127.0.0.1:${port}/base`,
    subscriptionRequired: false,
  };
  return [
    { id, properties },
    ...templates.map((text, index) => {
      const [method, urlTemplate] = text.split(' ');
      return {
        id: `${id}/operations/o${index}`,
        properties: { displayName: text, method, urlTemplate },
      };
    }),
    ...(policy === undefined ? [] : [document(id, policy)]),
  ];
}

describe('known vulnerabilities', () => {
  let backend: RawBackend;
  let gateway: RunningGateway;
  const seen: string[] = [];
  let answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

  async function start(resources: (port: number) => Resource[], ...flags: string[]): Promise<void> {
    backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        seen.push(chunk.toString('latin1'));
        socket.write(answer);
      }),
    );
    gateway = await startGateway(resources(backend.port), flags);
    if (gateway.server.model?.failed.length !== 0) throw new Error('the API does not compile');
  }
  afterEach(async () => {
    await gateway?.close();
    backend?.close();
    seen.length = 0;
    answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  });
  const head = (line: string, ...fields: string[]): string =>
    [`${line} HTTP/1.1`, 'Host: gateway.example', ...fields, '', ''].join('\r\n');
  const statuses = (text: string): string[] =>
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1] ?? '');
  const ask = async (target: string, ...fields: string[]): Promise<string | undefined> =>
    statuses((await talk(gateway.port, head(`GET ${target}`, ...fields), 80)).text)[0];
  const post = async (
    target: string,
    body: string,
    ...fields: string[]
  ): Promise<string | undefined> =>
    statuses(
      (
        await talk(
          gateway.port,
          head(`POST ${target}`, `Content-Length: ${Buffer.byteLength(body)}`, ...fields) + body,
          150,
        )
      ).text,
    )[0];

  it.each([
    '/%61pi/%61dmin/x',
    '/api/%41DMIN/x',
    '/api/ad%6Din/%2e%2e/admin/x',
    '/api/admin%2e/../admin/x',
    '/api/%7e/../admin/x',
  ])(
    '4 (CVE-2025-66490, CVE-2025-32431, CVE-2025-47952): %s with escaped characters meets the rule of its operation',
    async (target) => {
      await start((port) => [
        ...makeApi('api', port, undefined, ['GET /admin/*', 'GET /*']),
        document('/apis/api/operations/o0', blocked),
      ]);
      expect(await ask(target)).toBe('403');
      expect(seen).toEqual([]);
    },
  );
  it.each(['/api/a%3Bb', '/api/a%3Fb', '/api/a%23b', '/api/a%25b', '/api/a%3Fb/..%2Fadmin'])(
    '4: %s goes on as it was matched, its reserved characters escaped',
    async (target) => {
      await start((port) => [
        ...makeApi('api', port, undefined, ['GET /admin/*', 'GET /*']),
        document('/apis/api/operations/o0', blocked),
      ]);
      expect(await ask(target)).toBe('200');
      expect(seen[0]).toMatch(
        new RegExp(`^GET ${target.replace('/api', '/base').replaceAll('.', '\\.')} `),
      );
    },
  );

  it.each([
    '/api/admin/x?/public/y',
    '/api/admin/x?path=/public/y',
    '/api/admin/x?%2Fpublic%2F',
    '/api/admin/x?a=1&/../public/y',
    '/api/admin/x%3F/public/y',
  ])(
    '8 (CVE-2025-54576): %s is judged by its path alone, never by path and query',
    async (target) => {
      await start((port) => [
        ...makeApi('api', port, undefined, ['GET /public/*', 'GET /admin/*']),
        document('/apis/api/operations/o1', blocked),
      ]);
      expect(await ask(target)).toBe('403');
      expect(seen).toEqual([]);
    },
  );

  it.each([
    ['/api/admin;x', '404'],
    ['/api/admin;x=1/y', '404'],
    ['/api/admin;x/../admin/y', '403'],
    ['/api/admin/..;/public/y', '400'],
    ['/api/ADMIN/', '403'],
    ['/api/admin//y', '403'],
  ])(
    '10 (CVE-2025-69211, CVE-2026-22031, CVE-2026-2293): %s is answered %s',
    async (target, status) => {
      await start((port) => [
        ...makeApi('api', port, undefined, ['GET /admin/*', 'GET /public/*']),
        document('/apis/api/operations/o0', blocked),
      ]);
      expect(await ask(target)).toBe(status);
      expect(seen).toEqual([]);
    },
  );

  it.each(['x_user', 'X_User', 'X_USER'])(
    '13 (CVE-2026-33433, CVE-2026-54763, CVE-2025-64484): %s of a caller does not stand beside the X-User of a policy',
    async (name) => {
      await start((port) =>
        makeApi(
          'api',
          port,
          policies(
            '<set-header name="X-User" exists-action="override"><value>known</value></set-header>',
          ),
        ),
      );
      await ask('/api/x', `${name}: mine`, 'Other_Header: kept');
      expect(seen[0]?.match(/^x[-_]user: .*$/gim)?.map((line) => line.trim())).toEqual([
        'X-User: known',
      ]);
      expect(seen[0]).toMatch(/^Other_Header: kept/m);
    },
  );

  it('16 (CVE-2022-24112): a call that the gateway makes to itself keeps the address of its caller', async () => {
    const filter = policies(
      '<ip-filter action="forbid"><address>203.0.113.9</address></ip-filter>',
    );
    await start((port) => makeApi('inner', port, filter), '--trusted-proxies=127.0.0.1');
    const outer = `<set-backend-service base-url="http://127.0.0.1:${gateway.port}/inner"/>`;
    gateway.publish([
      ...makeApi('inner', backend.port, filter),
      ...makeApi('outer', 1, policies(outer)),
    ]);
    expect(await ask('/outer/x', 'X-Forwarded-For: 203.0.113.9')).toBe('403');
    expect(await ask('/outer/x', 'X-Forwarded-For: 127.0.0.1, 203.0.113.9')).toBe('403');
    expect(seen).toEqual([]);
    expect(await ask('/outer/x', 'X-Forwarded-For: 203.0.113.10')).toBe('200');
    expect(seen[0]).toMatch(/^X-Forwarded-For: 203\.0\.113\.10, 127\.0\.0\.1, 127\.0\.0\.1\r$/m);
  });

  it.each(['a\0b', 'a\rb', 'a\nb', 'a\x01b', 'a\x7fb'])(
    '18 (CVE-2019-9900): %j in a header of a caller is refused, or nothing but text to anybody',
    async (value) => {
      await start((port) => makeApi('api', port));
      const { text } = await talk(
        gateway.port,
        Buffer.from(head('GET /api/x', `X-A: ${value}`, 'X-Last: 1'), 'latin1'),
        150,
      );
      expect(statuses(text)).toEqual(['400']);
      expect(seen).toEqual([]);
    },
  );

  it.each([255, 256, 270, 511, 4096])(
    '19 (CVE-2021-40346): a header name of %i characters does not become a length',
    async (length) => {
      await start((port) => makeApi('api', port));
      const inner = 'GET /api/admin HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n';
      const name = `Content-Length0${'a'.repeat(length - 15)}`;
      const { text } = await talk(
        gateway.port,
        `${head('POST /api/x', `${name}:`, `Content-Length: ${inner.length}`)}${inner}`,
        150,
      );
      expect(statuses(text)).toEqual(['200']);
      expect(seen.join('').match(/ HTTP\/1\.1\r\n/g)?.length).toBe(2);
      expect(seen[0]).toMatch(/^POST \/base\/x HTTP/);
      expect(seen.join('')).toMatch(new RegExp(`^Content-Length: ${inner.length}\\r$`, 'im'));
    },
  );
  it('19 (CVE-2023-25725): an empty header name is refused', async () => {
    await start((port) => makeApi('api', port));
    expect(await ask('/api/x', ': x', 'X-Real: y')).toBe('400');
    expect(await ask('/api/x', ':', 'X-Real: y')).toBe('400');
    expect(seen).toEqual([]);
  });

  const chunked = head('POST /api/x', 'Transfer-Encoding: chunked');
  it.each([
    ['0_2\r\nab\r\n0\r\n\r\n', '20 (CVE-2023-47627)'],
    ['0x10\r\nab\r\n0\r\n\r\n', '20 (CVE-2023-47627)'],
    ['+5\r\nabcde\r\n0\r\n\r\n', '20 (CVE-2023-47627)'],
    ['-1\r\nab\r\n0\r\n\r\n', '20 (CVE-2023-47627)'],
    [' 2\r\nab\r\n0\r\n\r\n', '20 (CVE-2023-47627)'],
    ['2 2\r\nab\r\n0\r\n\r\n', '20 (CVE-2023-47627)'],
    ['fffffffffffffffff\r\nab\r\n0\r\n\r\n', '20 (CVE-2023-47627)'],
    ['\r\nab\r\n0\r\n\r\n', '20 (CVE-2023-47627)'],
    [`2;${'x'.repeat(20_000)}\r\nab\r\n0\r\n\r\n`, '22 (CVE-2024-22019)'],
    ['2;a\nb\r\nab\r\n0\r\n\r\n', '22 (CVE-2025-23167)'],
    ['2\r\nab\n0\r\n\r\n', '22 (CVE-2022-32213)'],
    ['2\r\nab\r0\r\n\r\n', '22 (CVE-2022-32214)'],
  ])('chunk %j is refused: %s', async (bytes) => {
    await start((port) => makeApi('api', port));
    const { text, closed } = await talk(
      gateway.port,
      `${chunked}${bytes}GET /api/smuggled HTTP/1.1\r\nHost: a\r\n\r\n`,
      250,
    );
    expect(closed).toBe(true);
    expect(statuses(text).length).toBeLessThanOrEqual(1);
    expect(['400', '500', '413', undefined]).toContain(statuses(text)[0]);
    expect(seen.join('')).not.toContain('smuggled');
  });
  it.each([
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding: identity, chunked',
    'Transfer-Encoding: chunkedchunked',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding:\tchunked\x0b',
    'Transfer-Encoding: chun\rked',
    'Transfer-Encoding\t: chunked',
    ' Transfer-Encoding: chunked',
    'Content-Length : 5',
  ])(
    '22 (CVE-2022-32213, CVE-2022-32215, CVE-2024-27982): %j cannot hide a request',
    async (field) => {
      await start((port) => makeApi('api', port));
      const { text } = await talk(
        gateway.port,
        `${head('POST /api/x', field)}0\r\n\r\nGET /api/smuggled HTTP/1.1\r\nHost: a\r\n\r\n`,
        250,
      );
      expect(statuses(text)).toEqual(['400']);
      expect(seen.join('')).not.toMatch(/^GET \/base\/smuggled/m);
    },
  );

  const validated = policies(
    '<validate-content unspecified-content-type-action="prevent" max-size="100000" size-exceeded-action="prevent" errors-variable-name="e"><content type="application/json" validate-as="json" action="prevent" schema-id="orders"/></validate-content>',
  );
  const schema: Resource = {
    id: '/schemas/orders',
    properties: {
      schemaType: 'json',
      document: {
        type: 'object',
        required: ['a'],
        additionalProperties: false,
        properties: { a: { type: 'integer' } },
      },
    },
  };
  it.each([
    'application/JSON',
    'application/JSON ;x',
    'application/json\t;x',
    'application/json ; charset=utf-8',
    ' application/json;',
    'application/json;;',
    'application/json,text/plain',
    'text/plain, application/json',
    'application/json\u00a0',
    'application /json',
    'text/plain',
    '',
  ])(
    '23 (CVE-2025-32442, CVE-2026-33806, CVE-2026-25223): validation is not skipped by Content-Type %j',
    async (type) => {
      await start((port) => [schema, ...makeApi('api', port, validated)]);
      expect(await post('/api/x', '{"a":"evil"}', `Content-Type: ${type}`)).toBe('400');
      expect(seen).toEqual([]);
    },
  );
  it('23: two Content-Type headers are refused', async () => {
    await start((port) => [schema, ...makeApi('api', port, validated)]);
    expect(
      await post(
        '/api/x',
        '{"a":"evil"}',
        'Content-Type: text/plain',
        'Content-Type: application/json',
      ),
    ).toBe('400');
    expect(await post('/api/x', '{"a":1}', 'Content-Type: application/json')).toBe('200');
    expect(seen.length).toBe(1);
  });

  it.each(['{"a":"evil","a":1}', '{"a":1,"a":"evil"}', '{"a":1,"\\u0061":"evil"}'])(
    '25 (CVE-2022-25757): what validation saw of %s is what the backend can read',
    async (body) => {
      await start((port) => [schema, ...makeApi('api', port, validated)]);
      expect(await post('/api/x', body, 'Content-Type: application/json')).toBe('400');
      expect(seen).toEqual([]);
    },
  );

  it('41 (CVE-2026-71324): a connection that was upgraded never serves another call', async () => {
    await start((port) => [
      ...makeApi('api', port),
      {
        id: '/apis/ws',
        properties: {
          path: 'ws',
          type: 'websocket',
          serviceUrl: `ws://127.0.0.1:${port}/base`,
          subscriptionRequired: false,
        },
      },
      {
        id: '/apis/ws/operations/onHandshake',
        properties: { displayName: 'h', method: 'GET', urlTemplate: '/' },
      },
    ]);
    answer =
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
    const caller = net.connect(gateway.port, '127.0.0.1', () =>
      caller.write(
        head(
          'GET /ws',
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        ),
      ),
    );
    const first = await new Promise<string>((resolve) =>
      caller.once('data', (chunk) => resolve(chunk.toString('latin1'))),
    );
    expect(first).toMatch(/^HTTP\/1\.1 101/);
    const upgraded = [...backend.sockets];
    expect(upgraded).toHaveLength(1);
    caller.destroy();
    await wait(100);
    answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    expect(await ask('/api/x')).toBe('200');
    expect(backend.sockets.has(upgraded[0]!)).toBe(false);
  });
});

describe('settings that cannot be read', () => {
  it.each([
    '--body-buffer=lots',
    '--body-buffer=1e999',
    '--max-header-size=12kb',
    '--headers-timeout=soon',
    '--max-connections=-1x',
  ])('28 (CVE-2026-12590): %s stops the start', async (flag) => {
    expect(() => readSettings(gatewaySettings, [flag], {})).toThrow(SettingsError);
  });
});
