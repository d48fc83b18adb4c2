import { spawn } from 'node:child_process';
import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http, { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post, Req, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { BearerStrategy } from 'passport-azure-ad';
import request from 'supertest';
import {
  EntraModule,
  EntraStrategy,
  OpenRoute,
  RequiresRole,
  SigningKeys,
  type EntraOptions,
  type Principal,
} from './index.js';

const tenant = '11111111-2222-3333-4444-555555555555';
const otherTenant = '99999999-2222-3333-4444-555555555555';
const audience = 'api://isthmus';

type Payload = Record<string, unknown>;
interface Key {
  readonly kid: string;
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly jwk: Record<string, unknown>;
}
const makeKey = async (kid: string, modulusLength = 2048): Promise<Key> => {
  const pair = await generateKeyPair('RS256', { extractable: true, modulusLength });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid, use: 'sig' };
  return { kid, privateKey: pair.privateKey, jwk };
};

/** What the fake identity provider answers; each test changes what it needs. */
let algorithms = ['RS256'];
let published: Record<string, unknown>[] = [];
let answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
let fetches = 0;
let issuer = '';
const provider = createServer((incoming, response) => {
  if (answer) return answer(incoming, response);
  if (incoming.url?.includes('/keys')) {
    fetches += 1;
    response.end(JSON.stringify({ keys: published }));
    return;
  }
  response.end(
    JSON.stringify({
      issuer,
      jwks_uri: `${issuer}/keys`,
      id_token_signing_alg_values_supported: algorithms,
    }),
  );
});

let key: Key;
const token = (claims: Payload = {}, header: object = {}, by = key): Promise<string> =>
  new SignJWT({
    iss: issuer,
    aud: audience,
    tid: tenant,
    ver: '2.0',
    azp: 'client',
    oid: 'object',
    roles: ['Isthmus.Reader'],
    exp: Math.floor(Date.now() / 1000) + 300,
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: by.kid, ...header })
    .sign(by.privateKey);

/** HS256 over the public key's PEM: what an attacker can make who knows only public things. */
const forged = (): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT', kid: key.kid })}.${part({
    iss: issuer,
    aud: audience,
    tid: tenant,
    ver: '2.0',
    azp: 'client',
    oid: 'object',
    roles: ['Isthmus.Admin'],
    exp: Math.floor(Date.now() / 1000) + 300,
  })}`;
  const pem = pkcs1Pem();
  return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
};
/** The PEM text that the library makes of the key, byte for byte. */
const pkcs1Pem = (): string =>
  createPublicKey({ key: key.jwk as never, format: 'jwk' })
    .export({ type: 'pkcs1', format: 'pem' })
    .toString();

type Outcome = 'accepted' | 'refused' | 'unavailable' | 'pending';
const entra = (over: Partial<EntraOptions> = {}, keys: object = {}): EntraStrategy =>
  new EntraStrategy({
    issuer,
    tenants: [tenant],
    audience: [audience],
    keys: new SigningKeys({
      metadataUrl: `${issuer}/.well-known/openid-configuration`,
      allowHttp: true,
      timeout: 300,
      ...keys,
    }),
    ...over,
  });
const bearer = (value: string) => ({ headers: { authorization: `Bearer ${value}` } });
const ours = async (value: string, strategy = entra()): Promise<Outcome> =>
  strategy.principal(bearer(value)).then(
    () => 'accepted',
    (error: { status?: number }) => (error.status === 503 ? 'unavailable' : 'refused'),
  );

/** The library as its manual says to use it. Plain http stands in for https, which it insists on. */
const bare = (value: string): Promise<Outcome> =>
  bareWith(new (BearerStrategy as never as BareClass)(bareOptions(), bareVerify), value);
type BareClass = new (options: object, verify: unknown) => object;
const bareOptions = (): object => ({
  identityMetadata: `${issuer.replace('http:', 'https:')}/.well-known/openid-configuration`,
  clientID: 'isthmus',
  audience: [audience],
  issuer: [issuer],
  loggingLevel: 'fatal',
});
const bareVerify = (claims: object, done: (error: null, user: object) => void): void =>
  done(null, claims);
const bareWith = async (strategy: object, value: string): Promise<Outcome> => {
  const attempt = Object.create(strategy) as Record<string, unknown>;
  const outcome = new Promise<Outcome>((resolve) => {
    attempt['success'] = () => resolve('accepted');
    attempt['fail'] = () => resolve('refused');
    attempt['error'] = () => resolve('unavailable');
    (attempt['authenticate'] as (request: object) => void)(bearer(value));
  });
  return Promise.race([outcome, sleep(1500, 'pending' as const, { ref: false })]);
};

const original = { get: https.get, request: https.request };
beforeAll(async () => {
  const overHttp =
    (call: typeof http.get) =>
    (url: string, _options: object, callback: (response: IncomingMessage) => void) =>
      call(url.replace('https:', 'http:'), callback);
  https.get = overHttp(http.get) as never;
  https.request = overHttp(http.request) as never;
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  key = await makeKey('key-1');
});
beforeEach(() => {
  // A new tenant path for each test, so that the library's process-wide metadata cache starts empty.
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/${randomUUID()}/v2.0`;
  algorithms = ['RS256'];
  published = [key.jwk];
  answer = undefined;
  fetches = 0;
});
afterAll(() => {
  Object.assign(https, original);
  provider.closeAllConnections();
  provider.close();
});

describe('the holes of the bare library, and ours closed', () => {
  it('both accept a good token', async () => {
    expect(await bare(await token())).toBe('accepted');
    expect(await ours(await token())).toBe('accepted');
  });

  it('HS256 forgery with the public key, when the metadata list HS256', async () => {
    algorithms = ['RS256', 'HS256'];
    expect(await bare(forged())).toBe('accepted');
    expect(await ours(forged())).toBe('refused');
  });

  it('key endpoint answers 503 and HTML: the bare library ends the process', async () => {
    answer = (incoming, response) => {
      if (!incoming.url?.includes('/keys'))
        return void response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
      response.statusCode = 503;
      response.end('<html>');
    };
    const value = await token();
    const program = `
      import http from 'node:http'; import https from 'node:https'; import { createRequire } from 'node:module';
      https.get = https.request = (url, options, callback) => http.request(url.replace('https:', 'http:'), callback);
      const { BearerStrategy } = createRequire(${JSON.stringify(import.meta.url)})('passport-azure-ad');
      const attempt = Object.create(new BearerStrategy(${JSON.stringify(bareOptions())}, (c, done) => done(null, c)));
      attempt.success = attempt.fail = attempt.error = () => {};
      setTimeout(() => { console.log('alive'); process.exit(0); }, 1500);
      attempt.authenticate(${JSON.stringify(bearer(value))});`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, died: /SyntaxError/.test(output) }).toEqual({ code: 1, died: true });
    expect(await ours(value)).toBe('unavailable');
  });

  it('discovery fails: the bare library says 401, as if the token were wrong', async () => {
    answer = (_incoming, response) => {
      response.statusCode = 500;
      response.end('<html>');
    };
    expect(await bare(await token())).toBe('refused');
    expect(await ours(await token())).toBe('unavailable');
  });

  it('provider that never answers: the bare library waits for ever', async () => {
    answer = () => undefined;
    expect(await bare(await token())).toBe('pending');
    expect(await ours(await token())).toBe('unavailable');
  });

  it('keys rotate: the bare library does not fetch them again', async () => {
    const library = new (BearerStrategy as never as BareClass)(bareOptions(), bareVerify);
    const strategy = entra();
    const first = await token();
    expect([await bareWith(library, first), await ours(first, strategy)]).toEqual([
      'accepted',
      'accepted',
    ]);
    const next = await makeKey('key-2');
    published = [next.jwk];
    const second = await token({}, {}, next);
    expect(await bareWith(library, second)).toBe('refused');
    expect(await ours(second, strategy)).toBe('accepted');
    expect(await ours(first, strategy)).toBe('refused'); // revoked with the rotation
  });

  it.each<[string, Payload]>([
    ['the token of another tenant', { tid: otherTenant }],
    ['a token without tenant', { tid: undefined }],
    ['a v1.0 token', { ver: '1.0' }],
    ['an ID token of the same client', { azp: undefined, nonce: 'n' }],
    ['an ID token that names azp', { nonce: 'n' }],
    ['an ID token from the code flow', { at_hash: 'h' }],
    ['a token that grants nothing', { roles: [] }],
  ])('%s', async (_name, claims) => {
    const value = await token(claims);
    expect([await bare(value), await ours(value)]).toEqual(['accepted', 'refused']);
  });

  it('a token in the request body', async () => {
    const value = await token();
    const attempt = Object.create(
      new (BearerStrategy as never as BareClass)(bareOptions(), bareVerify),
    ) as Record<string, unknown>;
    const outcome = new Promise((resolve) => {
      attempt['success'] = () => resolve('accepted');
      attempt['fail'] = attempt['error'] = () => resolve('refused');
      (attempt['authenticate'] as (request: object) => void)({
        headers: {},
        body: { access_token: value },
      });
    });
    expect(await outcome).toBe('accepted');
    await expect(
      entra().principal({ headers: {}, body: { access_token: value } } as never),
    ).rejects.toMatchObject({ status: 401 });
  });
});

describe('EntraStrategy', () => {
  const now = Math.floor(Date.now() / 1000);
  it.each<[string, Payload, object]>([
    ['another audience', { aud: 'api://other' }, {}],
    ['two audiences', { aud: [audience, 'api://other'] }, {}],
    ['part of the audience', { aud: audience.slice(0, -1) }, {}],
    ['another issuer', { iss: 'https://login.example/v2.0' }, {}],
    ['the issuer with a trailing slash', { iss: 'SLASH' }, {}],
    ['an expired token', { exp: now - 120 }, {}],
    ['a token that never expires', { exp: undefined }, {}],
    ['a textual expiry', { exp: '9999999999' }, {}],
    ['a token of the future', { nbf: now + 3600 }, {}],
    ['typ at+jwt', {}, { typ: 'at+jwt' }],
    ['no typ', {}, { typ: undefined }],
    ['no kid', {}, { kid: undefined }],
    ['another kid', {}, { kid: 'nobody' }],
    ['a kid that is a path', {}, { kid: '../../etc/passwd' }],
    ['a kid that is __proto__', {}, { kid: '__proto__' }],
    ['a very long kid', {}, { kid: 'k'.repeat(10_000) }],
    ['x5t that names another key', {}, { x5t: 'other' }],
  ])('refuses %s', async (_name, claims, header) => {
    const over = claims['iss'] === 'SLASH' ? { ...claims, iss: `${issuer}/` } : claims;
    expect(await ours(await token(over, header))).toBe('refused');
  });

  it('refuses forged headers', async () => {
    const [, payload, signature] = (await token()).split('.') as [string, string, string];
    const header = (value: object | string): string =>
      Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
    const base = { alg: 'RS256', typ: 'JWT', kid: key.kid };
    const strategy = entra();
    for (const one of [
      ...['none', 'None', 'nOnE', '', 'HS256', 'PS256', 'ES256', 'RS512'].map((alg) => ({
        ...base,
        alg,
      })),
      { ...base, crit: ['exp'] },
      { ...base, crit: [] },
      { ...base, b64: false },
      { ...base, jku: 'https://evil.example/keys' },
      { ...base, jwk: key.jwk },
      'not json',
      'null',
      '[]',
    ]) {
      expect(await ours(`${header(one)}.${payload}.${signature}`, strategy)).toBe('refused');
      expect(await ours(`${header(one)}.${payload}.`, strategy)).toBe('refused');
    }
  });

  it('refuses malformed tokens and headers', async () => {
    const good = await token();
    const strategy = entra();
    for (const authorization of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Basic ${good}`,
      `Bearer  ${good}`,
      `Bearer ${good} `,
      `Bearer ${good}.`,
      `Bearer ${good}.x.y`,
      `Bearer ${good}==`,
      `Bearer ${good},Bearer ${good}`,
      `Bearer a.b.c`,
      `Bearer ${'a'.repeat(20_000)}.b.c`,
    ]) {
      await expect(strategy.principal({ headers: { authorization } })).rejects.toMatchObject({
        status: 401,
      });
    }
    await expect(
      strategy.principal({ ...bearer(good), headersDistinct: { authorization: ['a', 'b'] } }),
    ).rejects.toMatchObject({ status: 401 });
    expect(
      (await strategy.principal({ headers: { authorization: `bEARER ${good}` } })).subject,
    ).toBe('object');
  });

  it('tells who calls', async () => {
    const value = await token({ scp: 'Api.Read  Api.Write', roles: ['Isthmus.Admin'] });
    expect(await entra().principal(bearer(value))).toEqual({
      subject: 'object',
      tenant,
      application: 'client',
      scopes: ['Api.Read', 'Api.Write'],
      roles: ['Isthmus.Admin'],
    });
  });

  it('ignores keys that cannot be trusted', async () => {
    const weak = await makeKey('weak', 2048);
    published = [
      key.jwk,
      { ...weak.jwk, use: 'enc' },
      { ...weak.jwk, kid: 'other-algorithm', alg: 'PS256' },
      { ...weak.jwk, kid: 'twice' },
      { ...key.jwk, kid: 'twice' },
      { kty: 'RSA', kid: 'broken', n: '!', e: '' },
      null as never,
    ];
    const strategy = entra();
    expect(await ours(await token(), strategy)).toBe('accepted');
    for (const kid of ['weak', 'other-algorithm', 'twice', 'broken'])
      expect(await ours(await token({}, { kid }, weak), strategy)).toBe('refused');
  });

  it('fetches keys once for many first requests, and once for many unknown key ids', async () => {
    const strategy = entra();
    const good = await token();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => ours(good, strategy)));
    expect([new Set(outcomes), fetches]).toEqual([new Set(['accepted']), 1]);
    for (let index = 0; index < 50; index += 1)
      await ours(await token({}, { kid: `made-up-${index}` }), strategy);
    expect(fetches).toBe(2);
  });

  it('keeps the last good keys while the provider is away, whatever it answers', async () => {
    const strategy = entra({}, { maxAge: 0, cooldown: 0 });
    const good = await token();
    expect(await ours(good, strategy)).toBe('accepted');
    for (const broken of ['<html>', 'null', '{}', '{"keys":7}', `"${'x'.repeat(600_000)}"`]) {
      answer = (_incoming, response) => void response.end(broken);
      expect(await ours(good, strategy)).toBe('accepted');
    }
    answer = (_incoming, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/' });
      response.end();
    };
    expect(await ours(good, strategy)).toBe('accepted');
    answer = undefined;
    expect(await ours(good, strategy)).toBe('accepted');
  });

  it('wants https for metadata and for keys, unless told otherwise', async () => {
    expect(await ours(await token(), entra({}, { allowHttp: false }))).toBe('unavailable');
  });
});

@Controller()
@RequiresRole('Isthmus.Reader')
class ThingsController {
  @Get('things')
  list(@Req() incoming: { user: Principal }): object {
    return { subject: incoming.user.subject };
  }

  @Post('things')
  @RequiresRole('Isthmus.Publisher')
  create(): object {
    return {};
  }

  @Get('hello')
  @OpenRoute('a greeting')
  hello(): string {
    return 'hello';
  }
}
@Controller()
class ForgottenController {
  @Get('forgotten')
  @OpenRoute('declared')
  declared(): string {
    return '';
  }

  @Get('open-to-all')
  undeclared(): string {
    return '';
  }
}

describe('EntraModule', () => {
  let app: INestApplication;
  const start = async (controller: new () => object): Promise<INestApplication> => {
    @Module({
      imports: [
        EntraModule.with({ issuer, tenants: [tenant], audience: [audience], allowHttp: true }),
      ],
      controllers: [controller],
    })
    class Root {}
    const built = await Test.createTestingModule({ imports: [Root] }).compile();
    return built.createNestApplication({ logger: false }).init();
  };
  beforeEach(async () => {
    app = await start(ThingsController);
  });

  it('asks each route for its role, higher roles included', async () => {
    const call = async (method: 'get' | 'post', roles: string[]): Promise<number> =>
      (
        await request(app.getHttpServer())
          [method]('/things')
          .set('authorization', `Bearer ${await token({ roles })}`)
      ).status;
    expect(await call('get', ['Isthmus.Reader'])).toBe(200);
    expect(await call('get', ['Isthmus.Admin'])).toBe(200);
    expect(await call('get', ['Orders.Read'])).toBe(403);
    expect(await call('get', ['isthmus.reader'])).toBe(403);
    expect(await call('post', ['Isthmus.Reader'])).toBe(403);
    expect(await call('post', ['Isthmus.Publisher'])).toBe(201);
    expect(await call('post', ['Isthmus.Admin'])).toBe(201);
    await app.close();
  });

  it('answers 401 with a challenge, and leaves open routes open', async () => {
    const refused = await request(app.getHttpServer()).get('/things');
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect((await request(app.getHttpServer()).get('/hello')).text).toBe('hello');
    await app.close();
  });

  it('answers 503 when the provider is away at first use, and recovers', async () => {
    answer = (_incoming, response) => void response.writeHead(500).end();
    const call = async (): Promise<number> =>
      (
        await request(app.getHttpServer())
          .get('/things')
          .set('authorization', `Bearer ${await token()}`)
      ).status;
    expect(await call()).toBe(503);
    answer = undefined;
    expect(await call()).toBe(200);
    await app.close();
  });

  it('does not start with a route that declares no access', async () => {
    await app.close();
    await expect(start(ForgottenController)).rejects.toThrow(
      'routes that declare no access: ForgottenController.undeclared',
    );
  });
});
