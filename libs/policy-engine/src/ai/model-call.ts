import { Body } from '../model/body.js';
import { Headers } from '../model/headers.js';
import type { PolicyContext } from '../pipeline/context.js';
import { PolicyError } from '../pipeline/policy-error.js';

/** Resource of Azure's AI services, for tokens of the gateway's identity. */
const audience = 'https://cognitiveservices.azure.com';

/** Posts JSON to a backend entity with the gateway's identity and gives the JSON answer. */
export async function postToBackend(
  context: PolicyContext,
  backendId: string,
  call: { path: string; body: unknown; identity: boolean },
): Promise<unknown> {
  const backend = context.ports.resources.backend(backendId);
  if (!backend?.url)
    throw new PolicyError('BackendNotFound', `Backend with id '${backendId}' could not be found.`);
  const headers = Headers.from([['Content-Type', 'application/json']]);
  if (call.identity)
    headers.set('Authorization', `Bearer ${await context.ports.tokens.managedIdentity(audience)}`);
  const response = await context.ports.http.send({
    method: 'POST',
    url: backend.url.replace(/\/$/, '') + call.path,
    headers,
    body: Body.fromText(JSON.stringify(call.body)),
    timeout: 30_000,
    ...(context.signal ? { signal: context.signal } : {}),
  });
  await response.body?.buffer();
  if (response.statusCode >= 400)
    throw new PolicyError(
      'BackendConnectionFailure',
      `The backend '${backendId}' answered with status code ${response.statusCode}.`,
    );
  try {
    return JSON.parse(response.body?.text ?? '') as unknown;
  } catch {
    throw new PolicyError(
      'BackendConnectionFailure',
      `The backend '${backendId}' did not answer with JSON.`,
    );
  }
}
