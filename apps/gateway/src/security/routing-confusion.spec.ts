/** The rows of the list of known vulnerabilities that a gateway's paths, headers and bodies can repeat; each test names its model. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const policies = (inbound: string, outbound = ''): string =>
  `<policies><inbound>${inbound}</inbound><backend><forward-request/></backend><outbound>${outbound}</outbound><on-error/></policies>`;
const blocked = policies(
  '<return-response><set-status code="403" reason="Blocked"/></return-response>',
);

function makeApi(
  name: string,
  path: string,
  port: number,
  more: {
    policy?: string;
    operations?: Record<string, string>;
    policyOf?: Record<string, string>;
  } = {},
): Resource[] {
  const operations = Object.entries(more.operations ?? { all: 'GET /*', write: 'POST /*' });
  return [
    {
      id: `/apis/${name}`,
      properties: {
        displayName: name,
        path,
        serviceUrl: `http://127.0.0.1:${port}/base/${name}`,
        subscriptionRequired: false,
      },
    },
    ...operations.map(([id, text]) => ({
      id: `/apis/${name}/operations/${id}`,
      properties: { displayName: id, method: text.split(' ')[0], urlTemplate: text.split(' ')[1] },
    })),
    ...(more.policy
      ? [
          {
            id: `/apis/${name}/policies/policy`,
            properties: { format: 'rawxml', value: more.policy },
          },
        ]
      : []),
    ...Object.entries(more.policyOf ?? {}).map(([id, value]) => ({
      id: `/apis/${name}/operations/${id}/policies/policy`,
      properties: { format: 'rawxml', value },
    })),
  ];
}

describe('a gateway cannot be talked around', () => {
  let backend: RawBackend;
  let gateway: RunningGateway;
  const seen: string[] = [];

  async function start(resources: (port: number) => Resource[], ...flags: string[]): Promise<void> {
    backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        seen.push(chunk.toString('latin1'));
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }),
    );
    gateway = await startGateway(resources(backend.port), flags);
  }
  afterEach(async () => {
    await gateway.close();
    backend.close();
    seen.length = 0;
  });
  const ask = async (target: string, ...fields: string[]): Promise<string> => {
    const { text } = await talk(
      gateway.port,
      [`GET ${target} HTTP/1.1`, 'Host: gateway.example', ...fields, '', ''].join('\r\n'),
      80,
    );
    return /HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? '';
  };
  const status = (text: string): string | undefined => /HTTP\/1\.1 (\d+)/.exec(text)?.[1];

  it.each([
    '/api/internal/x',
    '//api/internal/x',
    '/api//internal/x',
    '/api/./internal/x',
    '/api/%2e/internal/x',
    '/%61pi/internal/x',
    '/api/%69nternal/x',
    '/API/INTERNAL/x',
    '/api/public/../internal/x',
    '/api/public/%2e%2e/internal/x',
    '/api/internal/x?y=/public',
    '/api/internal/',
    '/api/internal',
  ])(
    '1, 2, 9, 10 (CVE-2021-43557, CVE-2019-9901, CVE-2026-33494, CVE-2025-69211): %s meets the rule of its operation',
    async (target) => {
      await start((port) =>
        makeApi('api', 'api', port, {
          operations: { internal: 'GET /internal/*', rest: 'GET /*' },
          policyOf: { internal: blocked },
        }),
      );
      expect(await ask(target)).toBe('403');
      expect(seen).toEqual([]);
    },
  );

  it('3 (CVE-2021-29492): an encoded slash means the same for matching and forwarding', async () => {
    await start((port) =>
      makeApi('api', 'api', port, {
        operations: { internal: 'GET /internal/*', one: 'GET /{id}' },
        policyOf: { internal: blocked },
      }),
    );
    expect(await ask('/api/internal%2Fx')).toBe('200');
    expect(seen[0]).toMatch(/^GET \/base\/api\/internal%2Fx /);
  });
  it('3: decoded, it meets the rule of the path that it makes', async () => {
    await start(
      (port) =>
        makeApi('api', 'api', port, {
          operations: { internal: 'GET /internal/*', one: 'GET /{id}' },
          policyOf: { internal: blocked },
        }),
      '--encoded-slashes=decode',
    );
    expect(await ask('/api/internal%2Fx')).toBe('403');
    expect(await ask('/api/public%2F..%2Finternal%2Fx')).toBe('403');
    expect(await ask('/api/internal%5Cx')).toBe('403');
  });
  it('3: refused, it is a bad request', async () => {
    await start((port) => makeApi('api', 'api', port), '--encoded-slashes=refuse');
    expect(await ask('/api/internal%2Fx')).toBe('400');
    expect(await ask('/api/internal%5cx')).toBe('400');
  });

  it.each([
    '/open/../closed/x',
    '/open/%2e%2e/closed/x',
    '/open/x/../../closed/x',
    '/open//../closed/x',
  ])(
    '5 (CVE-2026-48020, CVE-2026-40912): %s does not land in another space behind a public route',
    async (target) => {
      await start((port) => [
        ...makeApi('open', 'open', port),
        ...makeApi('closed', 'closed', port, { policy: blocked }),
      ]);
      expect(await ask(target)).toBe('403');
      expect(seen).toEqual([]);
    },
  );

  it.each(['/../../other', '/a/../../../other', '/%2e%2e/other', '//other'])(
    '6 (CVE-2026-65600, CVE-2026-67309): a rewrite to %s cannot climb above the backend',
    async (template) => {
      await start((port) =>
        makeApi('api', 'api', port, { policy: policies(`<rewrite-uri template="${template}"/>`) }),
      );
      const answer = await ask('/api/x');
      const path = /^GET (\S+)/.exec(seen[0] ?? '')?.[1];
      expect(answer).toBe('200');
      expect(path).toMatch(/^\/base\/api/);
      expect(path ?? '').not.toMatch(/\.\.|%2e%2e/i);
    },
  );

  it('7 (CVE-2023-47106, CVE-2021-32779): a raw hash is a bad request', async () => {
    await start((port) => makeApi('api', 'api', port));
    expect(await ask('/api/x#/../admin')).toBe('400');
    expect(await ask('/api/x?a=1#b')).toBe('400');
  });

  it('12 (CVE-2021-32813, CVE-2024-45410): Connection does not remove what policies add', async () => {
    await start((port) =>
      makeApi('api', 'api', port, {
        policy: policies(
          '<set-header name="X-User" exists-action="override"><value>known</value></set-header>',
        ),
      }),
    );
    await ask('/api/x', 'Connection: X-User, x-forwarded-for, close', 'X-User: mine');
    expect(seen[0]).toMatch(/^X-User: known\r$/m);
    expect(seen[0]).toMatch(/^X-Forwarded-For: 127\.0\.0\.1\r$/m);
  });
  it('13, 14 (CVE-2026-33433, CVE-2025-64484): an identity header of the caller is replaced in every case', async () => {
    await start((port) =>
      makeApi('api', 'api', port, {
        policy: policies(
          '<set-header name="X-User" exists-action="override"><value>known</value></set-header>',
        ),
      }),
    );
    await ask('/api/x', 'x-user: mine', 'X-USER: mine too');
    expect(seen[0]?.match(/x-user: .*/gi)).toEqual(['X-User: known']);
  });

  it.each([
    [[], '127.0.0.1'],
    [['--trusted-proxies=127.0.0.1'], '203.0.113.9'],
  ])(
    '15 (CVE-2026-39858, CVE-2026-3635): X-Forwarded-For counts only from listed proxies (%j)',
    async (flags, address) => {
      await start(
        (port) =>
          makeApi('api', 'api', port, {
            policy: policies(
              '<set-header name="X-Seen"><value>@(context.Request.IpAddress)</value></set-header>',
            ),
          }),
        ...flags,
      );
      await ask(
        '/api/x',
        'X-Forwarded-For: 10.0.0.1, 203.0.113.9',
        'X-Forwarded-Proto: https',
        'X-Real-IP: 10.0.0.1',
        'Forwarded: for=10.0.0.1',
      );
      expect(seen[0]).toMatch(new RegExp(`^X-Seen: ${address}\\r$`, 'm'));
    },
  );
  it('15: a trusted proxy tells scheme and host as well', async () => {
    await start(
      (port) =>
        makeApi('api', 'api', port, {
          policy: policies(
            '<set-header name="X-Seen"><value>@(context.Request.OriginalUrl.ToString())</value></set-header>',
          ),
        }),
      '--trusted-proxies=127.0.0.1',
    );
    await ask('/api/x', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.example');
    expect(seen[0]).toMatch(/^X-Seen: https:\/\/shop\.example(:443)?\/api\/x/m);
  });
  it('17 (CVE-2024-39321): ip-filter sees IPv4 in every spelling', async () => {
    await start(
      (port) =>
        makeApi('api', 'api', port, {
          policy: policies('<ip-filter action="forbid"><address>1.2.3.4</address></ip-filter>'),
        }),
      '--trusted-proxies=127.0.0.1',
    );
    expect(await ask('/api/x', 'X-Forwarded-For: 1.2.3.4')).toBe('403');
    expect(await ask('/api/x', 'X-Forwarded-For: ::ffff:1.2.3.4')).toBe('403');
    expect(await ask('/api/x', 'X-Forwarded-For: [::ffff:102:304]:99')).toBe('403');
    expect(await ask('/api/x', 'X-Forwarded-For: 1.2.3.5')).toBe('200');
  });

  it.each(['a\\r\\nX-Evil: 1', 'a\\nX-Evil: 1', 'a\\0b', 'a\\rb'])(
    '18 (CVE-2019-9900): an expression cannot put %j into a header',
    async (text) => {
      const policy = policies(
        `<set-header name="X-A"><value>@("${text}")</value></set-header>`,
        `<set-header name="X-B"><value>@("${text}")</value></set-header>`,
      );
      await start((port) => makeApi('api', 'api', port, { policy }));
      const { text: answer } = await talk(
        gateway.port,
        'GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n',
        80,
      );
      expect(seen.join('')).not.toMatch(/^x-evil/im);
      expect(answer).not.toMatch(/^x-evil/im);
      expect(answer + seen.join('')).not.toContain('\0');
    },
  );
  it('21 (CVE-2026-1525): a policy cannot make a second Content-Length', async () => {
    const policy = policies(
      '<set-header name="content-length"><value>99</value></set-header><set-header name="Transfer-Encoding"><value>chunked</value></set-header><set-body>hello</set-body>',
    );
    await start((port) => makeApi('api', 'api', port, { policy }));
    await talk(gateway.port, 'POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi', 80);
    expect(
      seen
        .join('')
        .match(/content-length: \d+/gi)
        ?.map((one) => one.toLowerCase()) ?? ['content-length: 5'],
    ).toEqual(['content-length: 5']);
    expect(seen.join('')).not.toMatch(/transfer-encoding/i);
  });
  it('24 (CVE-2026-50197): a rule about bodies holds for chunked ones and for those above the buffer', async () => {
    const check =
      '<choose><when condition="@(context.Request.Body.As&lt;string&gt;(preserveContent: true).Contains(&quot;evil&quot;))"><return-response><set-status code="403" reason="No"/></return-response></when></choose>'
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"');
    await start(
      (port) => makeApi('api', 'api', port, { policy: policies(check) }),
      '--body-buffer=1000',
    );
    const chunked = await talk(
      gateway.port,
      'POST /api/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nev\r\n2\r\nil\r\n0\r\n\r\n',
      80,
    );
    expect(status(chunked.text)).toBe('403');
    const large = await talk(
      gateway.port,
      `POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n${'x'.repeat(2996)}evil`,
      150,
    );
    expect(['413', '500']).toContain(status(large.text));
    expect(seen).toEqual([]);
  });
  it('26 (CVE-2022-38580): no header of a caller chooses the backend', async () => {
    await start((port) => makeApi('api', 'api', port));
    for (const field of [
      'X-Backend-Url: http://evil.example',
      'X-Original-URL: /admin',
      'X-Rewrite-URL: /admin',
      'X-Forwarded-Prefix: /admin',
      'X-HTTP-Method-Override: DELETE',
    ])
      expect(await ask('/api/x', field)).toBe('200');
    expect(seen.every((one) => one.startsWith('GET /base/api/x HTTP/1.1'))).toBe(true);
    expect(seen.join('')).not.toMatch(/x-(original|rewrite)-url/i);
  });
  it('27 (CVE-2025-32996): a malformed body cannot end the process', async () => {
    await start((port) =>
      makeApi('api', 'api', port, {
        policy: policies('<set-variable name="b" value="@(context.Request.Body.As<JObject>())"/>'),
      }),
    );
    for (const body of ['{', '\xff\xfe', '[1]', '{"a":'.repeat(2000)]) {
      const { text } = await talk(
        gateway.port,
        Buffer.from(
          `POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
          'latin1',
        ),
        80,
      );
      expect(status(text)).toBe('500');
    }
    expect(await ask('/status-0123456789abcdef')).toBe('200');
  });
  it('42 (CVE-2026-54762): an API whose secret is missing is closed', async () => {
    await start((port) => [
      ...makeApi('api', 'api', port, {
        policy: policies('<set-header name="K"><value>{{gone}}</value></set-header>'),
      }),
      ...makeApi('other', 'other', port),
    ]);
    expect(await ask('/api/x')).toBe('404');
    expect(await ask('/other/x')).toBe('200');
  });
  it('45 (CVE-2022-23469): keys and tokens are in no log line', async () => {
    await start((port) => makeApi('api', 'api', port));
    await ask(
      '/api/x?subscription-key=SECRET1',
      'Ocp-Apim-Subscription-Key: SECRET2',
      'Authorization: Bearer SECRET3',
      'Cookie: a=SECRET4',
    );
    await wait(30);
    expect(JSON.stringify(gateway.log)).toContain('/api/x');
    expect(JSON.stringify(gateway.log)).not.toContain('SECRET');
  });
  it('51 (CVE-2026-34457): nothing about a caller skips the key', async () => {
    await start((port) =>
      makeApi('api', 'api', port).map((one) =>
        one.id === '/apis/api'
          ? { ...one, properties: { ...one.properties, subscriptionRequired: true } }
          : one,
      ),
    );
    for (const agent of ['kube-probe/1.30', 'GoogleHC/1.0', 'ELB-HealthChecker/2.0'])
      expect(await ask('/api/x', `User-Agent: ${agent}`)).toBe('401');
    expect(seen).toEqual([]);
  });
  it('56 (CVE-2026-25949): a head that never ends meets its deadline', async () => {
    await start(
      (port) => makeApi('api', 'api', port),
      '--headers-timeout=300ms',
      '--request-timeout=600ms',
    );
    const { text, closed } = await talk(
      gateway.port,
      'GET /api/x HTTP/1.1\r\nHost: a\r\nX-A: ',
      7000,
    );
    expect(closed).toBe(true);
    expect(text).toMatch(/^HTTP\/1\.1 408/);
  }, 15_000);
});
