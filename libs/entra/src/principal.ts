/** Application roles of the management APIs, as they stand in the `roles` claim. Each includes the ones after it. */
export const roles = ['Isthmus.Admin', 'Isthmus.Publisher', 'Isthmus.Reader'] as const;
export type Role = (typeof roles)[number];

/** Who calls a management API. */
export interface Principal {
  /** Object id of the user or the service principal. */
  readonly subject: string;
  readonly tenant: string;
  /** Client id of the application that obtained the token. */
  readonly application: string;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
}

/** Whether the principal may do what asks for a role: an admin may publish, a publisher may read. */
export function mayActAs(principal: Principal, role: Role): boolean {
  const enough: readonly string[] = roles.slice(0, roles.indexOf(role) + 1);
  return principal.roles.some((held) => enough.includes(held));
}

/** Claims of a token whose signature, issuer, audience and expiry have been checked. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * The principal of an Entra v2.0 access token, or undefined when the claims are not those of one.
 *
 * passport-azure-ad looks at none of these: a token of another tenant signed with Entra's shared keys, a v1.0 token and
 * an ID token of the same client would all pass. ID tokens carry `nonce`, `at_hash` or `c_hash` and no `azp`; access
 * tokens always name the calling application in `azp` and grant something by `scp` or `roles`.
 */
export function principalOf(claims: Claims, tenants: readonly string[]): Principal | undefined {
  const { tid, ver, azp, oid, sub, scp } = claims;
  if (typeof tid !== 'string' || !tenants.includes(tid) || ver !== '2.0') return undefined;
  if (typeof azp !== 'string' || azp === '') return undefined;
  if (['nonce', 'at_hash', 'c_hash'].some((name) => name in claims)) return undefined;
  const subject = oid ?? sub;
  if (typeof subject !== 'string' || subject === '') return undefined;
  const scopes = typeof scp === 'string' ? scp.split(' ').filter(Boolean) : [];
  const held = Array.isArray(claims['roles'])
    ? claims['roles'].filter((role): role is string => typeof role === 'string')
    : [];
  if (scopes.length === 0 && held.length === 0) return undefined;
  return { subject, tenant: tid, application: azp, scopes, roles: held };
}
