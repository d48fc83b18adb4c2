import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformProcess } from './platform-process.js';

const workflows = '/subscriptions/local/resourceGroups/local/providers/Microsoft.Logic/workflows';
const tenant = '7e57c0de-0000-4000-8000-000000000001';

const summary = {
  orderId: '1001',
  status: 'open',
  customer: { id: 'C-100', name: 'Nordlicht Pumpen GmbH', segment: 'key' },
  lines: [
    { sku: 'PUMP-7', name: 'Circulation pump', quantity: 2, unitPrice: 149.5 },
    { sku: 'SEAL-2', name: 'Shaft seal', quantity: 10, unitPrice: 4.2 },
  ],
  reservations: [
    { sku: 'PUMP-7', warehouse: 'HAM-1', reserved: 2, available: true },
    { sku: 'SEAL-2', warehouse: 'HAM-1', reserved: 6, available: false, restockDate: '2026-03-20' },
  ],
  total: 341,
  delivery: { carrier: 'express', days: 8, complete: false },
};

describe('the reference architecture', () => {
  let platform: PlatformProcess;
  let token = '';
  let operator = '';
  let key = '';

  const tokenOf = async (client: string, secret: string) => {
    const response = await fetch(`${platform.url('identity')}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client,
        client_secret: secret,
        scope: 'api://isthmus/.default',
      }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const call = (
    path: string,
    over: { headers?: Record<string, string>; method?: string; body?: string } = {},
  ) =>
    fetch(`${platform.url('gateway')}${path}`, {
      method: over.method ?? 'GET',
      headers: {
        authorization: `Bearer ${token}`,
        'ocp-apim-subscription-key': key,
        ...over.headers,
      },
      ...(over.body === undefined ? {} : { body: over.body }),
    });
  const summaryPath = '/order-summary/v1/customers/C-100/orders/1001';
  const manage = async (path: string) => {
    const response = await fetch(`${platform.url('orchestrator')}${workflows}${path}`, {
      headers: { authorization: `Bearer ${operator}` },
    });
    return (await response.json()) as {
      value: { name: string; properties: Record<string, unknown> }[];
    };
  };

  beforeAll(async () => {
    platform = await PlatformProcess.start();
    token = (await platform.shell(platform.running.tokenCommand)).trim();
    operator = await tokenOf(
      '7e57c0de-0000-4000-8000-00000000a002',
      'isthmus-operator-sample-secret',
    );
    key = /Ocp-Apim-Subscription-Key[':, ]+([\w-]+)/.exec(platform.running.callCommand)![1]!;
  }, 120_000);
  afterAll(async () => {
    const code = await platform?.stop();
    if (code !== 0) throw new Error(`npm start ended with ${code}`);
  }, 60_000);

  it('answers the composite call by the two printed commands', async () => {
    const { tokenCommand, callCommand } = platform.running;
    const output = await platform.shell(`${tokenCommand} >/dev/null`, callCommand);
    expect(JSON.parse(output)).toEqual(summary);
    // The second command finds the token of the first one in another shell too.
    expect(JSON.parse(await platform.shell(callCommand))).toEqual(summary);
  });

  it('says it is ready on every management port', async () => {
    for (const name of [
      'gateway',
      'catalog',
      'orchestrator',
      'adapter-rest',
      'adapter-soap',
      'adapter-saas',
    ]) {
      for (const path of ['/healthz', '/readyz', '/startupz']) {
        expect([name, path, (await fetch(platform.managementUrl(name) + path)).status]).toEqual([
          name,
          path,
          200,
        ]);
      }
    }
  });

  it('carries one trace id and the caller’s correlation id through gateway, orchestrator and adapters', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = {
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
      'x-ms-client-tracking-id': 'e2e-trace',
    };
    expect((await call(summaryPath, { headers })).status).toBe(200);
    await sleep(200);
    for (const name of [
      'gateway',
      'orchestrator',
      'adapter-rest',
      'adapter-soap',
      'adapter-saas',
    ]) {
      const lines = (await platform.log(name)).filter((line) => line['trace_id'] === trace);
      expect([name, lines.length > 0]).toEqual([name, true]);
      expect([name, lines.some((line) => line['correlationId'] === 'e2e-trace')]).toEqual([
        name,
        true,
      ]);
    }
  });

  it('shows the run, its nested run and its actions over the management API', async () => {
    const headers = { 'x-ms-client-tracking-id': 'e2e-history' };
    expect((await call(summaryPath, { headers })).status).toBe(200);
    const filter = `?$filter=${encodeURIComponent("ClientTrackingId eq 'e2e-history'")}`;
    const [run] = (await manage(`/order-summary/runs${filter}`)).value;
    expect(run!.properties).toMatchObject({
      status: 'Succeeded',
      correlation: { clientTrackingId: 'e2e-history' },
      trigger: { name: 'manual' },
    });
    const actions = (await manage(`/order-summary/runs/${run!.name}/actions`)).value;
    const status = (name: string) =>
      actions.find((action) => action.name === name)?.properties['status'];
    for (const name of [
      'Get_order',
      'Get_reservations',
      'Get_customer',
      'Estimate_delivery',
      'Answer_summary',
    ]) {
      expect([name, status(name)]).toEqual([name, 'Succeeded']);
    }
    expect(status('Collecting_failed')).toBe('Skipped');
    const [nested] = (await manage(`/delivery-estimate/runs${filter}`)).value;
    expect(nested!.properties['status']).toBe('Succeeded');
  });

  it.each([
    ['a wrong token', { authorization: 'Bearer wrong' }, 401],
    ['no token', { authorization: '' }, 401],
    ['a wrong key', { 'ocp-apim-subscription-key': 'wrong' }, 401],
  ])('refuses %s with the reason', async (_, headers, status) => {
    const answer = await call(summaryPath, { headers });
    const body = (await answer.json()) as { statusCode: number; message: string };
    expect(answer.status).toBe(status);
    expect(body.statusCode).toBe(status);
    expect(body.message.length).toBeGreaterThan(5);
  });

  it('answers a missing key with the documented body and challenge', async () => {
    const answer = await fetch(`${platform.url('gateway')}${summaryPath}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^AzureApiManagementKey realm=/);
    expect(await answer.text()).toBe(
      '{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API." }',
    );
  });

  it('answers an unknown path with the documented body', async () => {
    const answer = await call('/nowhere');
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('{ "statusCode": 404, "message": "Resource not found" }');
  });

  it('refuses a token that a forged or rotated key signed', async () => {
    const [header, payload] = token.split('.');
    const answer = await call(summaryPath, {
      headers: { authorization: `Bearer ${header}.${payload}.AAAA` },
    });
    expect(answer.status).toBe(401);
  });

  it('passes orders through with entity tags and validation errors', async () => {
    const order = await call('/orders/orders/1001');
    expect(order.headers.get('etag')).toMatch(/^"/);
    expect(await order.json()).toMatchObject({ id: '1001', customerId: 'C-100' });
    const invalid = await call('/orders/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"customerId":"x"}',
    });
    expect(invalid.status).toBe(422);
    const malformed = await call('/orders/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"customerId":',
    });
    expect(malformed.status).toBe(422);
    const large = await call('/orders/orders', {
      method: 'POST',
      body: 'x'.repeat(2 * 1024 * 1024),
    });
    expect(large.status).toBe(413);
  });

  it('passes SOAP through, faults included', async () => {
    const envelope = (order: string) =>
      `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:isthmus:samples:stock:types"><soapenv:Body><t:GetReservations><t:orderNumber>${order}</t:orderNumber></t:GetReservations></soapenv:Body></soapenv:Envelope>`;
    const action = 'urn:isthmus:samples:stock/GetReservations';
    const post = (order: string) =>
      call(`/stock/?soapAction=${action}`, {
        method: 'POST',
        headers: { 'content-type': 'text/xml', soapaction: `"${action}"` },
        body: envelope(order),
      });
    const good = await post('1001');
    expect([good.status, (await good.text()).includes('PUMP-7')]).toEqual([200, true]);
    const fault = await post('9999');
    expect([fault.status, (await fault.text()).includes('Unknown order 9999')]).toEqual([
      500,
      true,
    ]);
  });

  it('answers 404 for an order that the customer does not have', async () => {
    for (const path of ['/customers/C-100/orders/4711', '/customers/C-101/orders/1001']) {
      const answer = await call(`/order-summary/v1${path}`);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({
        error: { code: 'OrderNotFound', message: 'The customer has no such order.' },
      });
    }
  });

  it('refuses tokens without the role on the management APIs', async () => {
    const response = await fetch(`${platform.url('orchestrator')}${workflows}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(403);
    expect((await fetch(`${platform.url('orchestrator')}${workflows}`)).status).toBe(401);
  });

  it('answers 502 and names the system when a backend is down, and goes on afterwards', async () => {
    await platform.kill('crm');
    const answer = await call(summaryPath);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toEqual({
      error: { code: 'SystemFailed', message: 'A system behind the summary failed: Get_customer.' },
    });
    platform.startAgain('crm');
    await until(async () => (await call(summaryPath)).status === 200);
  }, 30_000);

  it('keeps calls working when the catalog is gone, and after a restart of the gateway without it', async () => {
    await platform.kill('catalog');
    expect((await call(summaryPath)).status).toBe(200);
    await platform.kill('gateway');
    platform.startAgain('gateway');
    await until(async () => (await call(summaryPath).catch(() => undefined))?.status === 200);
  }, 60_000);
});

/** Waits until something holds; the test's own time limit ends it otherwise. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await sleep(100);
}
