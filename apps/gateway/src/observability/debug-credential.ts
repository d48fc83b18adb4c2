import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a debug credential allows. */
export interface DebugCredential {
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** The API whose calls may be traced; absent: all. */
  readonly apiId?: string;
}

/** Why a credential is of no use. */
export type CredentialFailure = 'invalid' | 'expired';

/** The longest life of a credential: tracing shows what calls carry. Milliseconds. */
export const longestCredential = 60 * 60 * 1000;

/** Signs a credential: "<payload>.<HMAC-SHA256>", both base64url. */
export function signCredential(credential: DebugCredential, secret: string): string {
  const payload = Buffer.from(JSON.stringify(credential)).toString('base64url');
  return `${payload}.${mac(payload, secret)}`;
}

/** Reads a credential; its signature is compared in constant time. */
export function readCredential(
  token: string,
  secret: string,
  now: number,
): DebugCredential | CredentialFailure {
  const [payload = '', signature = '', ...more] = token.split('.');
  const expected = Buffer.from(mac(payload, secret));
  const given = Buffer.from(signature);
  if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
    return 'invalid';
  const credential = JSON.parse(
    Buffer.from(payload, 'base64url').toString('utf8'),
  ) as DebugCredential;
  if (typeof credential.expires !== 'number' || credential.expires - now > longestCredential)
    return 'invalid';
  return credential.expires <= now ? 'expired' : credential;
}

function mac(payload: string, secret: string): string {
  return createHmac('sha256', secret).update(`debug-credential:${payload}`).digest('base64url');
}
