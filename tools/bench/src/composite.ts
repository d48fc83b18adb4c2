import { execSync } from 'node:child_process';
import type { Table } from './report/table.js';
import { latencyTable, measureInTurn, type Candidate } from './measure.js';
import { withPlatform, type Running } from './platform.js';

const rounds = 5;
const calls = 60;

/**
 * The composite call of the reference architecture against its slowest backend, and against a handler written by
 * hand that makes the same calls in parallel. The difference to the slowest backend is what the platform adds.
 */
export async function composite(): Promise<Table[]> {
  return withPlatform(async (running) => {
    const token = execSync(running.tokenCommand, { encoding: 'utf8' }).trim();
    const key = /Ocp-Apim-Subscription-Key[':, ]+([\w-]+)/.exec(running.callCommand)![1]!;
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
    const alone = await measureInTurn(systems, { rounds: 1, calls });
    const slowest = systems.find(
      ({ name }) => name === alone.sort((a, b) => b.p50 - a.p50)[0]!.name,
    )!;
    const rows = await measureInTurn([slowest, byHand, platform], { rounds, calls });
    const added = rows[2]!.p50 - rows[0]!.p50;
    return [
      {
        ...latencyTable('composite', 'the composite call of the reference architecture', rows),
        notes: [`added to the slowest backend (${slowest.name}): ${added.toFixed(1)} ms at p50`],
      },
    ];
  });
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
  // The CRM allows 50 requests a second; a call that is told to slow down still takes its time.
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
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
}

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/xml' },
  });
  await response.arrayBuffer();
}
