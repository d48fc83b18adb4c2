import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CredentialStore, type OperationCall } from '@isthmus/connectors';
import { crmConnector } from './crm-connector.js';

describe('the CRM connector', () => {
  let server: Server;
  let baseUrl = '';
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const seen: IncomingMessage[] = [];
  const connector = crmConnector(new CredentialStore());
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      seen.push(request);
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

  const call = (
    method: string,
    path: string,
    headers: Record<string, string> = {},
  ): OperationCall => ({
    method,
    path,
    query: new URLSearchParams(),
    headers,
    body: Buffer.from(method === 'POST' ? '{"text":"x"}' : ''),
    connection: {
      name: 'c',
      connector: 'crm',
      baseUrl,
      parameters: {},
      credentials: { type: 'none' },
    },
    signal: AbortSignal.timeout(5000),
  });
  const json = (value: object) => (_: IncomingMessage, response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

  it('joins all pages of customers', async () => {
    answer = (request, response) =>
      json(
        request.url!.endsWith('cursor=2')
          ? { data: [{ id: 'c' }], next: null }
          : { data: [{ id: 'a' }, { id: 'b' }], next: '/v1/customers?cursor=2' },
      )(request, response);
    const { body } = await connector.call(call('GET', '/customers'));
    expect(body).toEqual({ value: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  });

  it('ends when the system repeats pages for ever', async () => {
    answer = json({ data: [], next: '/v1/customers?cursor=0' });
    await expect(connector.call(call('GET', '/customers'))).rejects.toMatchObject({
      code: 'TooManyPages',
    });
  });

  it('waits as long as 429 says and tries again', async () => {
    answer = (_, response) =>
      seen.length === 1
        ? response.writeHead(429, { 'retry-after': '0' }).end()
        : response.end('{}');
    expect((await connector.call(call('GET', '/customers/C-1'))).status).toBe(200);
    expect(seen.length).toBe(2);
  });

  it('passes 429 on when the wait would be too long or the attempts are used up', async () => {
    answer = (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    expect((await connector.call(call('GET', '/customers/C-1'))).status).toBe(429);
    expect(seen.length).toBe(1);
    answer = (_, response) => response.writeHead(429, { 'retry-after': '0' }).end();
    expect((await connector.call(call('GET', '/customers/C-1'))).status).toBe(429);
    expect(seen.length).toBe(5);
  });

  it('sends a note under the action’s key, or under one that follows from its text', async () => {
    await connector.call(
      call('POST', '/customers/C-1/notes', { 'x-ms-client-request-id': 'run:Add' }),
    );
    await connector.call(call('POST', '/customers/C-1/notes'));
    await connector.call(call('POST', '/customers/C-1/notes'));
    const keys = seen.map((request) => request.headers['idempotency-key']);
    expect(keys[0]).toBe('run:Add');
    expect(keys[1]).toMatch(/^[0-9a-f]{64}$/);
    expect(keys[2]).toBe(keys[1]);
  });

  it('refuses operations that it does not have', async () => {
    const calling = async () => connector.call(call('DELETE', '/customers/C-1'));
    await expect(calling()).rejects.toMatchObject({ status: 404, code: 'OperationNotFound' });
  });
});
