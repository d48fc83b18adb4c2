import { Headers } from '../model/headers.js';
import { parseBoundedJson } from '../values/bounded-json.js';
import { builtBody } from '../pipeline/built-body.js';
import type { PolicyContext } from '../pipeline/context.js';
import { PolicyError } from '../pipeline/policy-error.js';
import type { BackendCredentials } from '../ports/resources.js';

/** Resource of Azure's AI services, for tokens of the gateway's identity. */
const audience = 'https://cognitiveservices.azure.com';

/** What is posted to a backend entity. */
interface ModelCall {
  /** Below the entity's URL, with its query. */
  readonly path: string;
  readonly body: unknown;
  /** Whether the gateway's identity is used where the entity has no credentials. */
  readonly identity: boolean;
}

/** Posts JSON to a backend entity with its credentials and gives the JSON answer. */
export async function postToBackend(
  context: PolicyContext,
  backendId: string,
  call: ModelCall,
): Promise<unknown> {
  const backend = context.ports.resources.backend(backendId);
  if (!backend?.url)
    throw new PolicyError('BackendNotFound', `Backend with id '${backendId}' could not be found.`);
  const credentials = backend.credentials ?? {};
  const response = await context.ports.http.send({
    method: 'POST',
    url: addressOf(backend.url, call.path, credentials.query),
    headers: await headersOf(context, credentials, call.identity),
    body: builtBody(context, JSON.stringify(call.body)),
    timeout: 30_000,
    ...(context.signal ? { signal: context.signal } : {}),
    bodyRoom: context.parts.bodyRoom,
  });
  await response.body?.buffer();
  if (response.statusCode >= 400)
    throw new PolicyError(
      'BackendConnectionFailure',
      `The backend '${backendId}' answered with status code ${response.statusCode}.`,
    );
  try {
    return parseBoundedJson(response.body?.text ?? '');
  } catch {
    throw new PolicyError(
      'BackendConnectionFailure',
      `The backend '${backendId}' did not answer with JSON.`,
    );
  }
}

function addressOf(base: string, path: string, query: BackendCredentials['query'] = []): string {
  const address = base.replace(/\/$/, '') + path;
  const added = query.flatMap(([name, values]) =>
    values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  if (added.length === 0) return address;
  return `${address}${address.includes('?') ? '&' : '?'}${added.join('&')}`;
}

async function headersOf(
  context: PolicyContext,
  credentials: BackendCredentials,
  identity: boolean,
): Promise<Headers> {
  const headers = Headers.from([['Content-Type', 'application/json']]);
  const authorization = await authorizationOf(context, credentials, identity);
  if (authorization !== undefined) headers.set('Authorization', authorization);
  for (const [name, values] of credentials.headers ?? []) headers.set(name, values);
  return headers;
}

async function authorizationOf(
  context: PolicyContext,
  { headers = [], query = [], authorization, managedIdentity }: BackendCredentials,
  identity: boolean,
): Promise<string | undefined> {
  if (authorization !== undefined) return authorization;
  const { tokens } = context.ports;
  if (managedIdentity)
    return `Bearer ${await tokens.managedIdentity(managedIdentity.resource, managedIdentity.clientId)}`;
  const bare = headers.length === 0 && query.length === 0;
  return identity && bare ? `Bearer ${await tokens.managedIdentity(audience)}` : undefined;
}
