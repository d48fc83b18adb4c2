import { X509Certificate } from 'node:crypto';
import { parseToken } from '@isthmus/dotnet';
import { boxAs } from '@isthmus/policy-expressions';
import { Body, bodyOptions } from '../model/body.js';
import type { CertificateInfo, OperationDefinition } from '../model/entities.js';
import { Headers } from '../model/headers.js';
import { Request, Response, type ClientCertificate } from '../model/message.js';
import { Query } from '../model/query.js';
import { parseBaseUrl, RequestUrl } from '../model/request-url.js';
import { PolicyContext } from '../pipeline/context.js';
import { TraceRecorder } from '../pipeline/trace.js';
import { FixedClock } from '../ports/clock.js';
import { compileGraphqlApi, type GraphqlApi } from '../graphql/graphql-api.js';
import { GraphqlForward } from '../graphql/graphql-forward.js';
import { FakeForward, type ForwardOptions } from '../ports/forward.js';
import { FakeHttp, TransportError } from '../ports/http.js';
import { FakeKeySets } from '../ports/key-sets.js';
import { FakeLog } from '../ports/log.js';
import { FakeMessages } from '../ports/messages.js';
import { fakePorts, type Ports } from '../ports/ports.js';
import { FakeResources } from '../ports/resources.js';
import { FakeTokens } from '../ports/tokens.js';
import type {
  Given,
  GivenCertificate,
  GivenGraphql,
  GivenMessage,
  GivenRequest,
  GivenResponse,
} from './policy-case.js';

/** What a fake service was asked. */
export interface SeenCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly timeout?: number;
}

/** Fakes that live as long as a case; each step brings its own answers. */
export class CaseWorld {
  readonly clock: FixedClock;
  readonly log = new FakeLog();
  readonly messages = new FakeMessages();
  readonly backendCalls: SeenCall[] = [];
  readonly httpCalls: SeenCall[] = [];
  readonly forwardOptions: ForwardOptions[] = [];
  readonly #ports: Ports;
  #given: Given = {};

  constructor(now: string | undefined) {
    this.clock = new FixedClock(now === undefined ? undefined : Date.parse(now));
    const base = fakePorts({
      clock: this.clock,
      log: this.log,
      messages: this.messages,
      forward: new GraphqlForward(
        new FakeForward(async (context, options) => {
          const { request } = context;
          this.forwardOptions.push(options);
          await request.body?.buffer();
          this.backendCalls.push({
            method: request.method,
            url: request.url.toString(),
            headers: request.headers.clone(),
            body: sentText(request.body),
          });
          return answer(this.#given.backend, this.backendCalls.length - 1);
        }),
      ),
      http: new FakeHttp(async (request) => {
        this.httpCalls.push({
          method: request.method,
          url: request.url,
          headers: request.headers,
          body: sentText(request.body),
          timeout: request.timeout,
        });
        return answer(this.#given.http, this.httpCalls.length - 1);
      }),
    });
    this.#ports = base;
  }

  /** A context for one request of the case. */
  context(given: Given): PolicyContext {
    this.#given = given;
    this.backendCalls.length = 0;
    this.httpCalls.length = 0;
    this.forwardOptions.length = 0;
    const certificates = certificatesOf(given.certificates);
    const ports: Ports = {
      ...this.#ports,
      keySets: new FakeKeySets(given.keySets),
      tokens: new FakeTokens(given.authorizations),
      resources: new FakeResources(given.backends, certificates),
    };
    // Ports stand for the gateway process: counters and caches are those of the whole case.
    const context = new PolicyContext({
      request: requestOf(given),
      ports,
      requestId: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
      deployment: {
        gatewayId: 'managed',
        instanceId: 'gw-0',
        region: 'West Europe',
        serviceId: 'isthmus',
        serviceName: 'isthmus.example',
        certificates: new Map(certificates.map((one) => [one.id, one])),
      },
      ...entitiesOf(given),
      ...(given.tracing ? { trace: new TraceRecorder() } : {}),
    });
    for (const [name, value] of Object.entries(given.variables ?? {}))
      context.variables.set(name, variableOf(value));
    return context;
  }
}

/** A preflight reaches the operation whose method it asks for, unless the case names an OPTIONS operation. */
function operationMethod({ method = 'GET', headers = {} }: GivenRequest = {}): string {
  if (method !== 'OPTIONS') return method;
  const asked = Object.entries(headers).find(
    ([name]) => name.toLowerCase() === 'access-control-request-method',
  );
  return asked === undefined ? method : String(asked[1]);
}

function entitiesOf(given: Given): Partial<ConstructorParameters<typeof PolicyContext>[0]> {
  const { api = {}, operation = {}, product, subscription, user } = given;
  return {
    api: {
      id: api.id ?? 'echo',
      name: api.name ?? 'Echo',
      path: api.path ?? '/echo',
      protocols: ['https'],
      serviceUrl: api.serviceUrl ?? 'https://backend.example/base',
      revision: '1',
      isCurrentRevision: true,
      ...(api.version === undefined ? {} : { version: api.version }),
      ...(api.graphql === undefined ? {} : { graphql: graphqlOf(api.graphql) }),
    },
    operation: {
      id: operation.id ?? 'call',
      name: operation.id ?? 'call',
      method: operation.method ?? operationMethod(given.request),
      urlTemplate: operation.urlTemplate ?? '/*',
      ...(operation.definition === undefined
        ? {}
        : { definition: operation.definition as OperationDefinition }),
    },
    product: product && {
      id: product.id,
      name: product.name ?? product.id,
      state: 'Published',
      approvalRequired: false,
      subscriptionRequired: true,
      groups: [],
      apis: [],
    },
    subscription: subscription && {
      id: subscription.id,
      name: subscription.name ?? subscription.id,
      key: 'key',
      primaryKey: 'key',
      secondaryKey: '',
      createdDate: '2025-01-02T03:04:05Z',
    },
    user: user && {
      id: user.id,
      email: `${user.id}@contoso.example`,
      firstName: user.id,
      lastName: '',
      registrationDate: '2025-01-02T03:04:05Z',
      groups: (user.groups ?? []).map((id) => ({ id, name: id })),
      identities: [],
    },
  };
}

function requestOf(given: Given): Request {
  const { request = {}, api = {} } = given;
  const target = request.path ?? '/';
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const query = question < 0 ? '' : target.slice(question);
  const { headers, body } = messageOf(request);
  return new Request({
    method: request.method ?? 'GET',
    url: new RequestUrl(
      parseBaseUrl(api.serviceUrl ?? 'https://backend.example/base'),
      path,
      new Query(query),
    ),
    originalUrl: RequestUrl.parse(
      `https://gateway.example${(api.path ?? '/echo').replace(/\/$/, '')}${path}${query}`,
    ),
    headers,
    body,
    ipAddress: request.ipAddress ?? '203.0.113.7',
    matchedParameters: new Map(Object.entries(given.matchedParameters ?? {})),
    clientCertificate: request.certificate && clientCertificateOf(request.certificate),
  });
}

function clientCertificateOf({ pem, trusted = true }: GivenCertificate): ClientCertificate {
  const end = '-----END CERTIFICATE-----';
  const [leaf, ...issuers] = pem
    .split(end)
    .filter((part) => part.trim() !== '')
    .map((part) => new X509Certificate(part.trim() + '\n' + end).raw);
  if (!leaf) throw new Error('given.request.certificate: there is no certificate');
  return { der: leaf, chain: issuers, trusted };
}

function certificatesOf(given: Given['certificates'] = {}): CertificateInfo[] {
  return Object.entries(given).map(([id, pem]) => {
    const { raw, fingerprint } = new X509Certificate(pem);
    return { id, der: raw, thumbprint: fingerprint.replaceAll(':', '') };
  });
}

function messageOf(message: GivenMessage): { headers: Headers; body: Body | null } {
  const headers = new Headers();
  // YAML reads `x-count: 1` as a number.
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      headers.append(name, String(one));
  }
  if (message.json !== undefined && !headers.has('Content-Type'))
    headers.set('Content-Type', 'application/json');
  const text = message.json === undefined ? message.body : JSON.stringify(message.json);
  return {
    headers,
    body: text === undefined ? null : Body.fromStream(oneChunk(text), bodyOptions(headers)),
  };
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text, 'utf8'));
}

function answer(
  given: GivenResponse | readonly GivenResponse[] | undefined,
  call: number,
): Response {
  const list =
    given === undefined
      ? [{}]
      : Array.isArray(given)
        ? (given as readonly GivenResponse[])
        : [given as GivenResponse];
  const chosen = list[Math.min(call, list.length - 1)] ?? {};
  if (chosen.fails) throw new TransportError(chosen.fails);
  const { headers, body } = messageOf(chosen);
  return new Response(chosen.status ?? 200, chosen.reason, headers, body);
}

function sentText(body: Body | null): string {
  return body ? Buffer.from(body.wire).toString('utf8') : '';
}

function variableOf(value: unknown): unknown {
  if (typeof value === 'number')
    return Number.isInteger(value) ? boxAs('int', value) : boxAs('double', value);
  if (typeof value === 'object' && value !== null) return parseToken(JSON.stringify(value));
  return value;
}

function graphqlOf({ schema, resolvers = {} }: GivenGraphql): GraphqlApi {
  const { api, problems } = compileGraphqlApi({
    schema,
    resolvers: Object.entries(resolvers).map(([path, text]) => ({ path, source: { text } })),
  });
  if (!api) throw new Error(problems.map(({ message }) => message).join('\n'));
  return api;
}
