import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Resource } from '@isthmus/artifacts';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startGateway, type RunningGateway } from '../testing/start-gateway.js';
import { mostWaiting, SubscriptionHub } from './subscription-hub.js';

const schema = `
  type Query { users: [User] user(id: ID!): User }
  type Mutation { createUser(name: String!): User }
  type Subscription { onUserCreated: User }
  type User { id: ID! name: String }
`;

const resolver = (request: string, response = ''): string =>
  `<http-data-source><http-request>${request}</http-request>${response}</http-data-source>`;

function resources(backend: string, apiPolicy = ''): Resource[] {
  const api = '/apis/users';
  const policy = (id: string, value: string): Resource => ({
    id: `${id}/policies/policy`,
    properties: { format: 'rawxml', value },
  });
  return [
    {
      id: '/policies/policy',
      properties: {
        format: 'rawxml',
        value:
          '<policies><inbound /><backend><forward-request /></backend><outbound /><on-error /></policies>',
      },
    },
    {
      id: api,
      properties: { path: 'graph', type: 'graphql', subscriptionRequired: false },
    },
    {
      id: `${api}/schemas/graphql`,
      properties: {
        contentType: 'application/vnd.ms-azure-apim.graphql.schema',
        document: { value: schema },
      },
    },
    { id: `${api}/resolvers/users`, properties: { path: 'Query/users' } },
    policy(
      `${api}/resolvers/users`,
      resolver(`<set-method>GET</set-method><set-url>${backend}/users</set-url>`),
    ),
    { id: `${api}/resolvers/create`, properties: { path: 'Mutation/createUser' } },
    policy(
      `${api}/resolvers/create`,
      resolver(
        `<set-method>POST</set-method><set-url>${backend}/users</set-url><set-body>@(context.GraphQL.Arguments["name"].ToString())</set-body>`,
        '<http-response><publish-event><targets><graphql-subscription id="onUserCreated" /></targets></publish-event></http-response>',
      ),
    ),
    ...(apiPolicy === '' ? [] : [policy(api, apiPolicy)]),
  ];
}

describe('a GraphQL API that the gateway answers itself', () => {
  let backend: Server;
  let address: string;
  let gateway: RunningGateway;
  const clients: Client[] = [];

  beforeAll(async () => {
    backend = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const name = Buffer.concat(chunks).toString();
        response.setHeader('Content-Type', 'application/json');
        response.end(
          JSON.stringify(request.method === 'POST' ? { id: 9, name } : [{ id: 1, name: 'Ada' }]),
        );
      });
    });
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
    gateway = await startGateway(resources(address));
  });

  afterAll(async () => {
    for (const client of clients) await client.dispose();
    await gateway.close();
    backend.close();
  });

  const ask = async (query: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/graph`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return response.json();
  };

  const checks = (attributes: string): string =>
    `<policies><inbound><validate-graphql-request ${attributes}/></inbound><backend><base /></backend><outbound /></policies>`;

  it.each([
    [200, '', '{a'.repeat(50_000) + '}'.repeat(50_000), 'nested deeper than 500 levels'],
    [200, '', `{users{name(x:${'['.repeat(9000)}`, 'nested deeper than 500 levels'],
    [400, checks('max-depth="3"'), '{a'.repeat(50_000), 'nested deeper than 500 levels'],
    [400, checks('max-depth="3"'), '{a{b{c{d}}}}', 'nested 4 levels deep, 3 are allowed'],
    [400, checks('max-size="200"'), `{users{name}}${' '.repeat(1000)}`, 'exceeds the limit of 200'],
    [400, '', ' '.repeat(5 * 1024 * 1024), 'larger than 4 MB'],
  ])(
    'answers %d with its reason (GraphQL over HTTP): %.40s %.20s',
    async (status, policy, query, reason) => {
      gateway.publish(resources(address, policy));
      const response = await fetch(`http://127.0.0.1:${gateway.port}/graph`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      expect(response.status).toBe(status);
      expect(await response.text()).toContain(reason);
      gateway.publish(resources(address));
    },
  );

  it('refuses variables that nobody could walk', async () => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/graph`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: `{"query":"{users{id}}","variables":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`,
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('nested deeper than 500 levels');
  });

  const subscriber = (headers: Record<string, string> = {}): Client => {
    class WithHeaders extends WebSocket {
      constructor(url: string, protocols: string) {
        super(url, protocols, { headers });
      }
    }
    const client = createClient({
      url: `ws://127.0.0.1:${gateway.port}/graph`,
      webSocketImpl: WithHeaders,
      retryAttempts: 0,
      lazy: true,
    });
    clients.push(client);
    return client;
  };

  it('answers queries by its resolvers and introspection by its schema', async () => {
    expect(await ask('{ users { name } __type(name: "User") { name } }')).toEqual({
      data: { users: [{ name: 'Ada' }], __type: { name: 'User' } },
    });
  });

  it('tells subscribers over WebSocket what a mutation published', async () => {
    const events = subscriber().iterate({ query: 'subscription { onUserCreated { id name } }' });
    const first = events.next();
    // The subscription stands when the server has seen it; asking again is harmless.
    const timer = setInterval(
      () => void ask('mutation { createUser(name: "Eve") { id } }').catch(() => undefined),
      50,
    );
    try {
      expect((await first).value).toEqual({ data: { onUserCreated: { id: '9', name: 'Eve' } } });
    } finally {
      clearInterval(timer);
      await events.return?.();
    }
  });

  it('refuses queries over WebSocket and subscriptions over HTTP', async () => {
    const events = subscriber().iterate({ query: '{ users { id } }' });
    await expect(events.next()).rejects.toEqual([
      expect.objectContaining({ message: 'Queries and mutations need an HTTP request.' }),
    ]);
    expect(await ask('subscription { onUserCreated { id } }')).toEqual({
      errors: [{ message: 'Subscriptions need a WebSocket connection.' }],
    });
  });

  it('lets the policies decide who may subscribe', async () => {
    gateway.publish(
      resources(
        address,
        '<policies><inbound><check-header name="X-Pass" failed-check-httpcode="403" failed-check-error-message="no"><value>yes</value></check-header></inbound><backend><base /></backend><outbound /></policies>',
      ),
    );
    const refused = subscriber().iterate({ query: 'subscription { onUserCreated { id } }' });
    await expect(refused.next()).rejects.toMatchObject({ type: 'error' });
    const accepted = subscriber({ 'X-Pass': 'yes' });
    await new Promise<void>((resolve, reject) => {
      accepted.on('connected', () => resolve());
      accepted.on('error', reject);
      accepted.subscribe(
        { query: 'subscription { onUserCreated { id } }' },
        { next: () => undefined, error: reject, complete: () => undefined },
      );
    });
    gateway.publish(resources(address));
  });

  it('reports a resolver without its field and a broken schema, and goes on with what it had', async () => {
    const broken = resources(address).map((one) =>
      one.id.endsWith('/resolvers/users') ? { ...one, properties: { path: 'Query/nobody' } } : one,
    );
    const model = gateway.publish(broken);
    expect(model.failed.flatMap(({ problems }) => problems.map(({ message }) => message))).toEqual([
      "The schema has no field 'Query/nobody', for which there is a resolver.",
    ]);
    expect(await ask('{ users { id } }')).toEqual({ data: { users: [{ id: '1' }] } });
    gateway.publish(resources(address));
  });
});

describe('SubscriptionHub', () => {
  it('keeps events for a subscriber who is busy and lets one go who falls too far behind', async () => {
    const hub = new SubscriptionHub(undefined);
    const topic = { apiId: 'Users', field: 'f' };
    const slow = hub.subscribe(topic);
    for (let n = 0; n <= mostWaiting; n++)
      await hub.publish({ ...topic, apiId: 'users' }, String(n));
    await hub.publish(topic, 'late');
    expect(await slow.next()).toEqual({ value: '0' });
    let count = 1;
    while (!(await slow.next()).done) count++;
    expect(count).toBe(mostWaiting + 1);
  });
});
