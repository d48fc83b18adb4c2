import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
