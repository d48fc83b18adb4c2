import { createHash, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';
import forge from 'node-forge';
import { HttpTokenSource } from './token-source.js';

let server: Server;
let authority: string;
let forms: URLSearchParams[];
let answer: { status: number; body: unknown };

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      forms.push(new URLSearchParams(`${text}&path=${request.url ?? ''}`));
      response
        .writeHead(answer.status, { 'Content-Type': 'application/json' })
        .end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  authority = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  forms = [];
  answer = { status: 200, body: { access_token: 'token', expires_in: 3600 } };
});

const signal = new AbortController().signal;

/** A certificate with its key, as Azure's portal exports it. */
function pkcs12(password: string): { pfx: Buffer; certificate: X509Certificate } {
  const { publicKey, privateKey } = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  certificate.setSubject([{ name: 'commonName', value: 'client' }]);
  certificate.setIssuer([{ name: 'commonName', value: 'client' }]);
  certificate.sign(privateKey, forge.md.sha256.create());
  const file = forge.pkcs12.toPkcs12Asn1(privateKey, [certificate], password);
  return {
    pfx: Buffer.from(forge.asn1.toDer(file).getBytes(), 'binary'),
    certificate: new X509Certificate(forge.pki.certificateToPem(certificate)),
  };
}
const client = () => ({
  authority,
  tenant: 'tenant',
  audience: 'https://api/',
  clientId: 'id',
  secret: 'secret',
});

describe('HttpTokenSource', () => {
  it('asks once, also when several calls need the token at the same time, until it is nearly over', async () => {
    let now = 0;
    const tokens = new HttpTokenSource({ kind: 'none' }, () => now);
    expect(
      await Promise.all([
        tokens.clientCredentials(client(), signal),
        tokens.clientCredentials(client(), signal),
      ]),
    ).toEqual(['token', 'token']);
    now = 3_299_000;
    await tokens.clientCredentials(client(), signal);
    expect(forms).toHaveLength(1);
    now = 3_301_000;
    await tokens.clientCredentials(client(), signal);
    expect(forms).toHaveLength(2);
    expect(Object.fromEntries(forms[0] ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'id',
      client_secret: 'secret',
      scope: 'https://api/.default',
      path: '/tenant/oauth2/v2.0/token',
    });
  });

  it('keeps tokens of different secrets apart', async () => {
    const tokens = new HttpTokenSource({ kind: 'none' });
    await tokens.clientCredentials(client(), signal);
    await tokens.clientCredentials({ ...client(), secret: 'other' }, signal);
    expect(forms).toHaveLength(2);
  });

  it('says why there is no token, and asks again next time', async () => {
    answer = { status: 401, body: { error: 'invalid_client', error_description: 'wrong secret' } };
    const tokens = new HttpTokenSource({ kind: 'none' });
    await expect(tokens.clientCredentials(client(), signal)).rejects.toMatchObject({
      code: 'AuthorizationFailed',
      retryable: false,
      message: expect.stringContaining('wrong secret') as unknown,
    });
    answer = { status: 200, body: { access_token: 'token' } };
    await expect(tokens.clientCredentials(client(), signal)).resolves.toBe('token');
  });

  it('signs by the key of a certificate in a PKCS #12 file, and names the certificate', async () => {
    const { pfx, certificate } = pkcs12('pass');
    const { secret: _, ...named } = client();
    const tokens = new HttpTokenSource({ kind: 'none' });
    const ask = (password: string) =>
      tokens.clientCredentials({ ...named, certificate: { pfx, password } }, signal);
    await expect(ask('wrong')).rejects.toMatchObject({
      code: 'BadRequest',
      message: expect.stringContaining("The 'pfx'") as unknown,
    });
    await expect(ask('pass')).resolves.toBe('token');
    const [form] = forms;
    expect(form?.get('client_assertion_type')).toBe(
      'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    );
    const { protectedHeader, payload } = await jwtVerify(
      form?.get('client_assertion') ?? '',
      certificate.publicKey,
    );
    expect(payload).toMatchObject({
      iss: 'id',
      sub: 'id',
      aud: `${authority}tenant/oauth2/v2.0/token`,
    });
    const thumbprint = createHash('sha1').update(certificate.raw).digest('base64url');
    expect(protectedHeader.x5t).toBe(thumbprint);
    await ask('pass');
    expect(forms).toHaveLength(1);
  });

  it('stands for a managed identity with the client that is configured', async () => {
    const tokens = new HttpTokenSource({
      kind: 'client',
      authority,
      tenant: 't',
      clientId: 'own',
      secret: 's',
    });
    await expect(tokens.managedIdentity('https://vault', undefined, signal)).resolves.toBe('token');
    expect(forms[0]?.get('client_id')).toBe('own');
  });

  it('refuses a managed identity where none is configured', async () => {
    await expect(
      new HttpTokenSource({ kind: 'none' }).managedIdentity('a', undefined, signal),
    ).rejects.toMatchObject({ code: 'ManagedIdentityNotConfigured' });
  });
});
