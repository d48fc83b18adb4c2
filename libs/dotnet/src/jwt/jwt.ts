import { argumentNull, DotNetError } from '../dotnet-error.js';
import { DateTime, UNIX_EPOCH_TICKS } from '../dates/date-time.js';
import { TICKS_PER_SECOND } from '../dates/time-span.js';
import { numberToText } from '../numbers/format-number.js';
import { fromBase64Url } from './base64url.js';
import { JwtError } from './jwt-error.js';
import { parseStrictJson, type StrictJson } from './strict-json.js';

/** A JSON web token as Microsoft's library reads it; nothing in it is verified. */
export interface Jwt {
  readonly header: ReadonlyMap<string, StrictJson>;
  readonly payload: ReadonlyMap<string, StrictJson>;
  /** Claims as text, each element of an array apart. */
  readonly claims: ReadonlyMap<string, readonly string[]>;
  readonly algorithm: string | null;
  readonly type: string | null;
  readonly keyId: string | null;
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly id: string | null;
  readonly audiences: readonly string[];
  readonly expirationTime: DateTime | null;
  readonly notBefore: DateTime | null;
  readonly issuedAt: DateTime | null;
  /** Whether header or payload name a member twice. */
  readonly repeats: boolean;
  /** What the signature covers, and the signature's own text. */
  readonly signedText: string;
  readonly signature: string;
}

type JsonObject = Extract<StrictJson, { kind: 'object' }>;

const timeClaims = new Set(['exp', 'nbf', 'iat']);
const maxTokenLength = 256_000;
const longMax = 9_223_372_036_854_775_807n;

/** Reads a token in compact form; throws JwtError or ArgumentException. */
export function readJwt(token: string | null): Jwt {
  if (token === null || token === '') throw argumentNull('token');
  if (token.length > maxTokenLength)
    throw malformed(
      'IDX10209',
      `Token has length: '${token.length}' which is larger than the limit.`,
    );
  const parts = token.split('.');
  if (parts.length === 5)
    throw new JwtError(
      'SecurityTokenException',
      'IDX10612',
      'Decryption failed. Encrypted tokens are not supported.',
    );
  if (parts.length !== 3)
    throw malformed('IDX12741', 'JWT must have three segments (JWS) or five segments (JWE).');
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token))
    throw malformed('IDX12709', 'CanReadToken() returned false. JWT is not well formed.');
  const [headerText, payloadText, signature] = parts as [string, string, string];
  const header = section(headerText, 'IDX12729', 'header');
  const payload = section(payloadText, 'IDX12723', 'payload');
  checkPayload(payload.members);
  return {
    ...facts(header.members, payload.members),
    repeats: header.repeats || payload.repeats,
    signedText: `${headerText}.${payloadText}`,
    signature,
  };
}

function facts(
  header: ReadonlyMap<string, StrictJson>,
  payload: ReadonlyMap<string, StrictJson>,
): Omit<Jwt, 'repeats' | 'signedText' | 'signature'> {
  return {
    header,
    payload,
    claims: claimsOf(payload),
    algorithm: textOf(header.get('alg')),
    type: textOf(header.get('typ')),
    keyId: textOf(header.get('kid')),
    issuer: textOf(payload.get('iss')),
    subject: textOf(payload.get('sub')),
    id: textOf(payload.get('jti')),
    audiences: elements(payload.get('aud')).map(claimText),
    expirationTime: timeOf(payload.get('exp')),
    notBefore: timeOf(payload.get('nbf')),
    issuedAt: timeOf(payload.get('iat')),
  };
}

function malformed(code: string, message: string): JwtError {
  return new JwtError('SecurityTokenMalformedException', code, message);
}

function section(text: string, code: string, name: string): JsonObject {
  const bytes = fromBase64Url(text);
  const json = bytes && decodeUtf8(bytes);
  const value = json === undefined ? undefined : parseStrictJson(json);
  if (value?.kind === 'object') return value;
  throw undecodable(code, name);
}

function undecodable(code: string, name: string): DotNetError {
  return new DotNetError(
    'System.ArgumentException',
    `${code}: Unable to decode the ${name} as Base64Url encoded string.`,
  );
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

// The registered claims have fixed types; anything else cannot be decoded.
function checkPayload(payload: ReadonlyMap<string, StrictJson>): void {
  const textual = ['iss', 'sub', 'jti'].every((name) => isTextOrNull(payload.get(name)));
  const timed = [...timeClaims].every((name) => {
    const value = payload.get(name);
    return value === undefined || secondsOf(value) !== undefined;
  });
  const audience = payload.get('aud');
  const audible =
    audience?.kind === 'array'
      ? audience.items.every(({ kind }) => kind === 'string')
      : isTextOrNull(audience);
  if (!textual || !timed || !audible) throw undecodable('IDX12723', 'payload');
}

function isTextOrNull(value: StrictJson | undefined): boolean {
  return value === undefined || value.kind === 'string' || value.kind === 'null';
}

// Seconds since 1970 as Int64; text of digits counts as a number.
function secondsOf(value: StrictJson): bigint | undefined {
  const raw = value.kind === 'number' ? value.raw : value.kind === 'string' ? value.value : '';
  if (/^-?\d+$/.test(raw)) {
    const whole = BigInt(raw);
    return whole > longMax || whole < -longMax - 1n ? undefined : whole;
  }
  if (!/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(raw)) return undefined;
  const number = Number(raw);
  if (Math.abs(number) >= 2 ** 63) return undefined;
  return BigInt(halfToEven(number));
}

function halfToEven(number: number): number {
  const floor = Math.floor(number);
  if (number - floor !== 0.5) return Math.round(number);
  return floor % 2 === 0 ? floor : floor + 1;
}

function timeOf(value: StrictJson | undefined): DateTime | null {
  const seconds = value === undefined ? undefined : secondsOf(value);
  if (seconds === undefined) return null;
  if (seconds <= 0n) return DateTime.unixEpoch;
  const ticks = UNIX_EPOCH_TICKS + seconds * TICKS_PER_SECOND;
  const last = DateTime.maxValue.ticks;
  return new DateTime(ticks > last ? last : ticks, 'Utc');
}

function textOf(value: StrictJson | undefined): string | null {
  return value === undefined || value.kind === 'null' ? null : claimText(value);
}

function elements(value: StrictJson | undefined): readonly StrictJson[] {
  if (value === undefined) return [];
  return value.kind === 'array' ? value.items : [value];
}

function claimsOf(
  payload: ReadonlyMap<string, StrictJson>,
): ReadonlyMap<string, readonly string[]> {
  const claims = new Map<string, readonly string[]>();
  for (const [name, value] of payload) {
    const seconds = timeClaims.has(name) ? secondsOf(value) : undefined;
    const values = seconds === undefined ? elements(value).map(claimText) : [String(seconds)];
    if (values.length > 0) claims.set(name, values);
  }
  return claims;
}

function claimText(value: StrictJson): string {
  switch (value.kind) {
    case 'string':
      return value.value;
    case 'number':
      return numberText(value.raw);
    case 'boolean':
      return value.value ? 'true' : 'false';
    case 'null':
      return '';
    case 'array':
    case 'object':
      return value.raw;
  }
}

// Whole numbers keep their digits as long as they are 64 bit; others are doubles.
function numberText(raw: string): string {
  if (/^-?\d+$/.test(raw)) {
    const whole = BigInt(raw);
    if (whole <= longMax && whole >= -longMax - 1n) return whole.toString();
  }
  return numberToText('double', Number(raw));
}
