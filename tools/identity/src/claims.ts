import { randomUUID } from 'node:crypto';
import { applications, audience, delegatedScopes, tenantId, users } from './seed.js';

interface Payload {
  readonly [claim: string]: unknown;
}

/**
 * Rewrites the payload of an access token into the claims of Entra's v2.0 tokens: `tid`, `ver`,
 * `azp`, `oid`, and either `roles` (app-only) or `scp` (delegated) instead of `scope`.
 * Source: "Access token claims reference", Microsoft identity platform.
 */
export function entraClaims(payload: Payload): Payload {
  const { scope, client_id: clientId, sub, jti, ...rest } = payload;
  const user = users.find(({ objectId, login }) => objectId === sub || login === sub);
  const application = applications.find((entry) => entry.clientId === clientId);
  return {
    ...rest,
    aud: audience,
    nbf: payload['iat'],
    tid: tenantId,
    ver: '2.0',
    azp: clientId,
    azpacr: application?.secret ? '1' : '0',
    oid: user?.objectId ?? clientId,
    sub: user?.objectId ?? clientId,
    uti: jti ?? randomUUID(),
    ...(user
      ? {
          scp: delegated(scope),
          name: user.name,
          preferred_username: user.login,
          ...(user.roles.length > 0 ? { roles: user.roles } : {}),
        }
      : { idtyp: 'app', roles: application?.roles ?? [] }),
  };
}

/** Scopes are asked for with the audience in front and stand in the token without it. */
function delegated(scope: unknown): string {
  const asked = typeof scope === 'string' ? scope.split(' ') : [];
  return delegatedScopes
    .filter((name) => asked.includes(name) || asked.includes(`${audience}/${name}`))
    .join(' ');
}
