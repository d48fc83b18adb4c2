import { createHmac } from 'node:crypto';
import { relativeReference, resourceName } from '@isthmus/artifacts';
import { ServiceError } from '@isthmus/host';

/** ARM's bound: a credential shows what calls carry. Milliseconds. */
const longestLife = 60 * 60 * 1000;

/**
 * Answers `listDebugCredentials`: a token for the header `Apim-Debug-Authorization`, signed with the secret that the
 * gateways share (setting traceSecret): `<payload>.<HMAC-SHA256>`, both base64url; the payload says until when
 * (`expires`, milliseconds since 1970) and for which API.
 * @throws ServiceError 400 for a body that asks for something else, 409 when no secret is set
 */
export function debugCredential(
  body: Readonly<Record<string, unknown>>,
  secret: string | undefined,
  now: number,
): { readonly token: string } {
  if (secret === undefined)
    throw new ServiceError(409, 'TracingNotConfigured', 'The setting traceSecret is not set.');
  const { credentialsExpireAfter = 'PT1H', purposes, apiId } = body;
  const life = milliseconds(credentialsExpireAfter);
  if (life === undefined || life <= 0 || life > longestLife)
    throw wrong('credentialsExpireAfter', 'must be a duration of at most one hour, such as PT1H.');
  if (
    !Array.isArray(purposes) ||
    purposes.length === 0 ||
    purposes.some((one) => one !== 'tracing')
  )
    throw wrong('purposes', "must be ['tracing'].");
  if (typeof apiId !== 'string' || apiId === '') throw wrong('apiId', 'must name an API.');
  const api = resourceName(relativeReference(apiId)).replace(/;rev=.*$/i, '');
  const payload = Buffer.from(JSON.stringify({ expires: now + life, apiId: api })).toString(
    'base64url',
  );
  const signature = createHmac('sha256', secret)
    .update(`debug-credential:${payload}`)
    .digest('base64url');
  return { token: `${payload}.${signature}` };
}

/** An ISO 8601 duration of hours, minutes and seconds. */
function milliseconds(text: unknown): number | undefined {
  const match = /^PT(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?$/.exec(String(text));
  if (!match || text === 'PT') return undefined;
  const [hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((hours! * 60 + minutes!) * 60 + seconds!) * 1000;
}

function wrong(target: string, message: string): ServiceError {
  return new ServiceError(400, 'ValidationError', `${target} ${message}`, [{ target, message }]);
}
