import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  type KeyObject,
} from 'node:crypto';
import { argumentException, argumentNull, cryptographicException } from '../dotnet-error.js';
import { HASHES, hashBytes, type HashName } from './hash-algorithm.js';
import {
  readRsaKey,
  readRsaPem,
  writeRsaKey,
  type RsaFormat,
  type RsaKeys,
} from './rsa-formats.js';
import { isPssBlock, pkcs1Block, pssBlock } from './rsa-paddings.js';
import type { RandomBytes } from './symmetric-algorithm.js';

/** Names of RSASignaturePadding. */
export type SignaturePadding = 'Pkcs1' | 'Pss';
/** Names of RSAEncryptionPadding. */
export type EncryptionPadding = 'Pkcs1' | `Oaep${'SHA1' | 'SHA256' | 'SHA384' | 'SHA512'}`;

/** System.Security.Cryptography.RSAParameters: big-endian numbers, null where unknown. */
export interface RsaParameters {
  readonly modulus: Uint8Array | null;
  readonly exponent: Uint8Array | null;
  readonly d: Uint8Array | null;
  readonly p: Uint8Array | null;
  readonly q: Uint8Array | null;
  readonly dp: Uint8Array | null;
  readonly dq: Uint8Array | null;
  readonly inverseQ: Uint8Array | null;
}

/** The hash of a HashAlgorithmName; throws as the RSA methods do. */
export function hashNameOf(name: string | null): HashName {
  if (!name) {
    throw name === null
      ? argumentNull('hashAlgorithm')
      : argumentException('The hash algorithm name cannot be null or empty.', 'hashAlgorithm');
  }
  const upper = name.toUpperCase();
  if (Object.hasOwn(HASHES, upper)) return upper as HashName;
  throw cryptographicException(`'${name}' is not a known hash algorithm.`);
}

/** System.Security.Cryptography.RSA. Every failure is a CryptographicException. */
export class Rsa {
  /** Unchecked: use the static functions. */
  constructor(
    private publicKey: KeyObject,
    private privateKey: KeyObject | undefined,
  ) {}

  static fromPublicKey(key: KeyObject): Rsa {
    return new Rsa(key, undefined);
  }
  static fromPrivateKey(key: KeyObject): Rsa {
    return new Rsa(createPublicKey(key), key);
  }
  /** Throws CryptographicException for sizes outside 512 to 4096 bits in steps of 64. */
  static generate(bits = 2048): Rsa {
    if (bits < 512 || bits > 4096 || bits % 64 !== 0) {
      throw cryptographicException('Specified key is not a valid size for this algorithm.');
    }
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
    return new Rsa(publicKey, privateKey);
  }

  static fromParameters(parameters: RsaParameters): Rsa {
    const { publicKey, privateKey } = keysOf(parameters);
    return new Rsa(publicKey, privateKey);
  }

  /** Takes the key of another value: ImportParameters. */
  importParameters(parameters: RsaParameters): void {
    this.use(keysOf(parameters));
  }

  /** Takes a key in a binary form; returns how many bytes it used. */
  importKey(bytes: Uint8Array, format: RsaFormat): number {
    const { read, ...keys } = readRsaKey(bytes, format);
    this.use(keys);
    return read;
  }

  importPem(text: string | null): void {
    this.use(readRsaPem(text));
  }

  exportKey(format: RsaFormat): Uint8Array {
    return writeRsaKey({ publicKey: this.publicKey, privateKey: this.privateKey }, format);
  }

  private use(keys: RsaKeys): void {
    this.publicKey = keys.publicKey;
    this.privateKey = keys.privateKey;
  }

  exportParameters(includePrivate: boolean): RsaParameters {
    const key = includePrivate ? this.secret() : this.publicKey;
    const jwk = key.export({ format: 'jwk' });
    const bytes = (text: unknown): Uint8Array | null =>
      typeof text === 'string' ? Uint8Array.from(Buffer.from(text, 'base64url')) : null;
    return {
      modulus: bytes(jwk.n),
      exponent: bytes(jwk.e),
      d: bytes(jwk.d),
      p: bytes(jwk.p),
      q: bytes(jwk.q),
      dp: bytes(jwk.dp),
      dq: bytes(jwk.dq),
      inverseQ: bytes(jwk['qi']),
    };
  }

  get keySize(): number {
    return this.publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  }

  signData(
    data: Uint8Array | null,
    hash: string | null,
    padding: SignaturePadding | null,
    randomBytes: RandomBytes,
  ): Uint8Array {
    if (data === null) throw argumentNull('data');
    if (padding === null) throw argumentNull('padding');
    return this.signHash(hashBytes(hashNameOf(hash), data), hash, padding, randomBytes);
  }

  signHash(
    digest: Uint8Array | null,
    hashName: string | null,
    padding: SignaturePadding | null,
    randomBytes: RandomBytes,
  ): Uint8Array {
    if (digest === null) throw argumentNull('hash');
    const hash = hashNameOf(hashName);
    if (padding === null) throw argumentNull('padding');
    checkDigest(digest, hash);
    const key = this.secret();
    const length = Math.ceil(this.keySize / 8);
    const block =
      padding === 'Pkcs1'
        ? pkcs1Block(hash, digest, length)
        : pssBlock(hash, digest, randomBytes(digest.length), this.keySize - 1);
    const whole = Buffer.concat([new Uint8Array(length - block.length), block]);
    return Uint8Array.from(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, whole));
  }

  verifyData(
    data: Uint8Array | null,
    signature: Uint8Array | null,
    hash: string | null,
    padding: SignaturePadding | null,
  ): boolean {
    if (data === null) throw argumentNull('data');
    if (signature === null) throw argumentNull('signature');
    return this.verifyHash(hashBytes(hashNameOf(hash), data), signature, hash, padding);
  }

  verifyHash(
    digest: Uint8Array | null,
    signature: Uint8Array | null,
    hashName: string | null,
    padding: SignaturePadding | null,
  ): boolean {
    if (digest === null) throw argumentNull('hash');
    if (signature === null) throw argumentNull('signature');
    const hash = hashNameOf(hashName);
    if (padding === null) throw argumentNull('padding');
    checkDigest(digest, hash);
    const length = Math.ceil(this.keySize / 8);
    if (signature.length !== length) return false;
    let block: Buffer;
    try {
      block = publicDecrypt({ key: this.publicKey, padding: constants.RSA_NO_PADDING }, signature);
    } catch {
      return false; // the signature is not smaller than the modulus
    }
    return padding === 'Pkcs1'
      ? block.equals(pkcs1Block(hash, digest, length))
      : isPssBlock(block, hash, digest, this.keySize - 1);
  }

  encrypt(data: Uint8Array | null, padding: EncryptionPadding | null): Uint8Array {
    if (data === null) throw argumentNull('data');
    if (padding === null) throw argumentNull('padding');
    try {
      return Uint8Array.from(
        publicEncrypt({ key: this.publicKey, ...paddingOptions(padding) }, data),
      );
    } catch {
      throw cryptographicException(
        'The data to be encrypted exceeds the maximum for this modulus.',
      );
    }
  }

  decrypt(data: Uint8Array | null, padding: EncryptionPadding | null): Uint8Array {
    if (data === null) throw argumentNull('data');
    if (padding === null) throw argumentNull('padding');
    const key = this.secret();
    try {
      if (padding !== 'Pkcs1') {
        return Uint8Array.from(privateDecrypt({ key, ...paddingOptions(padding) }, data));
      }
      return withoutPkcs1(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, data));
    } catch {
      throw cryptographicException(
        'The length of the data to decrypt is not valid for the size of this key.',
      );
    }
  }

  private secret(): KeyObject {
    if (this.privateKey) return this.privateKey;
    throw cryptographicException('Key does not exist.');
  }
}

const INVALID_PARAMETERS =
  'The specified RSA parameters are not valid. Exponent and Modulus are required. If D is present, it must have the same length as Modulus. If D is present, P, Q, DP, DQ, and InverseQ are required and must have half the length of Modulus, rounded up, otherwise they must be omitted.';

/** Key objects of plain parameters. */
function keysOf(parameters: RsaParameters): {
  publicKey: KeyObject;
  privateKey: KeyObject | undefined;
} {
  const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('base64url');
  const { modulus, exponent, d, p, q, dp, dq, inverseQ } = parameters;
  if (modulus === null || exponent === null) throw cryptographicException(INVALID_PARAMETERS);
  const open = { kty: 'RSA', n: text(modulus), e: text(exponent) };
  try {
    if (d === null) {
      return { publicKey: createPublicKey({ key: open, format: 'jwk' }), privateKey: undefined };
    }
    const key = {
      ...open,
      d: text(d),
      p: text(p),
      q: text(q),
      dp: text(dp),
      dq: text(dq),
      qi: text(inverseQ),
    };
    const privateKey = createPrivateKey({ key, format: 'jwk' });
    return { publicKey: createPublicKey(privateKey), privateKey };
  } catch {
    throw cryptographicException(INVALID_PARAMETERS);
  }
}

function checkDigest(digest: Uint8Array, hash: HashName): void {
  if (digest.length * 8 !== HASHES[hash].bits) {
    throw cryptographicException(
      'The provided hash value is not the expected size for the specified hash algorithm.',
    );
  }
}

function paddingOptions(padding: EncryptionPadding): { padding: number; oaepHash?: string } {
  if (padding === 'Pkcs1') return { padding: constants.RSA_PKCS1_PADDING };
  return { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: padding.slice(4).toLowerCase() };
}

/** EME-PKCS1-v1_5 decoding (RFC 8017, 7.2.2); throws when the padding is wrong. */
function withoutPkcs1(block: Uint8Array): Uint8Array {
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10) throw new RangeError('wrong padding');
  return Uint8Array.from(block.subarray(end + 1));
}
