import { Body, Headers, Response, TransportError, parseBaseUrl } from '@isthmus/policy-engine';
import type { Forward, ForwardOptions, PolicyContext, RequestUrl } from '@isthmus/policy-engine';
import type { BackendModel } from './backend-model.js';
import type { BackendStates, ChosenBackend } from './backend-states.js';
import type { ConnectionChoice, Dispatchers } from './dispatchers.js';
import { usualConnection } from './dispatchers.js';
import { exchange } from './exchange.js';
import { BackendFailure } from './failures.js';
import { outgoingHeaders } from './outgoing-headers.js';
import { rememberFailure } from './last-failure.js';
import { originOf } from './origin.js';
import { followRedirects } from './redirects.js';
import { tlsCertificate } from '../services/certificates.js';

/** What forwarding works with; `backends` are those of one configuration. */
export interface ForwardServices {
  readonly dispatchers: Dispatchers;
  readonly states: BackendStates;
  readonly backends: ReadonlyMap<string, BackendModel>;
  /** Bytes of a body that policies may hold in memory. */
  readonly bodyBuffer: number;
  /** Where the Dapr sidecar listens. */
  readonly daprUrl: string;
}

/** Where a call goes, settled: entity and pool chosen, credentials at hand. */
interface Destination {
  readonly url: RequestUrl;
  readonly chosen: ChosenBackend | undefined;
  readonly connection: ConnectionChoice;
}

/** Bodies whose stream has been sent: a stream can be sent once (a retry then sends nothing). */
const spent = new WeakSet<Body>();

/** Forwards requests to backends as the `forward-request` policy asks. */
export class HttpForward implements Forward {
  readonly #services: ForwardServices;

  constructor(services: ForwardServices) {
    this.#services = services;
  }

  async forward(context: PolicyContext, options: ForwardOptions): Promise<Response> {
    // 1. Where to: service URL, backend entity, member of a pool.
    const destination = this.#destination(context, options);
    if (destination === 'open') return tripped();
    if (context.recorder) tellDestination(context, destination);
    // 2. What: a body that must be sent again, or is read by a policy, is in memory.
    const { request } = context;
    if (options.bufferRequestBody || options.followRedirects) await request.body?.buffer();
    const body = outgoingBody(request.body);
    // 3. Send it, follow redirects if asked to, and tell the breaker.
    const message = {
      dispatcher: this.#services.dispatchers.for(destination.connection),
      method: request.method,
      url: destination.url,
      headers: outgoingHeaders(
        context,
        destination.chosen?.model,
        body !== null && !(body instanceof Uint8Array),
      ),
      body,
      timeout: options.timeout,
      bodyBuffer: this.#services.bodyBuffer,
      gatherSmall: options.bufferResponse,
      signal: context.signal,
    };
    try {
      const response = options.followRedirects
        ? await followRedirects(message, this.#services.dispatchers)
        : await exchange({
            ...message,
            origin: originOf(destination.url),
            path: destination.url.path + destination.url.queryString,
          });
      destination.chosen?.breaker?.record({
        statusCode: response.statusCode,
        retryAfter: response.headers.text('retry-after'),
      });
      rememberFailure(context, undefined);
      if (destination.chosen?.affinity)
        response.headers.append('Set-Cookie', destination.chosen.affinity);
      return response;
    } catch (error) {
      rememberFailure(context, error instanceof BackendFailure ? error : undefined);
      if (error instanceof TransportError && error.reason !== 'ClientConnectionFailure') {
        destination.chosen?.breaker?.record({ errorReason: error.reason });
      }
      throw error;
    }
  }

  #destination(context: PolicyContext, options: ForwardOptions): Destination | 'open' {
    const { target, request } = context;
    const url = request.url.clone();
    const http2 = options.httpVersion !== '1';
    const certificate = context.backendCertificate
      ? tlsCertificate(context.backendCertificate)
      : undefined;
    const own = (base: ConnectionChoice): ConnectionChoice =>
      certificate || http2 || context.proxy
        ? {
            ...base,
            allowHttp2: http2,
            ...(certificate ? { certificate } : {}),
            ...(context.proxy ? { proxy: context.proxy } : {}),
          }
        : base;
    switch (target.kind) {
      case 'service':
        if (context.parts.api?.serviceUrl === undefined)
          throw misconfigured('The API names no backend service.');
        return { url, chosen: undefined, connection: own(usualConnection) };
      case 'url':
        return { url, chosen: undefined, connection: own(usualConnection) };
      case 'dapr': {
        const app = target.namespace ? `${target.appId}.${target.namespace}` : target.appId;
        url.setBase(parseBaseUrl(this.#services.daprUrl));
        url.basePath = '';
        url.resourcePath = `/v1.0/invoke/${app}/method/${target.method.replace(/^\/+/, '')}`;
        return { url, chosen: undefined, connection: own(usualConnection) };
      }
      case 'entity': {
        const chosen = this.#services.states.choose(
          target.id,
          this.#services.backends,
          request.headers.text('cookie'),
        );
        if (chosen === undefined)
          throw misconfigured(`Backend with id '${target.id}' could not be found.`);
        if (chosen === 'open') return 'open';
        if (chosen.model.base) url.setBase(chosen.model.base);
        context.backendInfo = chosen.model.info;
        for (const [name, values] of chosen.model.query) url.query.set(name, values);
        return { url, chosen, connection: own(chosen.model.connection) };
      }
    }
  }
}

function misconfigured(message: string): BackendFailure {
  return new BackendFailure('BackendConnectionFailure', 'proxy_configuration_error', false, {
    message,
  });
}

/** Which member of a pool was chosen, and the address, stands in traces beside the request. */
function tellDestination(context: PolicyContext, { url, chosen }: Destination): void {
  context.record('forward-request', {
    message: 'The backend was chosen.',
    // Without the query, in which backends may have their credentials.
    backend: { id: chosen?.model.info.id ?? null, url: url.toString().split('?')[0] },
  });
}

/** All breakers are open: 503, as a response, so that retry and choose can see it. */
function tripped(): Response {
  const headers = Headers.from([
    ['Content-Type', 'application/json'],
    ['Proxy-Status', 'isthmus; error=destination_unavailable'],
  ]);
  const text =
    '{ "statusCode": 503, "message": "The backend service is temporarily unavailable." }';
  return new Response(503, 'Service Unavailable', headers, Body.fromText(text));
}

function outgoingBody(body: Body | null): Uint8Array | AsyncIterable<Uint8Array> | null {
  if (!body || spent.has(body)) return null;
  if (body.buffered) return body.wire.length > 0 ? body.wire : null;
  spent.add(body);
  return body.send();
}
