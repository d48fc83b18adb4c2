import type { HashName } from './hash-algorithm.js';
import { HASHES, hashBytes } from './hash-algorithm.js';

const DIGEST_INFO: Readonly<Record<HashName, string>> = {
  MD5: '3020300c06082a864886f70d020505000410',
  SHA1: '3021300906052b0e03021a05000414',
  SHA256: '3031300d060960864801650304020105000420',
  SHA384: '3041300d060960864801650304020205000430',
  SHA512: '3051300d060960864801650304020305000440',
};

/** The DigestInfo structure that PKCS #1 v1.5 signs (RFC 8017, 9.2). */
const digestInfo = (hash: HashName, digest: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(DIGEST_INFO[hash], 'hex'), digest]);

/** EMSA-PKCS1-v1_5: the block of `length` bytes around the digest. */
export function pkcs1Block(hash: HashName, digest: Uint8Array, length: number): Uint8Array {
  const info = digestInfo(hash, digest);
  const fill = new Uint8Array(length - info.length - 3).fill(0xff);
  return Buffer.concat([Uint8Array.of(0, 1), fill, Uint8Array.of(0), info]);
}

function mask(hash: HashName, seed: Uint8Array, length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let counter = 0, size = 0; size < length; counter++, size += HASHES[hash].bits / 8) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    parts.push(hashBytes(hash, Buffer.concat([seed, number])));
  }
  return Buffer.concat(parts).subarray(0, length);
}

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array =>
  Uint8Array.from(a, (byte, i) => byte ^ (b[i] ?? 0));

/** EMSA-PSS with a salt as long as the hash (RFC 8017, 9.1). `bits` is one less than the key's. */
export function pssBlock(
  hash: HashName,
  digest: Uint8Array,
  salt: Uint8Array,
  bits: number,
): Uint8Array {
  const length = Math.ceil(bits / 8);
  const inner = hashBytes(hash, Buffer.concat([new Uint8Array(8), digest, salt]));
  const data = Buffer.concat([
    new Uint8Array(length - salt.length - inner.length - 2),
    Uint8Array.of(1),
    salt,
  ]);
  const masked = xor(data, mask(hash, inner, data.length));
  masked[0] = (masked[0] ?? 0) & (0xff >> (8 * length - bits));
  return Buffer.concat([masked, inner, Uint8Array.of(0xbc)]);
}

/** Checks a PSS block with a salt as long as the hash. */
export function isPssBlock(
  block: Uint8Array,
  hash: HashName,
  digest: Uint8Array,
  bits: number,
): boolean {
  const size = HASHES[hash].bits / 8;
  const length = Math.ceil(bits / 8);
  const encoded = block.subarray(block.length - length);
  if (encoded.at(-1) !== 0xbc || length < size * 2 + 2) return false;
  const masked = encoded.subarray(0, length - size - 1);
  const inner = encoded.subarray(length - size - 1, length - 1);
  const data = xor(masked, mask(hash, inner, masked.length));
  data[0] = (data[0] ?? 0) & (0xff >> (8 * length - bits));
  const zeros = data.length - size - 1;
  if (data.subarray(0, zeros).some((byte) => byte !== 0) || data[zeros] !== 1) return false;
  const expected = hashBytes(
    hash,
    Buffer.concat([new Uint8Array(8), digest, data.subarray(zeros + 1)]),
  );
  return Buffer.from(expected).equals(inner);
}
