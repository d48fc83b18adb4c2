import { DateTime } from '../dates/date-time.js';
import { TICKS_PER_SECOND } from '../dates/time-span.js';
import { fromBase64Url } from './base64url.js';
import { signingKeys, type JsonWebKey, type SigningKey } from './json-web-key.js';
import { readJwt, type Jwt } from './jwt.js';
import { JwtError, type JwtFailure } from './jwt-error.js';
import { verifySignature } from './verify-signature.js';

/** What a token is checked against: TokenValidationParameters of Microsoft's library. */
export interface TokenValidation {
  readonly keys: readonly JsonWebKey[];
  /** Absent: any issuer. */
  readonly issuers?: readonly string[] | undefined;
  /** Absent: any audience. */
  readonly audiences?: readonly string[] | undefined;
  readonly requireExpirationTime: boolean;
  readonly requireSignedTokens: boolean;
  readonly clockSkewSeconds: number;
  readonly now: DateTime;
  /** The same token as read before, its signature verified with the same keys: neither is done again. */
  readonly verified?: Jwt | undefined;
}

/**
 * Reads and checks a token in the order of Microsoft's library: form, signature, lifetime,
 * audience, issuer. Throws JwtError with the library's code; never makes a call.
 */
export function validateToken(token: string | null, validation: TokenValidation): Jwt {
  const jwt = validation.verified ?? readSigned(token, validation);
  checkLifetime(jwt, validation);
  if (validation.audiences) checkAudience(jwt, validation.audiences);
  if (validation.issuers) checkIssuer(jwt, validation.issuers);
  return jwt;
}

function readSigned(token: string | null, validation: TokenValidation): Jwt {
  const jwt = readJwt(token);
  checkCritical(jwt);
  checkSignature(jwt, validation);
  return jwt;
}

// Differs from the library, which ignores `crit`: RFC 7515 4.1.11 wants the token refused.
function checkCritical(jwt: Jwt): void {
  if (jwt.header.has('crit'))
    throw invalidSignature('IDX10511', "The header has 'crit', and no extension is supported.");
  const unencoded = jwt.header.get('b64');
  if (unencoded?.kind === 'boolean' && !unencoded.value)
    throw invalidSignature('IDX10511', 'Unencoded payloads are not supported.');
}

function checkSignature(jwt: Jwt, validation: TokenValidation): void {
  if (jwt.signature === '') {
    if (!validation.requireSignedTokens) return;
    throw invalidSignature(
      'IDX10504',
      'Unable to validate signature, token does not have a signature.',
    );
  }
  const keys = signingKeys(validation.keys);
  if (keys.length === 0)
    throw keyNotFound(
      'IDX10500',
      'Signature validation failed. No security keys were provided to validate the signature.',
    );
  const named = keys.find((key) => names(key, jwt));
  const signature = fromBase64Url(jwt.signature);
  if (!signature)
    throw invalidSignature(
      'IDX10508',
      'Signature validation failed. Signature is improperly formatted.',
    );
  const tried = named ? [named] : keys;
  if (tried.some((key) => verifySignature(jwt.algorithm, key, jwt.signedText, signature))) return;
  if (named) throw invalidSignature('IDX10511', 'Signature validation failed.');
  throw jwt.keyId
    ? keyNotFound(
        'IDX10503',
        `Signature validation failed. The token's kid is: '${jwt.keyId}', but did not match any keys.`,
      )
    : keyNotFound('IDX10517', "Signature validation failed. The token's kid is missing.");
}

// A key that the header names is the only one tried.
function names(key: SigningKey, jwt: Jwt): boolean {
  if (jwt.keyId && (key.keyId === jwt.keyId || key.thumbprint === jwt.keyId)) return true;
  const x5t = jwt.header.get('x5t');
  return (
    x5t?.kind === 'string' &&
    x5t.value !== '' &&
    (key.thumbprint === x5t.value || key.keyId === x5t.value)
  );
}

function checkLifetime(jwt: Jwt, validation: TokenValidation): void {
  const { expirationTime: expires, notBefore } = jwt;
  if (!expires && validation.requireExpirationTime)
    throw refused(
      'SecurityTokenNoExpirationException',
      'IDX10225',
      'Lifetime validation failed. The token is missing an Expiration Time.',
    );
  if (notBefore && expires && notBefore.ticks > expires.ticks)
    throw refused(
      'SecurityTokenInvalidLifetimeException',
      'IDX10224',
      'Lifetime validation failed. The NotBefore is after Expires.',
    );
  const skew = BigInt(Math.trunc(validation.clockSkewSeconds)) * TICKS_PER_SECOND;
  const now = validation.now.ticks;
  if (notBefore && notBefore.ticks > clamp(now + skew))
    throw refused(
      'SecurityTokenNotYetValidException',
      'IDX10222',
      'Lifetime validation failed. The token is not yet valid.',
    );
  if (expires && expires.ticks < clamp(now - skew))
    throw refused(
      'SecurityTokenExpiredException',
      'IDX10223',
      'Lifetime validation failed. The token is expired.',
    );
}

function clamp(ticks: bigint): bigint {
  if (ticks < 0n) return 0n;
  return ticks > DateTime.maxValue.ticks ? DateTime.maxValue.ticks : ticks;
}

function checkAudience(jwt: Jwt, wanted: readonly string[]): void {
  if (jwt.audiences.length === 0)
    throw refused(
      'SecurityTokenInvalidAudienceException',
      'IDX10206',
      "Unable to validate audience. The 'audiences' parameter is empty.",
    );
  const allowed = jwt.audiences.some(
    (audience) => audience.trim() !== '' && wanted.some((one) => sameAudience(audience, one)),
  );
  if (!allowed)
    throw refused(
      'SecurityTokenInvalidAudienceException',
      'IDX10214',
      'Audience validation failed.',
    );
}

// One slash at the end makes no difference.
function sameAudience(audience: string, wanted: string): boolean {
  if (wanted.trim() === '') return false;
  return audience === wanted || audience === `${wanted}/` || `${audience}/` === wanted;
}

function checkIssuer(jwt: Jwt, wanted: readonly string[]): void {
  if (jwt.issuer === null || jwt.issuer.trim() === '')
    throw refused(
      'SecurityTokenInvalidIssuerException',
      'IDX10211',
      "Unable to validate issuer. The 'issuer' parameter is null or whitespace.",
    );
  if (!wanted.includes(jwt.issuer))
    throw refused('SecurityTokenInvalidIssuerException', 'IDX10205', 'Issuer validation failed.');
}

function refused(failure: JwtFailure, code: string, message: string): JwtError {
  return new JwtError(failure, code, message);
}

function invalidSignature(code: string, message: string): JwtError {
  return refused('SecurityTokenInvalidSignatureException', code, message);
}

function keyNotFound(code: string, message: string): JwtError {
  return refused('SecurityTokenSignatureKeyNotFoundException', code, message);
}
