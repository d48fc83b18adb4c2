/** Attacks on tokens whose keys come from a provider, and F15: what a provider can do to a gateway. */
import { createHash, createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import http from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const minutes = 60_000;
const realNow = Date.now.bind(Date);
const tenant = '6f3d2c1a-0000-4000-8000-000000000001';
const otherTenant = '6f3d2c1a-0000-4000-8000-000000000002';
const [first, second, third] = [0, 1, 2].map(() =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }),
) as [KeyPair, KeyPair, KeyPair];
const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

const b64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const jwk = ({ publicKey }: KeyPair, kid: string): object => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
  use: 'sig',
});
const seconds = (): number => Math.floor(Date.now() / 1000);
const claims = (more: object = {}): object => ({
  iss: `https://login.example/${tenant}/v2.0`,
  aud: 'api://orders',
  tid: tenant,
  azp: 'client-1',
  exp: seconds() + 6000,
  nbf: seconds() - 10,
  ...more,
});

/** A token; header and payload may be objects or the JSON text itself. */
function signed(
  { privateKey }: KeyPair,
  payload: unknown = claims(),
  header: unknown = { alg: 'RS256', typ: 'JWT', kid: 'k1' },
): string {
  const input = `${b64(header)}.${b64(payload)}`;
  return `${input}.${createSign('sha256').update(input).sign(privateKey).toString('base64url')}`;
}

/** An OpenID provider under the test's control. */
class Provider {
  keys: unknown[] = [jwk(first, 'k1')];
  /** Takes the place of the answer with the keys. */
  instead: ((response: ServerResponse) => void) | undefined;
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  readonly #server = http.createServer((request, response) => {
    this.asked.push(request.url ?? '');
    if (request.url?.endsWith('/openid-configuration'))
      response.end(
        JSON.stringify({
          issuer: `https://login.example/${tenant}/v2.0`,
          jwks_uri: `${this.url}/keys`,
        }),
      );
    else if (this.instead) this.instead(response);
    else response.end(JSON.stringify({ keys: this.keys }));
  });

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

describe('tokens of a provider', () => {
  let provider: Provider;
  let backend: RawBackend;
  let gateway: RunningGateway;
  let calls = 0;
  let by = 0;

  const jwtPolicy = (url: string): string =>
    `<validate-jwt header-name="Authorization" require-scheme="Bearer" failed-validation-error-message="Unauthorized"><openid-config url="${url}/.well-known/openid-configuration"/><audiences><audience>api://orders</audience></audiences></validate-jwt>`;
  const entraPolicy = (url: string): string =>
    `<validate-azure-ad-token tenant-id="${tenant}" authentication-endpoint="${url}" failed-validation-error-message="Unauthorized"><client-application-ids><application-id>client-1</application-id></client-application-ids><audiences><audience>api://orders</audience></audiences></validate-azure-ad-token>`;
  const whole = (inbound: string): string =>
    `<policies><inbound><base/>${inbound}</inbound><backend><forward-request/></backend><outbound/><on-error/></policies>`;
  const api = (path: string, inbound: string): Resource[] => [
    {
      id: `/apis/${path}`,
      properties: {
        path,
        serviceUrl: `http://127.0.0.1:${backend.port}`,
        subscriptionRequired: false,
      },
    },
    { id: `/apis/${path}/operations/g`, properties: { method: 'GET', urlTemplate: '/*' } },
    {
      id: `/apis/${path}/policies/policy`,
      properties: { format: 'rawxml', value: whole(inbound) },
    },
  ];
  /** Sets the time of day ahead. */
  const advance = (milliseconds: number): void => void (by += milliseconds);

  beforeEach(async () => {
    by = 0;
    calls = 0;
    jest.spyOn(Date, 'now').mockImplementation(() => realNow() + by);
    provider = await new Provider().listen();
    backend = await rawBackend((socket) =>
      socket.on('data', () => {
        calls++;
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }),
    );
    gateway = await startGateway(
      [...api('jwt', jwtPolicy(provider.url)), ...api('entra', entraPolicy(provider.url))],
      ['--max-header-size=100000'],
    );
    if (gateway.server.model?.failed.length !== 0) throw new Error('the APIs do not compile');
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await gateway.close();
    backend.close();
    provider.close();
  });
  const answer = async (path: string, token: string, ...fields: string[]): Promise<string> =>
    (
      await talk(
        gateway.port,
        [`GET /${path}/x HTTP/1.1`, 'Host: a', `Authorization: ${token}`, ...fields, '', ''].join(
          '\r\n',
        ),
        120,
      )
    ).text;
  const ask = async (path: string, token: string): Promise<string | undefined> =>
    /HTTP\/1\.1 (\d+)/.exec(await answer(path, `Bearer ${token}`))?.[1];

  it('takes a good token', async () => {
    expect(await ask('jwt', signed(first))).toBe('200');
    expect(await ask('entra', signed(first))).toBe('200');
  });

  /** Addresses that a token may try to have its keys fetched from; LISTED is the provider's own. */
  const addresses = [
    'http://127.0.0.1:ATTACKER/keys',
    'http://localhost:ATTACKER/keys',
    'http://LISTED@127.0.0.1:ATTACKER/keys',
    'http://127.0.0.1:ATTACKER/keys#LISTED',
    'http://127.0.0.1:ATTACKER/LISTED',
    'http://LISTED/redirect?to=http://127.0.0.1:ATTACKER/keys',
    'file:///etc/passwd',
  ];
  it.each(addresses.flatMap((address) => [['jku', address] as const, ['x5u', address] as const]))(
    '2.3: %s %s is never asked for keys',
    async (parameter, address) => {
      let asked = 0;
      const attacker = await rawBackend(() => asked++);
      const url = address
        .replace('ATTACKER', String(attacker.port))
        .replace('LISTED', provider.url.slice('http://'.length));
      await ask('jwt', signed(first));
      const before = provider.asked.length;
      const header = { alg: 'RS256', typ: 'JWT', kid: 'k1', [parameter]: url };
      const text = await answer('jwt', `Bearer ${signed(second, claims(), header)}`);
      attacker.close();
      expect(text).toMatch(/^HTTP\/1\.1 401/);
      expect([asked, provider.asked.length - before, calls]).toEqual([0, 0, 1]);
    },
  );

  it('2.3, F15: tokens with unknown key ids cause one fetch in five minutes at most', async () => {
    expect(await ask('jwt', signed(first))).toBe('200');
    const before = provider.asked.length;
    advance(6 * minutes);
    for (let index = 0; index < 20; index++)
      expect(
        await ask('jwt', signed(second, claims(), { alg: 'RS256', kid: `made-up-${index}` })),
      ).toBe('401');
    expect(provider.asked.length - before).toBe(2);
    advance(6 * minutes);
    await ask('jwt', signed(second, claims(), { alg: 'RS256', kid: 'made-up' }));
    expect(provider.asked.length - before).toBe(4);
  });

  it('2.3, F15: of two keys with one id the first counts, and no call is made for more', async () => {
    provider.keys = [jwk(first, 'k1'), jwk(second, 'k1')];
    expect(await ask('jwt', signed(first))).toBe('200');
    const before = provider.asked.length;
    expect(await ask('jwt', signed(second))).toBe('401');
    expect(await ask('jwt', signed(third))).toBe('401');
    expect(provider.asked.length).toBe(before);
  });

  it('2.3, F15: a key that was rotated away is refused once its successor is known', async () => {
    const old = signed(first);
    expect(await ask('jwt', old)).toBe('200');
    provider.keys = [jwk(second, 'k2')];
    advance(6 * minutes);
    expect(await ask('jwt', signed(second, claims(), { alg: 'RS256', kid: 'k2' }))).toBe('200');
    expect(await ask('jwt', old)).toBe('401');
  });

  it('2.3: an RSA key below 2048 bits is worth nothing', async () => {
    provider.keys = [jwk(small, 'k1')];
    expect(await ask('jwt', signed(small))).toBe('401');
  });
  it('2.3: a symmetric key among public ones does not make HS256 valid', async () => {
    provider.keys = [jwk(first, 'k1')];
    const input = `${b64({ alg: 'HS256', kid: 'k1' })}.${b64(claims())}`;
    for (const secret of ['', 'k1', JSON.stringify(jwk(first, 'k1'))]) {
      const mac = createHmac('sha256', secret).update(input).digest('base64url');
      expect(await ask('jwt', `${input}.${mac}`)).toBe('401');
    }
  });

  const good = (more: object = {}) => claims(more);
  const cases: [string, () => string][] = [
    ['exp as text', () => signed(first, good({ exp: 'tomorrow' }))],
    ['exp as a number in text', () => signed(first, good({ exp: String(seconds() + 600) }))],
    ['exp as a fraction', () => signed(first, good({ exp: seconds() + 600.5 }))],
    ['exp 2^53', () => signed(first, good({ exp: 2 ** 53 }))],
    ['exp null', () => signed(first, good({ exp: null }))],
    ['exp as a list', () => signed(first, good({ exp: [seconds() + 600] }))],
    ['exp as an object', () => signed(first, good({ exp: {} }))],
    ['exp true', () => signed(first, good({ exp: true }))],
    ['a negative exp', () => signed(first, good({ exp: -1 }))],
    ['exp 0', () => signed(first, good({ exp: 0 }))],
    ['an exp in the past as a fraction', () => signed(first, good({ exp: seconds() - 0.5 }))],
    ['nbf far ahead', () => signed(first, good({ nbf: seconds() + 3600 }))],
    ['nbf in milliseconds', () => signed(first, good({ nbf: Date.now() }))],
    ['an audience in other case', () => signed(first, good({ aud: 'API://ORDERS' }))],
    ['an audience with a blank', () => signed(first, good({ aud: ' api://orders' }))],
    ['an audience that is an object', () => signed(first, good({ aud: { 'api://orders': 1 } }))],
    ['an id token (audience is the client)', () => signed(first, good({ aud: 'client-1' }))],
    [
      'an issuer with a slash more',
      () => signed(first, good({ iss: `https://login.example/${tenant}/v2.0/` })),
    ],
    [
      'an issuer in other case',
      () => signed(first, good({ iss: `https://LOGIN.example/${tenant}/v2.0` })),
    ],
    [
      'a list of issuers',
      () => signed(first, good({ iss: [`https://login.example/${tenant}/v2.0`] })),
    ],
    [
      'an issuer template',
      () => signed(first, good({ iss: 'https://login.example/{tenantid}/v2.0' })),
    ],
    ['two algorithms', () => signed(first, claims(), '{"alg":"none","alg":"RS256","kid":"k1"}')],
    [
      'two audiences by name',
      () => signed(first, JSON.stringify(claims()).replace('"aud"', '"aud":"api://other","aud"')),
    ],
    [
      'padding in the header',
      () => {
        const [h, p, s] = signed(first).split('.');
        return `${h}==.${p}.${s}`;
      },
    ],
    [
      'padding in the payload',
      () => {
        const [h, p, s] = signed(first).split('.');
        return `${h}.${p}=.${s}`;
      },
    ],
    [
      'padding in the signature',
      () => {
        const [h, p, s] = signed(first).split('.');
        return `${h}.${p}.${s}==`;
      },
    ],
    [
      'letters of plain base64',
      () => {
        const [h, p] = signed(first).split('.');
        return `${h}.${p}.${'+/'.repeat(171)}`;
      },
    ],
    ['a tab inside', () => signed(first).replace('.', '.\t')],
    [
      'a token in a token',
      () => signed(first, JSON.stringify(signed(first)), { alg: 'RS256', kid: 'k1', cty: 'JWT' }),
    ],
    ['bits beyond the signature', () => `${signed(first)}A`],
    [
      'x5c of one who signed himself',
      () =>
        signed(second, claims(), {
          alg: 'RS256',
          x5c: [second.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')],
        }),
    ],
  ];
  it.each(cases)('2.3: refuses %s, without a hint and without a call', async (_name, token) => {
    await ask('jwt', signed(first));
    const [before, asked] = [calls, provider.asked.length];
    const text = await answer('jwt', `Bearer ${token()}`);
    expect(text).toMatch(/^HTTP\/1\.1 401/);
    expect(text).not.toMatch(/IDX|signature|expired|issuer|audience/i);
    expect([calls - before, provider.asked.length - asked]).toEqual([0, 0]);
  });
  it('2.3: refuses a token with whatever blanks around its scheme, or takes it whole', async () => {
    const token = signed(first);
    for (const field of [`Bearer${token}`, `Bearer, ${token}`, `Bearer ${token} x`])
      expect([field.slice(0, 9), await answer('jwt', field)]).toEqual([
        field.slice(0, 9),
        expect.stringMatching(/^HTTP\/1\.1 401/),
      ]);
  });
  it('2.3: refuses in a few milliseconds', async () => {
    await ask('jwt', signed(first));
    const token = signed(second);
    const times: number[] = [];
    for (let index = 0; index < 15; index++) {
      const started = performance.now();
      const response = await fetch(`http://127.0.0.1:${gateway.port}/jwt/x`, {
        headers: { authorization: `Bearer ${token}` },
      });
      times.push(performance.now() - started);
      expect(response.status).toBe(401);
    }
    expect(times.sort((a, b) => a - b)[5]).toBeLessThan(50);
  });

  const issuers: [string, object, string][] = [
    ['version 2 of its tenant', { iss: `https://login.example/${tenant}/v2.0` }, '200'],
    ['version 1 of its tenant', { iss: `https://sts.windows.net/${tenant}/` }, '200'],
    [
      'version 2 of another tenant that shares the keys',
      { iss: `https://login.example/${otherTenant}/v2.0`, tid: otherTenant },
      '401',
    ],
    [
      'version 1 of another tenant that shares the keys',
      { iss: `https://sts.windows.net/${otherTenant}/`, tid: otherTenant },
      '401',
    ],
    [
      'another tenant with the right tid',
      { iss: `https://login.example/${otherTenant}/v2.0` },
      '401',
    ],
    ['the template', { iss: 'https://login.example/{tenantid}/v2.0' }, '401'],
    [
      'version 1 in the place of version 2',
      { iss: `https://sts.windows.net/${tenant}/v2.0` },
      '401',
    ],
    ['version 2 without its end', { iss: `https://login.example/${tenant}/` }, '401'],
    ['another client', { azp: 'client-2' }, '401'],
    ['another client in version 1', { azp: undefined, appid: 'client-2' }, '401'],
    ['no client', { azp: undefined }, '401'],
    ['an id token (audience is the client)', { aud: 'client-1' }, '401'],
    ['no audience', { aud: undefined }, '401'],
  ];
  it.each(issuers)(
    '2.3: validate-azure-ad-token and an issuer of %s',
    async (_name, more, status) => {
      expect(await ask('entra', signed(first, claims(more)))).toBe(status);
    },
  );

  it('2.3: a token for one product does not open another', async () => {
    const product = (name: string): Resource[] => [
      {
        id: `/products/${name}`,
        properties: { displayName: name, state: 'published', subscriptionRequired: true },
      },
      { id: `/products/${name}/apis/shop`, properties: {} },
      {
        id: `/products/${name}/policies/policy`,
        properties: {
          format: 'rawxml',
          value: whole(jwtPolicy(provider.url).replace('api://orders', `api://${name}`)),
        },
      },
      {
        id: `/subscriptions/${name}`,
        properties: {
          scope: `/products/${name}`,
          state: 'active',
          displayName: name,
          primaryKeyHash: createHash('sha256').update(`key-${name}`).digest('hex'),
        },
      },
    ];
    gateway.publish([
      ...api('shop', '').map((one) =>
        one.id === '/apis/shop'
          ? { ...one, properties: { ...one.properties, subscriptionRequired: true } }
          : one,
      ),
      ...product('gold'),
      ...product('silver'),
    ]);
    expect(gateway.server.model?.failed).toEqual([]);
    const call = async (key: string, audience: string): Promise<string | undefined> =>
      /HTTP\/1\.1 (\d+)/.exec(
        await answer(
          'shop',
          `Bearer ${signed(first, claims({ aud: `api://${audience}` }))}`,
          `Ocp-Apim-Subscription-Key: key-${key}`,
        ),
      )?.[1];
    expect([await call('gold', 'gold'), await call('silver', 'silver')]).toEqual(['200', '200']);
    expect([await call('silver', 'gold'), await call('gold', 'silver')]).toEqual(['401', '401']);
  });

  const failures: [string, (response: ServerResponse) => void][] = [
    ['is down', (response) => void response.destroy()],
    ['answers 503', (response) => void response.writeHead(503).end('{}')],
    ['serves HTML', (response) => void response.end('<html>sign in</html>')],
    ['serves no keys', (response) => void response.end('{"keys":7}')],
    [
      'redirects',
      (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    [
      'serves 100 MB',
      (response) => {
        const block = Buffer.alloc(1 << 20, 'x');
        let left = 100;
        const write = (): void => {
          while (left-- > 0 && !response.destroyed)
            if (!response.write(block)) return void response.once('drain', write);
          response.end();
        };
        write();
      },
    ],
  ];
  it.each(failures)(
    'F15: a provider that %s is replaced by its last keys, and closes what it never had',
    async (_name, instead) => {
      expect(await ask('jwt', signed(first))).toBe('200');
      provider.instead = instead;
      advance(20 * 60 * minutes);
      expect(await ask('jwt', signed(first))).toBe('200');
      expect(await ask('jwt', signed(second))).toBe('401');
      expect(await ask('jwt', signed(third, claims(), { alg: 'RS256', kid: 'new' }))).toBe('401');
      provider.instead = undefined;
      advance(6 * minutes);
      provider.keys = [jwk(second, 'k2')];
      expect(await ask('jwt', signed(second, claims(), { alg: 'RS256', kid: 'k2' }))).toBe('200');
    },
  );
  it('F15: a slow provider is asked once, however many calls wait, and holds up no other API', async () => {
    gateway.publish([...api('jwt', jwtPolicy(provider.url)), ...api('open', '')]);
    provider.instead = (response) =>
      void setTimeout(() => response.end(JSON.stringify({ keys: provider.keys })), 500);
    const waiting = Promise.all(
      Array.from({ length: 30 }, () =>
        fetch(`http://127.0.0.1:${gateway.port}/jwt/x`, {
          headers: { authorization: `Bearer ${signed(first)}` },
        }),
      ),
    );
    const other = await fetch(`http://127.0.0.1:${gateway.port}/open/x`);
    expect(other.status).toBe(200);
    const answers = await waiting;
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(provider.asked.length).toBe(2);
  });
  it('F15: an API whose provider was never reached is closed', async () => {
    provider.instead = (response) => void response.writeHead(500).end();
    expect(await ask('jwt', signed(first))).toBe('401');
    expect(calls).toBe(0);
  });
});
