/** The list of attacks on tokens: each is 401, without a hint why, without a call to anybody. */
import { createHmac, createSign, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = rsa.publicKey.export({ format: 'jwk' });
const b64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const now = Math.floor(Date.now() / 1000);
const claims = {
  iss: 'https://idp.example/',
  aud: 'api://orders',
  sub: 's',
  exp: now + 600,
  nbf: now - 10,
  scp: 'read',
};
const good = { alg: 'RS256', typ: 'JWT', kid: 'k1' };

function signed(
  header: object,
  payload: unknown = claims,
  key: KeyObject = rsa.privateKey,
): string {
  const input = `${b64(header)}.${typeof payload === 'string' ? Buffer.from(payload).toString('base64url') : b64(payload)}`;
  return `${input}.${createSign('sha256').update(input).sign(key).toString('base64url')}`;
}
function hmac(header: object, secret: string | Buffer): string {
  const input = `${b64(header)}.${b64(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
function ecToken(signature: Buffer | 'der'): string {
  const input = `${b64({ ...good, alg: 'ES256' })}.${b64(claims)}`;
  const bytes = signature === 'der' ? sign('sha256', Buffer.from(input), ec.privateKey) : signature;
  return `${input}.${bytes.toString('base64url')}`;
}

const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const der = rsa.publicKey.export({ type: 'spki', format: 'der' });
const valid = signed(good);
const [head = '', body = '', signature = ''] = valid.split('.');

const attacks: [string, string][] = [
  ['alg none', `${b64({ ...good, alg: 'none' })}.${body}.`],
  ['alg None', `${b64({ ...good, alg: 'None' })}.${body}.`],
  ['alg nOnE with a signature', `${b64({ ...good, alg: 'nOnE' })}.${body}.${signature}`],
  ['an empty alg', signed({ ...good, alg: '' })],
  ['no alg', signed({ typ: 'JWT', kid: 'k1' })],
  ['HS256 with the public key as PEM', hmac({ ...good, alg: 'HS256' }, pem)],
  ['HS256 with the public key as DER', hmac({ ...good, alg: 'HS256' }, der)],
  ['HS256 with the public key as JWK', hmac({ ...good, alg: 'HS256' }, JSON.stringify(jwk))],
  ['HS256 with an empty key', hmac({ ...good, alg: 'HS256' }, '')],
  [
    'an embedded jwk',
    signed({ ...good, jwk: other.publicKey.export({ format: 'jwk' }) }, claims, other.privateKey),
  ],
  [
    'jku of the attacker',
    signed({ ...good, kid: 'x', jku: 'http://127.0.0.1:PORT/keys' }, claims, other.privateKey),
  ],
  [
    'x5u of the attacker',
    signed({ ...good, kid: 'x', x5u: 'http://127.0.0.1:PORT/cert' }, claims, other.privateKey),
  ],
  ['x5c of the attacker', signed({ ...good, x5c: ['MIIB'] }, claims, other.privateKey)],
  ['a kid with a path', signed({ ...good, kid: '../../dev/null' }, claims, other.privateKey)],
  ['a kid with a quote', signed({ ...good, kid: "' OR 1=1 --" }, claims, other.privateKey)],
  ['a kid with NUL', signed({ ...good, kid: 'k1\0' }, claims, other.privateKey)],
  ['a kid of 10 kB', signed({ ...good, kid: 'k'.repeat(10_000) }, claims, other.privateKey)],
  ['another key', signed(good, claims, other.privateKey)],
  ['an unknown critical header', signed({ ...good, crit: ['x'], x: 1 })],
  ['an empty list of critical headers', signed({ ...good, crit: [] })],
  ['crit that is no list', signed({ ...good, crit: 'b64' })],
  ['an unencoded payload', signed({ ...good, b64: false, crit: ['b64'] })],
  ['ES256 with zeros', ecToken(Buffer.alloc(64))],
  ['ES256 with r and s beyond the order', ecToken(Buffer.alloc(64, 0xff))],
  ['ES256 in DER', ecToken('der')],
  ['ES256 of a wrong length', ecToken(Buffer.alloc(63, 1))],
  ['PS256 with an RS256 signature', `${b64({ ...good, alg: 'PS256' })}.${body}.${signature}`],
  ['RS512 with an RS256 signature', `${b64({ ...good, alg: 'RS512' })}.${body}.${signature}`],
  ['five parts', `${head}.${body}.${signature}.a.b`],
  ['two parts', `${head}.${body}`],
  ['a dot at the end', `${valid}.`],
  ['an empty signature', `${head}.${body}.`],
  ['JSON serialisation', JSON.stringify({ protected: head, payload: body, signature })],
  ['white space inside', `${head}.${body} .${signature}`],
  ['a changed payload', `${head}.${b64({ ...claims, sub: 'admin' })}.${signature}`],
  ['a header that is no JSON', `${b64('x')}.${body}.${signature}`],
  ['a payload that is a list', signed(good, '[]')],
  ['a payload that is no JSON', signed(good, 'x')],
  ['deep JSON', signed(good, `{"a":${'['.repeat(3000)}${']'.repeat(3000)}}`)],
  ['an expired token', signed(good, { ...claims, exp: now - 10 })],
  ['no exp', signed(good, { ...claims, exp: undefined })],
  ['exp as text', signed(good, { ...claims, exp: 'never' })],
  ['a negative exp', signed(good, { ...claims, exp: -1 })],
  ['exp before 1970 by overflow', signed(good, { ...claims, exp: -(2 ** 53) })],
  ['nbf in the future', signed(good, { ...claims, nbf: now + 3600 })],
  ['another audience', signed(good, { ...claims, aud: 'api://other' })],
  ['a part of the audience', signed(good, { ...claims, aud: 'api://order' })],
  ['an audience that begins like ours', signed(good, { ...claims, aud: 'api://orders2' })],
  ['no audience', signed(good, { ...claims, aud: undefined })],
  ['a list without our audience', signed(good, { ...claims, aud: ['a', 'b'] })],
  ['an issuer without its slash', signed(good, { ...claims, iss: 'https://idp.example' })],
  ['an issuer template', signed(good, { ...claims, iss: 'https://idp.example/{tenantid}/' })],
  ['no issuer', signed(good, { ...claims, iss: undefined })],
  ['a scope that begins like the required one', signed(good, { ...claims, scp: 'read.all' })],
  ['no scope', signed(good, { ...claims, scp: undefined })],
  ['an encrypted token', `${b64({ alg: 'RSA-OAEP', enc: 'A256GCM', zip: 'DEF' })}.AA.AA.AA.AA`],
];

const policy = `<policies><inbound><validate-jwt header-name="Authorization" require-scheme="Bearer" failed-validation-httpcode="401" failed-validation-error-message="Unauthorized">
  <issuer-signing-keys><key id="k1" n="${jwk.n}" e="${jwk.e}"/></issuer-signing-keys>
  <audiences><audience>api://orders</audience></audiences><issuers><issuer>https://idp.example/</issuer></issuers>
  <required-claims><claim name="scp" match="all" separator=" "><value>read</value></claim></required-claims>
</validate-jwt></inbound><backend><forward-request/></backend><outbound/><on-error/></policies>`;

describe('validate-jwt on the wire', () => {
  let backend: RawBackend;
  let gateway: RunningGateway;
  let calls = 0;
  beforeAll(async () => {
    backend = await rawBackend((socket) =>
      socket.on('data', () => {
        calls++;
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }),
    );
    const resources: Resource[] = [
      {
        id: '/apis/a',
        properties: {
          path: 'api',
          serviceUrl: `http://127.0.0.1:${backend.port}`,
          subscriptionRequired: false,
        },
      },
      { id: '/apis/a/operations/g', properties: { method: 'GET', urlTemplate: '/*' } },
      { id: '/apis/a/policies/policy', properties: { format: 'rawxml', value: policy } },
    ];
    gateway = await startGateway(resources, ['--max-header-size=2000000']);
  });
  afterAll(async () => {
    await gateway.close();
    backend.close();
  });
  beforeEach(() => void (calls = 0));
  const ask = async (...fields: string[]): Promise<string> =>
    (
      await talk(
        gateway.port,
        ['GET /api/x HTTP/1.1', 'Host: a', ...fields, '', ''].join('\r\n'),
        150,
      )
    ).text;

  it('is compiled without problems', () => expect(gateway.server.model?.failed).toEqual([]));
  it('takes a good token', async () =>
    expect(await ask(`Authorization: Bearer ${valid}`)).toMatch(/^HTTP\/1\.1 200/));
  it('takes the scheme in any case', async () =>
    expect(await ask(`Authorization: bearer ${valid}`)).toMatch(/^HTTP\/1\.1 200/));

  it.each(attacks)('2.3: refuses %s', async (_name, token) => {
    const text = await ask(`Authorization: Bearer ${token.replace('PORT', String(backend.port))}`);
    expect(text).toMatch(/^HTTP\/1\.1 401/);
    expect(text).not.toMatch(/IDX|signature|expired|issuer|audience/i);
    expect(calls).toBe(0);
  });
  it('2.3: refuses a token of 1 MB quickly', async () => {
    const started = performance.now();
    expect(
      await ask(
        `Authorization: Bearer ${signed(good, { ...claims, pad: 'x'.repeat(1_000_000) }, other.privateKey)}`,
      ),
    ).toMatch(/^HTTP\/1\.1 401/);
    expect(performance.now() - started).toBeLessThan(2000);
  });
  it('2.3: refuses a token in the query where the header is asked for', async () => {
    const { text } = await talk(
      gateway.port,
      `GET /api/x?access_token=${valid} HTTP/1.1\r\nHost: a\r\n\r\n`,
      60,
    );
    expect(text).toMatch(/^HTTP\/1\.1 401/);
  });
  it.each(['Basic', 'Bearer2', 'Token'])('2.3: refuses the scheme %s', async (scheme) =>
    expect(await ask(`Authorization: ${scheme} ${valid}`)).toMatch(/^HTTP\/1\.1 401/),
  );
  it('2.3: refuses two Authorization headers', async () =>
    expect(await ask(`Authorization: Bearer ${valid}`, 'Authorization: Bearer x')).toMatch(
      /^HTTP\/1\.1 400/,
    ));
});
