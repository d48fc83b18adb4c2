import { createPublicKey, createSecretKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import { DotNetError } from '../dotnet-error.js';

/** A key of a JWK set (RFC 7517); unknown members are ignored. */
export interface JsonWebKey {
  readonly kty: string;
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
  readonly n?: string;
  readonly e?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly k?: string;
  readonly x5t?: string;
  readonly x5c?: readonly string[];
}

/** A key that signatures can be checked with. */
export interface SigningKey {
  readonly kind: 'RSA' | 'EC' | 'oct';
  readonly keyId: string | null;
  /** Thumbprint of the certificate, base64url; null without certificate. */
  readonly thumbprint: string | null;
  readonly key: KeyObject;
  /** Bits of an RSA modulus or a secret. */
  readonly bits: number;
  readonly curve: string | null;
}

const curves: Record<string, string> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
};

/**
 * The signing keys of a set as Microsoft's library takes them: keys for other uses and keys that
 * cannot be read are left out, except a secret that is no base64 (FormatException).
 */
export function signingKeys(keys: readonly JsonWebKey[]): SigningKey[] {
  return keys.flatMap((jwk) => {
    if (jwk.use !== undefined && jwk.use !== '' && jwk.use !== 'sig') return [];
    return importKeys(jwk);
  });
}

// An RSA key with a certificate counts as both.
function importKeys(jwk: JsonWebKey): SigningKey[] {
  const keys =
    jwk.kty === 'oct'
      ? [secretKey(jwk)]
      : jwk.kty === 'RSA'
        ? [certificateKey(jwk), rsaKey(jwk)]
        : jwk.kty === 'EC'
          ? [ecKey(jwk)]
          : [];
  return keys.filter((key) => key !== undefined);
}

function secretKey(jwk: JsonWebKey): SigningKey | undefined {
  if (jwk.k === undefined || jwk.k === '') return undefined;
  const text = jwk.k.replace(/=+$/, '');
  const letters = text.replace(/\s/g, '');
  // The standard alphabet wants its padding.
  const unpadded = /[+/]/.test(letters) && text === jwk.k && letters.length % 4 !== 0;
  if (/[^\w+/-]/.test(letters) || letters.length % 4 === 1 || unpadded)
    throw new DotNetError(
      'System.FormatException',
      'IDX10400: Unable to decode the key as Base64url encoded string.',
    );
  const bytes = Buffer.from(text, 'base64');
  return {
    ...identity(jwk),
    kind: 'oct',
    key: createSecretKey(bytes),
    bits: bytes.length * 8,
    curve: null,
  };
}

function rsaKey(jwk: JsonWebKey): SigningKey | undefined {
  const { n, e } = jwk;
  if (!n || !e) return undefined;
  const key = tryKey(() => createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }));
  return key && { ...identity(jwk), kind: 'RSA', key, bits: modulusBits(key), curve: null };
}

function certificateKey(jwk: JsonWebKey): SigningKey | undefined {
  const text = jwk.x5c?.[0];
  if (!text) return undefined;
  const der = Buffer.from(text, 'base64');
  const key = tryKey(() => new X509Certificate(der).publicKey);
  if (key?.asymmetricKeyType !== 'rsa') return undefined;
  const thumbprint = createHash('sha1').update(der).digest('base64url');
  return { ...identity(jwk), kind: 'RSA', key, bits: modulusBits(key), curve: null, thumbprint };
}

function ecKey(jwk: JsonWebKey): SigningKey | undefined {
  const { crv, x, y } = jwk;
  if (!crv || !x || !y || !curves[crv]) return undefined;
  const key = tryKey(() => createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' }));
  return key && { ...identity(jwk), kind: 'EC', key, bits: 0, curve: crv };
}

function identity(jwk: JsonWebKey): { keyId: string | null; thumbprint: string | null } {
  return { keyId: jwk.kid ?? null, thumbprint: jwk.x5t ?? null };
}

function modulusBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

// A key that node cannot read is as good as absent.
function tryKey(make: () => KeyObject): KeyObject | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
