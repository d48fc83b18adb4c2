import {
  DateTime,
  JwtError,
  validateToken,
  type JsonWebKey,
  type Jwt,
  type JwtFailure,
} from '@isthmus/dotnet';
import { compactDecrypt, importPKCS8 } from 'jose';
import type { CertificateInfo } from '../model/entities.js';
import type { PolicyContext } from '../pipeline/context.js';
import { PolicyError } from '../pipeline/policy-error.js';
import { ticksOfUnixMilliseconds } from '../pipeline/ticks.js';
import type { OpenIdConfiguration } from '../ports/key-sets.js';

/** What a token must satisfy. Absent lists are not checked. */
export interface TokenRules {
  readonly keys: readonly JsonWebKey[];
  readonly issuers: readonly string[] | undefined;
  readonly audiences: readonly string[] | undefined;
  readonly requireExpirationTime: boolean;
  readonly requireSignedTokens: boolean;
  /** Seconds. */
  readonly clockSkew: number;
}

const reasons: Partial<Record<JwtFailure, string>> = {
  SecurityTokenExpiredException: 'TokenExpired',
  SecurityTokenInvalidSignatureException: 'TokenSignatureInvalid',
  SecurityTokenSignatureKeyNotFoundException: 'TokenSignatureKeyNotFound',
  SecurityTokenInvalidAudienceException: 'TokenAudienceNotAllowed',
  SecurityTokenInvalidIssuerException: 'TokenIssuerNotAllowed',
};

/** Checks a token; throws PolicyError with the documented reason, its message ends in "Access denied.". */
export function checkToken(token: string, rules: TokenRules, context: PolicyContext): Jwt {
  const { verifiedTokens, clock } = context.ports;
  const now = clock.now();
  const verified = verifiedTokens.find(token, rules.keys, now);
  try {
    const jwt = validateToken(token, {
      keys: rules.keys,
      verified,
      issuers: rules.issuers,
      audiences: rules.audiences,
      requireExpirationTime: rules.requireExpirationTime,
      requireSignedTokens: rules.requireSignedTokens,
      clockSkewSeconds: rules.clockSkew,
      now: new DateTime(ticksOfUnixMilliseconds(now), 'Utc'),
    });
    if (!verified) {
      checkUnambiguous(jwt);
      verifiedTokens.keep(token, { keys: rules.keys, jwt, at: now });
    }
    return jwt;
  } catch (error) {
    const reason =
      error instanceof JwtError ? (reasons[error.failure] ?? 'JwtInvalid') : 'JwtInvalid';
    const message = error instanceof Error ? error.message : String(error);
    throw new PolicyError(
      reason,
      `${message.endsWith('.') ? message : `${message}.`} Access denied.`,
    );
  }
}

// Differs from Azure, whose library takes the last of two members of one name, and text or fractions for times:
// what two readers may understand differently does not authorise (RFC 7515 section 4, RFC 7519 section 2).
function checkUnambiguous({ repeats, payload }: Jwt): void {
  if (repeats) throw new Error('A member of the token stands in it twice.');
  for (const name of ['exp', 'nbf']) {
    const value = payload.get(name);
    if (
      value !== undefined &&
      !(value.kind === 'number' && Number.isSafeInteger(Number(value.raw)))
    )
      throw new Error(`The claim '${name}' is not a whole number.`);
  }
}

/** Configurations of OpenID providers by URL, at once when all are known. A provider that cannot be read refuses the token. */
export function discoverAll(
  urls: readonly string[],
  context: PolicyContext,
  refresh: boolean,
): readonly OpenIdConfiguration[] | Promise<readonly OpenIdConfiguration[]> {
  if (urls.length === 0) return noProviders;
  try {
    const found = urls.map((url) =>
      refresh ? context.ports.keySets.refresh(url) : context.ports.keySets.discover(url),
    );
    return found.some((one) => one instanceof Promise)
      ? Promise.all(found.map((one) => Promise.resolve(one))).catch((error: unknown) =>
          unreadable(context, error),
        )
      : (found as OpenIdConfiguration[]);
  } catch (error) {
    return unreadable(context, error);
  }
}

const noProviders: readonly OpenIdConfiguration[] = [];

function unreadable(context: PolicyContext, error: unknown): never {
  context.ports.log.warn('openid configuration could not be read', {
    requestId: context.requestId,
    message: String(error),
  });
  throw new PolicyError(
    'JwtInvalid',
    'Unable to obtain the configuration of the token issuer. Access denied.',
  );
}

/** The signed token inside an encrypted one (JWE); other tokens as they are. Throws JwtInvalid. */
export async function decryptToken(
  token: string,
  certificates: readonly CertificateInfo[],
): Promise<string> {
  if (certificates.length === 0 || token.split('.').length !== 5) return token;
  for (const certificate of certificates) {
    if (!certificate.privateKey) continue;
    try {
      const pem = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(certificate.privateKey).toString('base64')}\n-----END PRIVATE KEY-----`;
      const key = await importPKCS8(pem, 'RSA-OAEP');
      const { plaintext } = await compactDecrypt(token, key, {
        keyManagementAlgorithms: ['RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'],
      });
      return Buffer.from(plaintext).toString('utf8');
    } catch {
      // Another key may fit.
    }
  }
  throw new PolicyError(
    'JwtInvalid',
    'IDX10609: Decryption failed. No keys were able to decrypt the token. Access denied.',
  );
}
