import { netAuthorization, boxAs } from '../context/host-values.js';
import type {
  CertificateView,
  ExpressionContext,
  MessageBody,
  NameValues,
  UrlView,
} from '../context/expression-context.js';
import type { EvaluationHost } from '../runtime/runtime-state.js';

/** Name-value pairs looked up without regard to case. */
function names(values: Readonly<Record<string, readonly string[]>>): NameValues {
  const index = new Map(Object.entries(values).map(([k, v]) => [k.toLowerCase(), v]));
  return { get: (name) => index.get(name.toLowerCase()), names: () => Object.keys(values) };
}

const body = (text: string): MessageBody => ({
  bytes: new TextEncoder().encode(text),
  consumed: false,
});

function url(host: string, path: string): UrlView {
  const query = names({ expand: ['lines', 'customer'], page: ['2'] });
  return {
    scheme: 'https',
    host,
    port: 443,
    path,
    queryString: '?expand=lines&expand=customer&page=2',
    query,
  };
}

/** 2026-03-04T05:06:07Z. */
const instant = 639_081_975_670_000_000n;

const api: NonNullable<ExpressionContext['api']> = {
  id: 'orders-api',
  name: 'Orders API',
  path: '/shop/v1',
  protocols: ['https'],
  serviceUrl: url('orders.internal.example', '/svc'),
  subscriptionKeyParameterNames: { header: 'Ocp-Apim-Subscription-Key', query: 'subscription-key' },
  isCurrentRevision: true,
  revision: '3',
  version: 'v1',
};

const people = {
  subscription: {
    createdDate: instant,
    startDate: instant,
    endDate: null,
    id: 'sub-1',
    key: 'k1',
    name: 'First',
    primaryKey: 'k1',
    secondaryKey: 'k2',
  },
  user: {
    email: 'ada@contoso.example',
    firstName: 'Ada',
    lastName: 'Lovelace',
    groups: [{ id: 'developers', name: 'Developers' }],
    id: 'ada',
    identities: [{ id: 'aad-1', provider: 'Azure' }],
    note: 'first',
    registrationDate: instant,
  },
};

const lastError: ExpressionContext['lastError'] = {
  source: 'validate-jwt',
  reason: 'TokenNotPresent',
  message: 'JWT not present.',
  scope: 'api',
  section: 'inbound',
  path: 'validate-jwt[1]',
  policyId: 'check',
  httpErrorCode: 401,
};

/** A request with a body that has not been read. */
const request = (): ExpressionContext['request'] => ({
  method: 'POST',
  url: url('orders.internal.example', '/svc/orders/42'),
  originalUrl: url('api.contoso.example', '/shop/v1/orders/42'),
  headers: names({ Host: ['api.contoso.example'], 'X-Tag': ['a', 'b'] }),
  body: body('{"id":42,"lines":[{"sku":"A","qty":2}]}'),
  ipAddress: '203.0.113.7',
  matchedParameters: new Map([['id', '42']]),
  certificate: null,
  privateEndpointConnection: { name: 'pe', groupId: 'Gateway', memberName: 'Gateway' },
  foundryDeployment: 'gpt',
});

/** A context in which every member has a value; bodies are fresh in each. */
export function sampleContext(
  certificates: ReadonlyMap<string, CertificateView> = new Map(),
): ExpressionContext {
  return {
    ...people,
    api,
    backend: { id: 'orders-backend', type: 'Pool', azureRegion: 'westeurope' },
    deployment: {
      gatewayId: 'managed',
      region: 'West Europe',
      serviceId: 'contoso',
      serviceName: 'contoso.example',
      instanceId: 'gw-0',
      isManaged: true,
      certificates,
      carbonIntensity: 12.5,
    },
    elapsed: 1_234_567n,
    graphql: { arguments: '{"id":7}', parent: '{"name":"root"}' },
    lastError,
    operation: {
      id: 'get-order',
      method: 'GET',
      name: 'Get an order',
      urlTemplate: '/orders/{id}',
    },
    product: {
      apis: [api],
      approvalRequired: false,
      groups: [{ id: 'developers', name: 'Developers' }],
      id: 'starter',
      name: 'Starter',
      state: 'Published',
      subscriptionsLimit: 5,
      subscriptionRequired: true,
    },
    request: request(),
    requestId: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
    response: {
      statusCode: 200,
      statusReason: 'OK',
      headers: names({ 'Content-Type': ['application/json'] }),
      body: body('[1,2]'),
    },
    timestamp: instant,
    tracing: false,
    variables: new Map<string, unknown>([
      ['n', boxAs('int', 5)],
      ['text', 'abc'],
      ['nothing', null],
      ['authorization', netAuthorization('tok', { scope: 'read' })],
    ]),
    workspace: { id: 'ws-1', name: 'Commerce' },
    trace: () => undefined,
  };
}

/** A host whose clock and randomness stand still. */
export const stillHost: EvaluationHost = {
  now: () => instant,
  random: () => 0.5,
  randomBytes: (count) => new Uint8Array(count).fill(7),
};
