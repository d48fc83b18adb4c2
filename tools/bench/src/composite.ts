import { execSync } from 'node:child_process';
import type { Table } from './report/table.js';
import { latencyTable, measureInTurn, type Candidate } from './measure.js';
import { withPlatform, type Running } from './platform.js';

const tenantId = '7e57c0de-0000-4000-8000-000000000001';
const rounds = 5;
const calls = 40;
/** Between calls: the CRM answers 429 above 50 requests a second, and a refusal is no measurement. */
const pauseMs = 25;

/**
 * The composite call of the reference architecture against its slowest backend, and against a handler written by
 * hand that makes the same calls in parallel. The difference to the slowest backend is what the platform adds.
 */
export async function composite(): Promise<Table[]> {
  return withPlatform(async (running) => {
    const token = execSync(running.tokenCommand, { encoding: 'utf8' }).trim();
    const key = await unlimitedKey(running);
    const systems = await systemsOf(running);
    const platform: Candidate = {
      name: 'gateway + workflow + child + adapters',
      run: () =>
        get(`${running.services['gateway']!.url}/order-summary/v1/customers/C-100/orders/1001`, {
          authorization: `Bearer ${token}`,
          'ocp-apim-subscription-key': key,
        }),
    };
    const byHand: Candidate = {
      name: 'the same calls by hand',
      run: async () => {
        await Promise.all(systems.map((system) => system.run()));
        await get(`${running.services['orders']!.url}/delivery-options/DE`);
      },
    };
    const alone = await measureInTurn(systems, { rounds: 1, calls, pauseMs });
    const slowest = systems.find(
      ({ name }) => name === alone.sort((a, b) => b.p50 - a.p50)[0]!.name,
    )!;
    const rows = await measureInTurn([slowest, byHand, platform], { rounds, calls, pauseMs });
    const added = rows[2]!.p50 - rows[0]!.p50;
    return [
      {
        ...latencyTable('composite', 'the composite call of the reference architecture', rows),
        notes: [`added to the slowest backend (${slowest.name}): ${added.toFixed(1)} ms at p50`],
      },
    ];
  });
}

/** A subscription of the product without a rate limit, made through the catalog's own API. */
async function unlimitedKey(running: Running): Promise<string> {
  const identity = running.services['identity']!.url;
  const token = await fetch(`${identity}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: '7e57c0de-0000-4000-8000-00000000a002',
      client_secret: 'isthmus-operator-sample-secret',
      scope: 'api://isthmus/.default',
    }),
  });
  const { access_token: operator } = (await answerOf(token)) as { access_token: string };
  const subscription =
    `${running.services['catalog']!.url}/subscriptions/local/resourceGroups/local/providers` +
    '/Microsoft.ApiManagement/service/isthmus/subscriptions/bench';
  const headers = { authorization: `Bearer ${operator}`, 'content-type': 'application/json' };
  const properties = { displayName: 'bench', scope: '/products/unlimited', state: 'active' };
  await answerOf(
    await fetch(`${subscription}?api-version=2024-05-01`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ properties }),
    }),
  );
  const secrets = await fetch(`${subscription}/listSecrets?api-version=2024-05-01`, {
    method: 'POST',
    headers,
  });
  const { primaryKey } = (await answerOf(secrets)) as { primaryKey: string };
  // The gateway hears of the subscription by its long poll.
  await new Promise((done) => setTimeout(done, 1500));
  return primaryKey;
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok)
    throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

async function systemsOf(running: Running): Promise<Candidate[]> {
  const url = (name: string) => running.services[name]!.url;
  const answer = await fetch(`${url('crm')}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'isthmus',
      client_secret: 'crm-sample-secret',
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return [
    { name: 'REST backend', run: () => get(`${url('orders')}/orders/1001`) },
    { name: 'SOAP backend', run: () => post(`${url('stock')}/stock`, envelope) },
    {
      name: 'SaaS backend',
      run: () => get(`${url('crm')}/v1/customers/C-100`, { authorization: `Bearer ${token}` }),
    },
  ];
}

const envelope =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:isthmus:samples:stock:types">' +
  '<soapenv:Body><t:GetReservations><t:orderNumber>1001</t:orderNumber></t:GetReservations></soapenv:Body></soapenv:Envelope>';

async function get(url: string, headers: Record<string, string> = {}): Promise<void> {
  await readAll(await fetch(url, { headers }));
}

async function post(url: string, body: string): Promise<void> {
  await readAll(
    await fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/xml' } }),
  );
}

/** A refused call measures nothing. */
async function readAll(response: Response): Promise<void> {
  const body = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${body}`);
}
