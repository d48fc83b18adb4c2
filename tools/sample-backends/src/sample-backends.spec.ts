import { startCrm, crmClient } from './crm/crm-api.js';
import type { Listening } from './listen.js';
import { startOrders } from './orders/orders-api.js';
import { startStock } from './stock/stock-service.js';

const running: Listening[] = [];
const start = async (begin: (port: number) => Promise<Listening>) => {
  const listening = await begin(0);
  running.push(listening);
  return listening.url;
};
afterAll(() => {
  for (const { server } of running) {
    server.close();
    server.closeAllConnections();
  }
});

describe('the order service', () => {
  let url = '';
  beforeAll(async () => {
    url = await start(startOrders);
  });
  const put = (etag: string | undefined, body: object) =>
    fetch(`${url}/orders/1002`, {
      method: 'PUT',
      headers: etag === undefined ? {} : { 'if-match': etag },
      body: JSON.stringify(body),
    });
  const order = { customerId: 'C-101', lines: [{ sku: 'VALVE-3', quantity: 2 }] };

  it('answers 304 to a known entity tag', async () => {
    const etag = (await fetch(`${url}/orders/1001`)).headers.get('etag')!;
    expect((await fetch(`${url}/orders/1001`, { headers: { 'if-none-match': etag } })).status).toBe(
      304,
    );
  });
  it('replaces an order only under its current entity tag', async () => {
    const etag = (await fetch(`${url}/orders/1002`)).headers.get('etag')!;
    expect((await put(undefined, order)).status).toBe(428);
    expect((await put('"old"', order)).status).toBe(412);
    expect((await put(etag, order)).status).toBe(200);
    expect((await put(etag, order)).status).toBe(412);
  });
  it('lists every mistake of an order with its pointer', async () => {
    const answer = await fetch(`${url}/orders`, {
      method: 'POST',
      body: JSON.stringify({ customerId: 'x', lines: [{ sku: 1, quantity: 0 }] }),
    });
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual([
      '/customerId',
      '/lines/0/sku',
      '/lines/0/quantity',
    ]);
  });
  it('creates an order and says where it is', async () => {
    const answer = await fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify(order) });
    expect(answer.status).toBe(201);
    expect((await fetch(url + answer.headers.get('location')!)).status).toBe(200);
  });
});

describe('the stock service', () => {
  it('speaks SOAP 1.1 and 1.2, and answers an unknown order with a fault', async () => {
    const url = await start(startStock);
    const ask = async (path: string, namespace: string, orderNumber: string) => {
      const answer = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'text/xml' },
        body: `<e:Envelope xmlns:e="${namespace}" xmlns:t="urn:isthmus:samples:stock:types"><e:Body><t:GetReservations><t:orderNumber>${orderNumber}</t:orderNumber></t:GetReservations></e:Body></e:Envelope>`,
      });
      return [answer.status, await answer.text()] as const;
    };
    const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
    const soap12 = 'http://www.w3.org/2003/05/soap-envelope';
    expect(await ask('/stock', soap11, '1002')).toEqual([200, expect.stringContaining('VALVE-3')]);
    expect(await ask('/stock12', soap12, '1002')).toEqual([200, expect.stringContaining(soap12)]);
    expect(await ask('/stock', soap11, 'x')).toEqual([
      500,
      expect.stringContaining('UnknownOrder'),
    ]);
    expect(await (await fetch(`${url}/stock.xsd`)).text()).toContain('GetReservationsResponse');
  });
});

describe('the CRM', () => {
  let url = '';
  beforeAll(async () => {
    url = await start(startCrm);
  });
  const token = async (secret = crmClient.secret as string) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: crmClient.id,
      client_secret: secret,
    });
    return fetch(`${url}/oauth2/token`, { method: 'POST', body: form });
  };
  const authorised = async (
    path: string,
    init: { method?: string; body?: string; headers?: Record<string, string> } = {},
  ) => {
    const { access_token: value } = (await (await token()).json()) as { access_token: string };
    return fetch(url + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${value}` },
    });
  };

  it('gives tokens to its client only and refuses calls without one', async () => {
    expect((await token('wrong')).status).toBe(401);
    expect((await fetch(`${url}/v1/customers`)).status).toBe(401);
  });
  it('answers pages with a next link', async () => {
    const first = (await (await authorised('/v1/customers')).json()) as {
      data: object[];
      next: string;
    };
    expect(first.data).toHaveLength(2);
    const second = (await (await authorised(first.next)).json()) as { data: object[]; next: null };
    expect([second.data.length, second.next]).toEqual([1, null]);
  });
  it('adds a note once under one idempotency key', async () => {
    const add = () =>
      authorised('/v1/customers/C-100/notes', {
        method: 'POST',
        headers: { 'idempotency-key': 'k1' },
        body: '{"text":"x"}',
      });
    const [first, second] = [await add(), await add()];
    expect(await second.json()).toEqual(await first.json());
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });
  it('answers 429 with Retry-After above its rate', async () => {
    const { access_token: value } = (await (await token()).json()) as { access_token: string };
    const answers = await Promise.all(
      Array.from({ length: 120 }, () =>
        fetch(`${url}/v1/customers`, { headers: { authorization: `Bearer ${value}` } }),
      ),
    );
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('retry-after')).toBe('1');
  });
});
