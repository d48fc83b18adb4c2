import { createHash, randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { startIdentity, type IdentityServer } from './identity-server.js';
import { applications, audience, tenantId } from './seed.js';

describe('the development identity provider', () => {
  let identity: IdentityServer;
  beforeAll(async () => {
    // The provider library warns that it is set up for development, which this one is.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    jest.spyOn(console, 'info').mockImplementation(() => undefined);
    identity = await startIdentity(0, 'test');
  });
  afterAll(() => {
    identity.server.close();
    identity.server.closeAllConnections();
  });
  const tokenUrl = () => `${identity.url}/${tenantId}/oauth2/v2.0/token`;
  const keys = () => createRemoteJWKSet(new URL(`${identity.url}/${tenantId}/discovery/v2.0/keys`));
  const appToken = async (name: string) => {
    const application = applications.find((entry) => entry.name === name)!;
    const response = await fetch(tokenUrl(), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: application.clientId,
        client_secret: application.secret!,
        scope: `${audience}/.default`,
      }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };

  it('publishes a v2.0 discovery document below the tenant', async () => {
    const response = await fetch(`${identity.issuer}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({
      issuer: identity.issuer,
      token_endpoint: tokenUrl(),
      jwks_uri: `${identity.url}/${tenantId}/discovery/v2.0/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
    });
  });

  it('gives an application a token with the claims of Entra v2.0', async () => {
    const token = await appToken('isthmus-operator');
    const { payload, protectedHeader } = await jwtVerify(token, keys(), {
      issuer: identity.issuer,
      audience,
    });
    expect(protectedHeader).toMatchObject({ typ: 'JWT', alg: 'RS256' });
    expect(protectedHeader['x5t']).toBe(protectedHeader.kid);
    expect(payload).toMatchObject({
      tid: tenantId,
      ver: '2.0',
      idtyp: 'app',
      roles: ['Isthmus.Admin'],
    });
    expect(payload['azp']).toBe(
      applications.find(({ name }) => name === 'isthmus-operator')!.clientId,
    );
    expect(payload['scope']).toBeUndefined();
  });

  it('refuses a wrong client secret', async () => {
    const response = await fetch(tokenUrl(), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: applications[0]!.clientId,
        client_secret: 'wrong',
      }),
    });
    expect(response.status).toBe(401);
  });

  it('signs a user in by authorization code with PKCE and gives delegated scopes', async () => {
    const portal = applications.find(({ name }) => name === 'developer-portal')!;
    const verifier = randomBytes(32).toString('base64url');
    const redirectUri = portal.redirectUris![0]!;
    const jar = new Map<string, string>();
    const visit = async (url: string, form?: Record<string, string>): Promise<Response> => {
      const response = await fetch(new URL(url, identity.url), {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [name, value] = cookie.split(';')[0]!.split('=') as [string, string];
        jar.set(name, value);
      }
      return response;
    };
    const query = new URLSearchParams({
      client_id: portal.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: `openid ${audience}/Orders.Read`,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: 's',
    });
    let response = await visit(`/${tenantId}/oauth2/v2.0/authorize?${query.toString()}`);
    let location = response.headers.get('location')!;
    for (let hops = 0; !location.startsWith(redirectUri) && hops < 10; hops += 1) {
      if (location.includes('/interaction/')) {
        const page = await (await visit(location)).text();
        const prompt = /name="prompt" value="(\w+)"/.exec(page)![1]!;
        response = await visit(location, { prompt, login: 'ada@isthmus.example', password: 'x' });
      } else response = await visit(location);
      location = response.headers.get('location')!;
    }
    const answer = await fetch(tokenUrl(), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: portal.clientId,
        code: new URL(location).searchParams.get('code')!,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const { payload } = await jwtVerify(token, keys(), { issuer: identity.issuer, audience });
    expect(payload).toMatchObject({
      scp: 'Orders.Read',
      preferred_username: 'ada@isthmus.example',
      roles: ['Isthmus.Admin'],
    });
    expect(payload['idtyp']).toBeUndefined();
  });

  it('rotates its signing key and still publishes the one before', async () => {
    const before = await appToken('order-portal');
    expect((await fetch(`${identity.url}/dev/rotate-keys`, { method: 'POST' })).status).toBe(204);
    const after = await appToken('order-portal');
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    await expect(jwtVerify(before, keys())).resolves.toBeDefined();
    await expect(jwtVerify(after, keys())).resolves.toBeDefined();
  });

  it('refuses to start in production', async () => {
    await expect(startIdentity(0, 'production')).rejects.toThrow('NODE_ENV=production');
  });
});
