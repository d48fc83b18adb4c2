import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Resource } from '@isthmus/artifacts';
import { rawBackend, startGateway, talk, wideApi } from '../testing/start-gateway.js';
import type { RawBackend, RunningGateway } from '../testing/start-gateway.js';

const policy =
  '<policies><inbound><get-authorization-context provider-id="crm" authorization-id="main" context-variable-name="auth"/><set-header name="Authorization" exists-action="override"><value>@("Bearer " + ((Authorization)context.Variables["auth"]).AccessToken)</value></set-header></inbound><backend><forward-request/></backend><outbound/><on-error/></policies>';

describe('the credential manager', () => {
  let backend: RawBackend;
  let gateway: RunningGateway | undefined;
  let provider: http.Server;
  let url: string;
  const seen: string[] = [];
  const asked: Record<string, string>[] = [];
  let answer: object | undefined;

  beforeEach(async () => {
    seen.length = 0;
    asked.length = 0;
    answer = undefined;
    provider = http.createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      asked.push(Object.fromEntries(new URLSearchParams(text)));
      const issued = { access_token: `token-${asked.length}`, expires_in: 3600 };
      response.statusCode = answer ? 400 : 200;
      response.end(JSON.stringify(answer ?? { ...issued, refresh_token: `next-${asked.length}` }));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    backend = await rawBackend((socket) =>
      socket.on('data', (chunk) => {
        seen.push(/^authorization: (.*)\r$/im.exec(chunk.toString('latin1'))?.[1] ?? '');
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }),
    );
  });
  afterEach(async () => {
    await gateway?.close();
    backend.close();
    provider.close();
    provider.closeAllConnections();
  });
  const resources = (
    authorization: object,
    oauth2: object = {},
    more: { policies?: boolean; provider?: object } = {},
  ): Resource[] => [
    ...wideApi(backend.port, policy),
    {
      id: '/authorizationProviders/crm',
      properties: { identityProvider: 'oauth2', oauth2, ...more.provider },
    },
    {
      id: '/authorizationProviders/crm/authorizations/main',
      properties: { authorizationType: 'OAuth2', ...authorization },
    },
    ...(more.policies === false
      ? []
      : [
          {
            id: '/authorizationProviders/crm/authorizations/main/accessPolicies/gateway',
            properties: { tenantId: 't', objectId: 'o' },
          },
        ]),
  ];
  const call = async (): Promise<string> =>
    (await talk(gateway!.port, 'GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n', 80)).text;
  const clientCredentials = {
    oauth2grantType: 'ClientCredentials',
    parameters: { clientId: 'app', clientSecret: 'secret' },
  };

  it('gets a token by client credentials once for all calls', async () => {
    const grantTypes = { clientCredentials: { tokenUrl: url, scopes: 'read write' } };
    gateway = await startGateway(resources(clientCredentials, { grantTypes }));
    await Promise.all([call(), call(), call()]);
    await call();
    expect(seen).toEqual(Array.from({ length: 4 }, () => 'Bearer token-1'));
    expect(asked).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'app',
        client_secret: 'secret',
        scope: 'read write',
      },
    ]);
  });
  it('asks Entra for the resource, by secrets that the catalog publishes apart', async () => {
    const grantTypes = {
      clientCredentials: {
        clientId: 'app',
        loginUri: url,
        tenantId: 't1',
        resourceUri: 'https://r.example/',
      },
    };
    const provided = { identityProvider: 'aad', 'clientCredentials.clientSecret': 'sealed' };
    gateway = await startGateway(
      resources({ oauth2grantType: 'ClientCredentials' }, { grantTypes }, { provider: provided }),
    );
    expect(await call()).toContain('HTTP/1.1 200');
    expect(asked[0]).toMatchObject({
      client_secret: 'sealed',
      scope: 'https://r.example/.default',
    });
  });
  it('renews an authorization that somebody gave by its refresh token, and then by the next', async () => {
    const grantTypes = { authorizationCode: { refreshUrl: url, clientId: 'app' } };
    gateway = await startGateway(
      resources(
        {
          oauth2grantType: 'AuthorizationCode',
          parameters: { clientSecret: 's', refreshToken: 'first' },
        },
        { grantTypes },
      ),
    );
    expect(await call()).toContain('HTTP/1.1 200');
    expect(asked).toMatchObject([{ grant_type: 'refresh_token', refresh_token: 'first' }]);
  });
  it('is closed to a gateway that no access policy names, and where nothing is kept', async () => {
    const grantTypes = { clientCredentials: { tokenUrl: url } };
    gateway = await startGateway(resources(clientCredentials, { grantTypes }, { policies: false }));
    expect(await call()).toMatch(/^HTTP\/1\.1 500/);
    gateway.publish(wideApi(backend.port, policy));
    expect(await call()).toMatch(/^HTTP\/1\.1 500/);
    expect([asked, seen]).toEqual([[], []]);
  });
  it('tells a refusal of the provider without what was sent', async () => {
    const grantTypes = { clientCredentials: { tokenUrl: url } };
    gateway = await startGateway(resources(clientCredentials, { grantTypes }));
    answer = { error: 'invalid_client', error_description: 'the secret "secret" is wrong' };
    expect(await call()).toMatch(/^HTTP\/1\.1 500/);
    expect(JSON.stringify(gateway.log)).not.toMatch(/"secret/);
  });
  it('tells an authorization that it cannot use', async () => {
    const interactive = {
      oauth2grantType: 'AuthorizationCode',
      parameters: { clientId: 'a', clientSecret: 's' },
    };
    gateway = await startGateway(resources(interactive, {}));
    expect(gateway.server.model?.failed).toMatchObject([
      {
        id: '/authorizationProviders/crm/authorizations/main',
        problems: [{ message: expect.stringContaining('Nobody can sign in here') }],
      },
    ]);
  });
});
