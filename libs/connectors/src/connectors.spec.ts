import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connection } from './connection.js';
import type { OperationCall } from './connector.js';
import { CredentialStore } from './credentials.js';
import { openApiConnector } from './openapi/openapi-connector.js';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
}

describe('an OpenAPI connector', () => {
  let server: Server;
  let baseUrl = '';
  const seen: Seen[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push({ method: request.method!, url: request.url!, headers: request.headers });
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    seen.length = 0;
    answer = (_, response) => response.end('{}');
  });
  afterAll(() => server.close());

  const definition = {
    swagger: '2.0',
    paths: {
      '/files/{name}': {
        get: {
          operationId: 'GetFile',
          parameters: [
            { name: 'name', in: 'path', 'x-ms-url-encoding': 'double' },
            { name: 'version', in: 'query', default: 3 },
          ],
        },
      },
      '/files/latest': { get: { operationId: 'GetLatest' } },
      '/items/{id}': { get: { operationId: 'GetItem' }, post: { operationId: 'PutItem' } },
    },
  };
  const connection = (over: Partial<Connection> = {}): Connection => ({
    name: 'c1',
    connector: 'files',
    baseUrl,
    parameters: {},
    credentials: { type: 'none' },
    ...over,
  });
  const call = (over: Partial<OperationCall> = {}): OperationCall => ({
    method: 'GET',
    path: '/items/1',
    query: new URLSearchParams(),
    headers: {},
    body: Buffer.from(''),
    connection: connection(),
    signal: AbortSignal.timeout(5000),
    ...over,
  });
  const make = (properties?: object, store = new CredentialStore()) =>
    openApiConnector({ name: 'files', definition, ...(properties ? { properties } : {}) }, store);

  it('sends a doubly encoded path value encoded once, with the defaults of the definition', async () => {
    await make().call(call({ path: '/files/a%252Fb%2520c' }));
    expect(seen[0]!.url).toBe('/files/a%2Fb%20c?version=3');
  });

  it('prefers a fixed path over a parameter', async () => {
    await make().call(call({ path: '/files/latest' }));
    expect(seen[0]!.url).toBe('/files/latest');
  });

  it.each(['/files/%252e%252e', '/files/..', '/files/%'])(
    'refuses the path value of %s',
    async (path) => {
      const calling = async () => make().call(call({ path }));
      await expect(calling()).rejects.toMatchObject({ status: 400, code: 'InvalidPath' });
      expect(seen).toEqual([]);
    },
  );

  it('answers 404 for what the definition does not have', async () => {
    const calling = async () => make().call(call({ method: 'DELETE' }));
    await expect(calling()).rejects.toMatchObject({ status: 404, code: 'OperationNotFound' });
  });

  it('sends the action’s headers but no credentials of the caller', async () => {
    await make().call(
      call({ headers: { 'idempotency-key': 'k', authorization: 'Key adapter', cookie: 'a=b' } }),
    );
    expect(seen[0]!.headers['idempotency-key']).toBe('k');
    expect(seen[0]!.headers.authorization).toBeUndefined();
    expect(seen[0]!.headers.cookie).toBeUndefined();
  });

  it.each([
    [{ type: 'apiKey', in: 'header', name: 'x-key', value: 's' }, 'x-key', 's'],
    [{ type: 'basic', username: 'u', password: 'p' }, 'authorization', 'Basic dTpw'],
  ] as const)('adds the credentials %j', async (credentials, header, value) => {
    await make().call(call({ connection: connection({ credentials }) }));
    expect(seen[0]!.headers[header]).toBe(value);
  });

  it('adds an API key to the query', async () => {
    const credentials = { type: 'apiKey', in: 'query', name: 'code', value: 's&' } as const;
    await make().call(call({ connection: connection({ credentials }) }));
    expect(seen[0]!.url).toBe('/items/1?code=s%26');
  });

  it('applies policy templates to the operations they name', async () => {
    const instance = (templateId: string, parameters: object) => ({ templateId, parameters });
    const connector = make({
      properties: {
        policyTemplateInstances: [
          instance('dynamichosturl', {
            'x-ms-apimTemplateParameter.urlTemplate': `${baseUrl}/@connectionParameters('area')`,
          }),
          instance('setheader', {
            'x-ms-apimTemplateParameter.name': 'X-Area',
            'x-ms-apimTemplateParameter.value': "@{connectionParameters('none','fallback')}",
            'x-ms-apimTemplate-operationName': ['GetItem'],
          }),
          instance('setqueryparameter', {
            'x-ms-apimTemplateParameter.name': 'api-version',
            'x-ms-apimTemplateParameter.value': '7',
          }),
        ],
      },
    });
    const parameters = { area: 'north' };
    await connector.call(call({ connection: connection({ parameters }) }));
    await connector.call(call({ method: 'POST', connection: connection({ parameters }) }));
    expect(seen.map(({ url, headers }) => [url, headers['x-area']])).toEqual([
      ['/north/items/1?api-version=7', 'fallback'],
      ['/north/items/1?api-version=7', undefined],
    ]);
  });

  it('applies header templates of the section Response to the answer', async () => {
    const parameters = {
      'x-ms-apimTemplateParameter.name': 'X-Answered',
      'x-ms-apimTemplateParameter.value': 'yes',
      'x-ms-apimTemplate-policySection': 'Response',
    };
    const connector = make({
      properties: { policyTemplateInstances: [{ templateId: 'setheader', parameters }] },
    });
    const { headers } = await connector.call(call());
    expect([headers?.['x-answered'], seen[0]!.headers['x-answered']]).toEqual(['yes', undefined]);
  });

  it('refuses a policy template that it does not know, by name', () => {
    const properties = {
      properties: { policyTemplateInstances: [{ templateId: 'setvaluefromurl', parameters: {} }] },
    };
    expect(() => make(properties)).toThrow("'setvaluefromurl' is not supported");
  });

  it('answers 502 when the system cannot be reached and 504 when it is too slow', async () => {
    const down = async () =>
      make().call(call({ connection: connection({ baseUrl: 'http://127.0.0.1:1' }) }));
    await expect(down()).rejects.toMatchObject({ status: 502, code: 'BadGateway' });
    answer = () => undefined;
    const slow = async () => make().call(call({ signal: AbortSignal.timeout(50) }));
    await expect(slow()).rejects.toMatchObject({ status: 504 });
  });

  describe('with client credentials', () => {
    let tokens = 0;
    let lifetime = 3600;
    let valid = '';
    beforeEach(() => {
      tokens = 0;
      lifetime = 3600;
      answer = (request, response) => {
        if (request.url === '/token') {
          tokens += 1;
          valid = `t${tokens}`;
          response.end(JSON.stringify({ access_token: valid, expires_in: lifetime }));
        } else if (request.headers.authorization === `Bearer ${valid}`) response.end('{}');
        else response.writeHead(401).end();
      };
    });
    const guarded = () =>
      connection({
        credentials: {
          type: 'oauth2ClientCredentials',
          tokenUrl: `${baseUrl}/token`,
          clientId: 'i',
          clientSecret: 's',
        },
      });

    it('fetches one token for concurrent calls and keeps it', async () => {
      const connector = make();
      const calls = await Promise.all(
        [1, 2, 3].map(() => connector.call(call({ connection: guarded() }))),
      );
      expect(calls.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(tokens).toBe(1);
    });

    it('takes a new token when the system no longer accepts the old one', async () => {
      const connector = make();
      await connector.call(call({ connection: guarded() }));
      valid = 'revoked';
      const { status } = await connector.call(call({ connection: guarded() }));
      expect(status).toBe(200);
      expect(tokens).toBe(2);
    });

    it('renews a token shortly before it ends', async () => {
      let now = 0;
      lifetime = 100;
      const connector = make(undefined, new CredentialStore(fetch, () => now));
      await connector.call(call({ connection: guarded() }));
      now = 60_000;
      await connector.call(call({ connection: guarded() }));
      expect(tokens).toBe(1);
      now = 75_000;
      await connector.call(call({ connection: guarded() }));
      expect(tokens).toBe(2);
    });

    it('answers 502 when no token can be had', async () => {
      answer = (_, response) => response.writeHead(400).end('{"error":"invalid_client"}');
      const calling = async () => make().call(call({ connection: guarded() }));
      await expect(calling()).rejects.toMatchObject({
        status: 502,
        code: 'ConnectionAuthorizationFailed',
      });
    });
  });
});
