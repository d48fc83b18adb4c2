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
import type { KeySets, OpenIdConfiguration } from '../ports/key-sets.js';
import { VerifiedTokens } from './verified-tokens.js';

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

const remembered = new WeakMap<KeySets, VerifiedTokens>();

/** One memory for each host: ports live as long as it. */
function verifiedTokens({ ports }: PolicyContext): VerifiedTokens {
  let tokens = remembered.get(ports.keySets);
  if (!tokens) remembered.set(ports.keySets, (tokens = new VerifiedTokens()));
  return tokens;
}

/** Checks a token; throws PolicyError with the documented reason, its message ends in "Access denied.". */
export function checkToken(token: string, rules: TokenRules, context: PolicyContext): Jwt {
  const tokens = verifiedTokens(context);
  const verified = tokens.find(token, rules.keys);
  try {
    const jwt = validateToken(token, {
      keys: rules.keys,
      ...(verified ? { verified } : {}),
      ...(rules.issuers ? { issuers: rules.issuers } : {}),
      ...(rules.audiences ? { audiences: rules.audiences } : {}),
      requireExpirationTime: rules.requireExpirationTime,
      requireSignedTokens: rules.requireSignedTokens,
      clockSkewSeconds: rules.clockSkew,
      now: new DateTime(ticksOfUnixMilliseconds(context.ports.clock.now()), 'Utc'),
    });
    if (!verified) tokens.keep(token, rules.keys, jwt);
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

/** Configurations of OpenID providers by URL. A provider that cannot be read refuses the token. */
export async function discoverAll(
  urls: readonly string[],
  context: PolicyContext,
  refresh: boolean,
): Promise<OpenIdConfiguration[]> {
  const { keySets } = context.ports;
  try {
    return await Promise.all(
      urls.map(async (url) => await (refresh ? keySets.refresh(url) : keySets.discover(url))),
    );
  } catch (error) {
    context.ports.log.warn('openid configuration could not be read', {
      requestId: context.requestId,
      message: String(error),
    });
    throw new PolicyError(
      'JwtInvalid',
      'Unable to obtain the configuration of the token issuer. Access denied.',
    );
  }
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
