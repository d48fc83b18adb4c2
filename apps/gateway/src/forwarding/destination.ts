import { Body, Headers, Response, parseBaseUrl } from '@isthmus/policy-engine';
import type { PolicyContext, RequestUrl } from '@isthmus/policy-engine';
import { tlsCertificate } from '../services/certificates.js';
import type { BackendModel } from './backend-model.js';
import type { BackendStates, ChosenBackend } from './backend-states.js';
import type { ConnectionChoice, Dispatchers } from './dispatchers.js';
import { usualConnection } from './dispatchers.js';
import { BackendFailure } from './failures.js';
import type { EntityFields } from './outgoing-headers.js';

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

/** Where a call goes, settled: entity and pool chosen. */
export interface Destination {
  readonly url: RequestUrl;
  readonly chosen: ChosenBackend | undefined;
  readonly connection: ConnectionChoice;
}

/** A destination, with the fields that its entity adds. */
export interface ReadyDestination extends Destination {
  readonly entity: EntityFields | undefined;
}

/**
 * Where the call of a context goes. "open": the breaker of the backend, or those of all members of its pool, are open.
 * Throws BackendFailure where nothing says so.
 */
export function chooseDestination(
  services: ForwardServices,
  context: PolicyContext,
  http2: boolean,
): Destination | 'open' {
  const { target, request } = context;
  // Chosen backends have addresses of their own; expressions go on seeing the request's.
  const { url } = request;
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
      const url = request.url.clone();
      const app = target.namespace ? `${target.appId}.${target.namespace}` : target.appId;
      url.setBase(parseBaseUrl(services.daprUrl));
      url.basePath = '';
      url.resourcePath = `/v1.0/invoke/${app}/method/${target.method.replace(/^\/+/, '')}`;
      return { url, chosen: undefined, connection: own(usualConnection) };
    }
    case 'entity': {
      const chosen = services.states.choose(
        target.id,
        services.backends,
        request.headers.text('cookie'),
      );
      if (chosen === undefined)
        throw misconfigured(`Backend with id '${target.id}' could not be found.`);
      if (chosen === 'open') return 'open';
      const url = request.url.clone();
      if (chosen.model.base) url.setBase(chosen.model.base);
      context.backendInfo = chosen.model.info;
      for (const [name, values] of chosen.model.query) url.query.set(name, values);
      return { url, chosen, connection: own(chosen.model.connection) };
    }
  }
}

function misconfigured(message: string): BackendFailure {
  return new BackendFailure('BackendConnectionFailure', 'proxy_configuration_error', false, {
    message,
  });
}

/** Which member of a pool was chosen, and the address, stands in traces beside the request. */
export function tellDestination(context: PolicyContext, { url, chosen }: Destination): void {
  context.record('forward-request', {
    message: 'The backend was chosen.',
    // Without the query, in which backends may have their credentials.
    backend: { id: chosen?.model.info.id ?? null, url: url.toString().split('?')[0] },
  });
}

/** All breakers are open: 503, as a response, so that retry and choose can see it. */
export function tripped(): Response {
  const headers = Headers.from([
    ['Content-Type', 'application/json'],
    ['Proxy-Status', 'isthmus; error=destination_unavailable'],
  ]);
  const text =
    '{ "statusCode": 503, "message": "The backend service is temporarily unavailable." }';
  return new Response(503, 'Service Unavailable', headers, Body.fromText(text));
}

/** What the chosen entity adds to the request; undefined where there is none. */
export async function entityOf(
  context: PolicyContext,
  { chosen }: Destination,
): Promise<EntityFields | undefined> {
  return (
    chosen && {
      headers: chosen.model.headers,
      authorization: chosen.model.authorization ?? (await identityToken(context, chosen.model)),
    }
  );
}

/** Value of Authorization by the gateway's own identity, where the entity asks for it. */
async function identityToken(
  context: PolicyContext,
  { managedIdentity }: BackendModel,
): Promise<string | undefined> {
  if (!managedIdentity) return undefined;
  const { resource, clientId } = managedIdentity;
  return `Bearer ${await context.ports.tokens.managedIdentity(resource, clientId)}`;
}
