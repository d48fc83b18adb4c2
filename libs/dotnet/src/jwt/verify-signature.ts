import { constants, createHmac, timingSafeEqual, verify } from 'node:crypto';
import type { SigningKey } from './json-web-key.js';

interface Algorithm {
  readonly kind: SigningKey['kind'];
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly pss?: boolean;
  readonly curve?: string;
  /** Length of an ECDSA signature in bytes. */
  readonly length?: number;
}

const hashes = ['sha256', 'sha384', 'sha512'] as const;
const algorithms = new Map<string, Algorithm>();
for (const hash of hashes) {
  const bits = hash.slice(3);
  const rsa: Algorithm = { kind: 'RSA', hash };
  const hmac: Algorithm = { kind: 'oct', hash };
  const pss: Algorithm = { kind: 'RSA', hash, pss: true };
  const ecdsa: Algorithm = { kind: 'EC', hash, ...curveOf(hash) };
  algorithms.set(`RS${bits}`, rsa).set(`HS${bits}`, hmac);
  algorithms.set(`PS${bits}`, pss).set(`ES${bits}`, ecdsa);
  // The library also knows them by their XML signature names.
  const more = 'http://www.w3.org/2001/04/xmldsig-more#';
  algorithms.set(`${more}rsa-${hash}`, rsa).set(`${more}hmac-${hash}`, hmac);
  algorithms.set(`${more}ecdsa-${hash}`, ecdsa);
  algorithms.set(`http://www.w3.org/2007/05/xmldsig-more#${hash}-rsa-MGF1`, pss);
}

function curveOf(hash: Algorithm['hash']): { curve: string; length: number } {
  if (hash === 'sha256') return { curve: 'P-256', length: 64 };
  return hash === 'sha384' ? { curve: 'P-384', length: 96 } : { curve: 'P-521', length: 132 };
}

const minimumRsaBits = 2048;

/** Whether `signature` is that of `text` by this algorithm name and key. */
export function verifySignature(
  algorithmName: string | null,
  key: SigningKey,
  text: string,
  signature: Uint8Array,
): boolean {
  const algorithm = algorithms.get(algorithmName ?? '');
  if (!algorithm || algorithm.kind !== key.kind) return false;
  if (algorithm.kind === 'oct') return verifyHmac(algorithm, key, text, signature);
  if (algorithm.kind === 'RSA') return verifyRsa(algorithm, key, text, signature);
  if (key.curve !== algorithm.curve || signature.length !== algorithm.length) return false;
  return verify(
    algorithm.hash,
    Buffer.from(text),
    { key: key.key, dsaEncoding: 'ieee-p1363' },
    signature,
  );
}

// A secret shorter than the hash is refused, as by the library.
function verifyHmac(
  algorithm: Algorithm,
  key: SigningKey,
  text: string,
  signature: Uint8Array,
): boolean {
  if (key.bits < Number(algorithm.hash.slice(3))) return false;
  const expected = createHmac(algorithm.hash, key.key).update(text).digest();
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

function verifyRsa(
  algorithm: Algorithm,
  key: SigningKey,
  text: string,
  signature: Uint8Array,
): boolean {
  if (key.bits < minimumRsaBits) return false;
  const padding = algorithm.pss
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { padding: constants.RSA_PKCS1_PADDING };
  return verify(algorithm.hash, Buffer.from(text), { key: key.key, ...padding }, signature);
}
