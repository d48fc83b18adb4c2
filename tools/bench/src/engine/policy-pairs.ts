import { randomUUID } from 'node:crypto';
import {
  Body,
  compilePolicies,
  createCompilationCache,
  fakePorts,
  FakeForward,
  finishPipeline,
  Headers,
  PolicyContext,
  Query,
  Request,
  RequestUrl,
  Response,
  runPipeline,
  type CompiledOperation,
  type Ports,
} from '@isthmus/policy-engine';
import { oneKib } from '../baselines/backend.js';
import { scopeDocuments } from '../gateway/apiops-folder.js';
import type { FunctionPair } from './measure-function.js';

const rawHeaders = [
  ...['Host', '127.0.0.1', 'Accept', 'application/json', 'User-Agent', 'bench/1.0'],
  ...['Ocp-Apim-Subscription-Key', 'bench', 'Accept-Encoding', 'gzip'],
];
const answerHeaders = [
  ...['Content-Type', 'application/json', 'Content-Length', '1024', 'X-Powered-By', 'backend'],
  ...['Date', 'Mon, 23 Nov 2026 08:00:00 GMT', 'Server', 'backend'],
];
const answerBytes = Buffer.from(oneKib);

/** Name of the pair that shows what the pipeline itself costs. */
export const trivialSteps =
  'policy pipeline of 20 trivial steps (8 set-variable, 6 set-header, 2 deletes, 4 choose)';

/** The pipeline of a call without sockets, and what compiling it takes. */
export function policyPairs(): FunctionPair[] {
  const operation = compiled();
  const trivial = trivialOperation();
  const requestId = randomUUID();
  const ports = fakePorts({
    forward: new FakeForward(
      () =>
        new Response(
          200,
          'OK',
          Headers.fromRaw(answerHeaders.slice()),
          Body.fromBytes(answerBytes),
        ),
    ),
  });
  const cache = createCompilationCache();
  return [
    {
      name: 'policy pipeline of 20 steps',
      ours: async () => {
        const context = contextOf(ports, randomUUID());
        await runPipeline(operation, context);
        if (context.afterwards.length > 0) await finishPipeline(context);
        return context.response;
      },
      byHand: () => callByHand(),
    },
    {
      name: trivialSteps,
      ours: () => {
        const context = contextOf(ports, requestId);
        const waits = runPipeline(trivial, context);
        if (waits) throw new Error('trivial steps wait for nothing');
        return context.response;
      },
      byHand: trivialByHand,
    },
    {
      name: 'compiling four documents; by hand: the next operation that shares them',
      ours: compiled,
      byHand: () => compilePolicies(sources(), { cache }),
    },
  ];
}

function sources() {
  return Object.fromEntries(
    Object.entries(scopeDocuments).map(([scope, text]) => [scope, { text, format: 'rawxml' }]),
  ) as Record<keyof typeof scopeDocuments, { text: string; format: 'rawxml' }>;
}

function compiled(): CompiledOperation {
  const { operation, problems } = compilePolicies(sources());
  if (!operation) throw new Error(problems.map(({ message }) => message).join('\n'));
  return operation;
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Twenty steps that each do one small thing: what the pipeline itself costs. */
function trivialOperation(): CompiledOperation {
  const header = (name: string) =>
    `<set-header name="${name}" exists-action="override"><value>on</value></set-header>`;
  const inbound = [
    ...times(8, (index) => `<set-variable name="v${index}" value="on" />`),
    ...times(3, (index) => header(`X-In-${index}`)),
    '<set-header name="Ocp-Apim-Subscription-Key" exists-action="delete" />',
    ...times(
      4,
      (index) =>
        `<choose><when condition="@((string)context.Variables["v${index}"] == "off")"><set-method>PUT</set-method></when></choose>`,
    ),
  ];
  const outbound = [
    ...times(3, (index) => header(`X-Out-${index}`)),
    '<set-header name="X-Powered-By" exists-action="delete" />',
  ];
  const text = `<policies><inbound>${inbound.join('')}</inbound><backend /><outbound>${outbound.join('')}</outbound><on-error /></policies>`;
  const { operation, problems } = compilePolicies({ api: { text, format: 'rawxml' } });
  if (!operation) throw new Error(problems.map(({ message }) => message).join('\n'));
  return operation;
}

function trivialByHand(): unknown {
  const headers = new Map<string, string>();
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.set(rawHeaders[at]!.toLowerCase(), rawHeaders[at + 1]!);
  const variables = new Map<string, string>();
  for (let index = 0; index < 8; index += 1) variables.set(`v${index}`, 'on');
  for (let index = 0; index < 3; index += 1) headers.set(`x-in-${index}`, 'on');
  headers.delete('ocp-apim-subscription-key');
  let method = 'GET';
  for (let index = 0; index < 4; index += 1)
    if (variables.get(`v${index}`) === 'off') method = 'PUT';
  const answer = new Map<string, string>();
  for (let index = 0; index < 3; index += 1) answer.set(`x-out-${index}`, 'on');
  answer.delete('x-powered-by');
  return { method, headers, answer };
}

const api = {
  id: 'orders',
  name: 'orders',
  path: '/orders',
  protocols: ['http'],
  serviceUrl: 'http://backend',
  revision: '1',
  isCurrentRevision: true,
};
const product = {
  id: 'unlimited',
  name: 'Unlimited',
  state: 'Published' as const,
  approvalRequired: false,
  subscriptionRequired: true,
  groups: [],
  apis: [api],
};
const subscription = {
  ...{ id: 'bench', name: 'Bench', key: 'bench', primaryKey: '', secondaryKey: '' },
  createdDate: '2026-01-01T00:00:00Z',
};
const deployment = {
  ...{ gatewayId: 'managed', instanceId: '1', region: 'local', serviceId: 'isthmus' },
  serviceName: 'isthmus',
  certificates: new Map(),
};

function contextOf(ports: Ports, requestId: string): PolicyContext {
  const base = { scheme: 'http', host: '127.0.0.1', port: 80, path: '' };
  const path = '/orders/customers/c-100/orders/1001';
  return new PolicyContext({
    request: new Request({
      method: 'GET',
      url: new RequestUrl(base, '/customers/c-100/orders/1001', new Query()),
      originalUrl: new RequestUrl(base, path, new Query()),
      headers: Headers.fromRaw(rawHeaders.slice()),
      body: null,
      ipAddress: '127.0.0.1',
      matchedParameters: new Map([
        ['customer', 'c-100'],
        ['order', '1001'],
      ]),
    }),
    ports,
    requestId,
    deployment,
    api,
    operation: {
      id: 'get-order',
      name: 'get-order',
      method: 'GET',
      urlTemplate: '/customers/{customer}/orders/{order}',
    },
    product,
    subscription,
  });
}

const counts = new Map<string, number>();

/** The same twenty steps as somebody would write them for this one operation. */
async function callByHand(): Promise<unknown> {
  const headers = new Map<string, string>();
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.set(rawHeaders[at]!.toLowerCase(), rawHeaders[at + 1]!);
  const began = performance.now();
  const started = new Date().toISOString();
  headers.set('x-request-id', randomUUID());
  counts.set('bench', (counts.get('bench') ?? 0) + 1);
  if (counts.get('bench')! > 1e9) return { status: 429 };
  headers.set('x-product', product.name);
  headers.delete('ocp-apim-subscription-key');
  headers.set('x-caller', subscription.name);
  if (headers.get('accept')?.includes('xml')) headers.set('accept', 'application/json');
  const order = '1001';
  headers.set('x-order', order);
  const answer = await forwardByHand(`/v2/orders/${order}?source=gateway`);
  answer.headers.delete('x-powered-by');
  answer.headers.set('x-gateway', 'isthmus');
  answer.headers.set('cache-control', 'no-store');
  if (answer.status >= 500) answer.headers.set('retry-after', '5');
  answer.headers.set('x-order', order);
  answer.headers.set('x-elapsed', (performance.now() - began).toFixed(0));
  return { ...answer, started };
}

async function forwardByHand(path: string) {
  const headers = new Map<string, string>();
  for (let at = 0; at < answerHeaders.length; at += 2)
    headers.set(answerHeaders[at]!.toLowerCase(), answerHeaders[at + 1]!);
  return { status: 200, headers, path, body: answerBytes };
}
