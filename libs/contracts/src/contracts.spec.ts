import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createClient, ContractError, route, toOpenApi, Type, validate } from './index.js';

const getThing = route('GET', '/things/:id', 'getThing', {
  summary: 'One thing',
  params: Type.Object({ id: Type.String() }),
  query: Type.Object({ full: Type.Optional(Type.Boolean()) }),
  response: Type.Object({ id: Type.String() }),
  errors: { 404: 'no such thing' },
});

describe('validate', () => {
  it('reports every mistake with its pointer', () => {
    const checked = validate(
      Type.Object({ a: Type.Number(), b: Type.String() }, { additionalProperties: false }),
      { a: 'x', c: 1 },
    );
    expect(checked).toEqual({
      ok: false,
      details: expect.arrayContaining([
        { target: '/', message: "must have required property 'b'" },
        { target: '/', message: "must NOT have additional properties ('c')" },
        { target: '/a', message: 'must be number' },
      ]),
    });
  });
  it('coerces text only when asked to', () => {
    const schema = Type.Object({ n: Type.Integer() });
    expect(validate(schema, { n: '5' }).ok).toBe(false);
    expect(validate(schema, { n: '5' }, { coerce: true })).toEqual({ ok: true, value: { n: 5 } });
  });
});

describe('createClient', () => {
  let server: Server;
  let baseUrl = '';
  let answer: [number, string] = [200, '{}'];
  const seen: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${String(request.headers['x-k'])}`);
      response.writeHead(answer[0]).end(answer[1]);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  const call = () =>
    createClient({ baseUrl, headers: () => ({ 'x-k': 'v' }) })(getThing, {
      params: { id: 'a/b c' },
      query: { full: true },
    });

  it('encodes path and query and gives the typed answer', async () => {
    answer = [200, '{"id":"a/b c"}'];
    await expect(call()).resolves.toEqual({ id: 'a/b c' });
    expect(seen.at(-1)).toBe('GET /things/a%2Fb%20c?full=true v');
  });
  it('throws the error body of the other side', async () => {
    answer = [404, '{"error":{"code":"ResourceNotFound","message":"no such thing"}}'];
    await expect(call()).rejects.toMatchObject({ status: 404, code: 'ResourceNotFound' });
  });
  it.each([
    ['not JSON', '<html>'],
    ['of another shape', '{"id":1}'],
  ])('refuses an answer that is %s', async (_, body) => {
    answer = [200, body];
    await expect(call()).rejects.toBeInstanceOf(ContractError);
  });
});

describe('toOpenApi', () => {
  it('writes operations with parameters, answers and errors', () => {
    expect(toOpenApi('Things', '1', [getThing])).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/things/{id}': {
          get: {
            operationId: 'getThing',
            parameters: [
              { name: 'id', in: 'path', required: true },
              { name: 'full', in: 'query', required: false },
            ],
            responses: { 200: {}, 404: { description: 'no such thing' } },
          },
        },
      },
    });
  });
});
