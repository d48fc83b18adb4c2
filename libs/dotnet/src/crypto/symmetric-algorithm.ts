import { createCipheriv, createDecipheriv } from 'node:crypto';
import {
  argumentException,
  argumentNull,
  cryptographicException,
  DotNetError,
} from '../dotnet-error.js';
import { isWeakDesKey } from './weak-des-keys.js';
import { padded, unpadded, type PaddingMode } from './block-padding.js';

/** System.Security.Cryptography.CipherMode. */
export type CipherMode = 'CBC' | 'ECB' | 'OFB' | 'CFB' | 'CTS';

interface CipherFacts {
  readonly keyBits: readonly number[];
  readonly defaultBits: number;
  readonly blockBits: number;
  /** OpenSSL's cipher without its mode, for a key. */
  readonly cipher: (key: Uint8Array) => { readonly name: string; readonly key: Uint8Array };
}

/** Ciphers by .NET's base name. */
const CIPHERS = {
  Aes: {
    keyBits: [128, 192, 256],
    defaultBits: 256,
    blockBits: 128,
    cipher: (key) => ({ name: `aes-${key.length * 8}`, key }),
  },
  TripleDES: {
    keyBits: [128, 192],
    defaultBits: 192,
    blockBits: 64,
    cipher: (key) => ({
      name: 'des-ede3',
      key: key.length === 16 ? Buffer.concat([key, key.subarray(0, 8)]) : key,
    }),
  },
  DES: {
    keyBits: [64],
    defaultBits: 64,
    blockBits: 64,
    // DES is triple DES with one key.
    cipher: (key) => ({ name: 'des-ede3', key: Buffer.concat([key, key, key]) }),
  },
} as const satisfies Record<string, CipherFacts>;

export type CipherName = keyof typeof CIPHERS;

/** Source of keys and initialisation vectors. */
export type RandomBytes = (count: number) => Uint8Array;

/** System.Security.Cryptography.SymmetricAlgorithm: CBC, ECB and CFB with 8-bit feedback. */
export class SymmetricAlgorithm {
  private readonly facts: CipherFacts;
  private ownKey: Uint8Array | undefined;
  private ownIv: Uint8Array | undefined;
  private bits: number;
  private cipherMode: CipherMode = 'CBC';
  padding: PaddingMode = 'PKCS7';
  feedbackSize = 8;

  constructor(
    readonly name: CipherName,
    readonly randomBytes: RandomBytes,
  ) {
    this.facts = CIPHERS[name];
    this.bits = this.facts.defaultBits;
  }

  get keySize(): number {
    return this.bits;
  }
  /** Setting the size drops the key. */
  set keySize(value: number) {
    if (!this.facts.keyBits.includes(value)) throw invalidKeySize();
    this.bits = value;
    this.ownKey = undefined;
  }
  get blockSize(): number {
    return this.facts.blockBits;
  }
  set blockSize(value: number) {
    if (value !== this.facts.blockBits) {
      throw cryptographicException('Specified block size is not valid for this algorithm.');
    }
    this.ownIv = undefined;
  }
  get legalKeySizes(): readonly number[] {
    return this.facts.keyBits;
  }
  get mode(): CipherMode {
    return this.cipherMode;
  }
  set mode(value: CipherMode) {
    if (value === 'OFB' || value === 'CTS') {
      throw cryptographicException('Specified cipher mode is not valid for this algorithm.');
    }
    this.cipherMode = value;
  }

  get key(): Uint8Array {
    this.ownKey ??= this.randomBytes(this.bits / 8);
    return Uint8Array.from(this.ownKey);
  }
  /** Throws CryptographicException for null, a wrong size and weak keys. */
  set key(value: Uint8Array | null) {
    if (value === null || !this.facts.keyBits.includes(value.length * 8)) throw invalidKeySize();
    refuseWeakKey(this.name, value);
    this.bits = value.length * 8;
    this.ownKey = Uint8Array.from(value);
  }
  get iv(): Uint8Array {
    this.ownIv ??= this.randomBytes(this.facts.blockBits / 8);
    return Uint8Array.from(this.ownIv);
  }
  set iv(value: Uint8Array | null) {
    if (value === null) throw argumentNull('value');
    if (value.length * 8 !== this.facts.blockBits) {
      throw cryptographicException(
        'Specified initialization vector (IV) does not match the block size for this algorithm.',
      );
    }
    this.ownIv = Uint8Array.from(value);
  }

  generateKey(): void {
    this.ownKey = this.randomBytes(this.bits / 8);
  }
  generateIv(): void {
    this.ownIv = this.randomBytes(this.facts.blockBits / 8);
  }

  createEncryptor(
    key: Uint8Array | null = this.key,
    iv: Uint8Array | null = this.iv,
  ): CryptoTransform {
    return this.transform(key, iv, true);
  }
  createDecryptor(
    key: Uint8Array | null = this.key,
    iv: Uint8Array | null = this.iv,
  ): CryptoTransform {
    return this.transform(key, iv, false);
  }

  encrypt(bytes: Uint8Array): Uint8Array {
    return this.createEncryptor().transformFinalBlock(bytes);
  }
  decrypt(bytes: Uint8Array): Uint8Array {
    return this.createDecryptor().transformFinalBlock(bytes);
  }

  private transform(
    key: Uint8Array | null,
    iv: Uint8Array | null,
    encrypts: boolean,
  ): CryptoTransform {
    if (key === null) throw argumentNull('rgbKey');
    if (!this.facts.keyBits.includes(key.length * 8)) {
      throw argumentException('Specified key is not a valid size for this algorithm.', 'rgbKey');
    }
    refuseWeakKey(this.name, key);
    if (iv !== null && iv.length * 8 !== this.facts.blockBits) {
      throw argumentException(
        'Specified initialization vector (IV) does not match the block size for this algorithm.',
        'rgbIV',
      );
    }
    if (iv === null && this.cipherMode !== 'ECB') {
      throw cryptographicException(
        'The cipher mode specified requires that an initialization vector (IV) be used.',
      );
    }
    const cipher = this.facts.cipher(key);
    const suffix = this.cipherMode === 'CFB' ? 'cfb8' : this.cipherMode.toLowerCase();
    return new CryptoTransform({
      // OpenSSL calls triple DES in ECB mode just des-ede3.
      algorithm:
        cipher.name === 'des-ede3' && suffix === 'ecb' ? 'des-ede3' : `${cipher.name}-${suffix}`,
      key: cipher.key,
      iv: this.cipherMode === 'ECB' ? null : iv,
      padding: this.padding,
      block: this.cipherMode === 'CFB' ? 1 : this.facts.blockBits / 8,
      encrypts,
      randomBytes: this.randomBytes,
    });
  }
}

function refuseWeakKey(name: CipherName, key: Uint8Array): void {
  if (name !== 'Aes' && isWeakDesKey(key)) {
    throw cryptographicException(
      `Specified key is a known weak key for '${name}' and cannot be used.`,
    );
  }
}

const invalidKeySize = (): DotNetError =>
  cryptographicException('Specified key is not a valid size for this algorithm.');

interface TransformFacts {
  readonly algorithm: string;
  readonly key: Uint8Array;
  readonly iv: Uint8Array | null;
  readonly padding: PaddingMode;
  readonly block: number;
  readonly encrypts: boolean;
  readonly randomBytes: RandomBytes;
}

/** ICryptoTransform: whole messages. */
export class CryptoTransform {
  constructor(private readonly facts: TransformFacts) {}

  get blockSize(): number {
    return this.facts.block;
  }

  /** Throws CryptographicException for incomplete blocks and wrong padding. */
  transformFinalBlock(bytes: Uint8Array): Uint8Array {
    const { algorithm, key, iv, padding, block, encrypts, randomBytes } = this.facts;
    if (encrypts) {
      const cipher = createCipheriv(algorithm, key, iv).setAutoPadding(false);
      const body = padded(bytes, block, padding, randomBytes);
      return Uint8Array.from(Buffer.concat([cipher.update(body), cipher.final()]));
    }
    if (bytes.length % block !== 0) {
      throw cryptographicException('The input data is not a complete block.');
    }
    const decipher = createDecipheriv(algorithm, key, iv).setAutoPadding(false);
    const body = Buffer.concat([decipher.update(bytes), decipher.final()]);
    return Uint8Array.from(unpadded(body, block, padding));
  }
}

/** Concrete algorithms; the old names are the same ciphers. */
export class Aes extends SymmetricAlgorithm {
  constructor(randomBytes: RandomBytes) {
    super('Aes', randomBytes);
  }
}
export class AesManaged extends Aes {}
export class Rijndael extends SymmetricAlgorithm {
  constructor(randomBytes: RandomBytes) {
    super('Aes', randomBytes);
  }
}
export class RijndaelManaged extends Rijndael {}
export class TripleDes extends SymmetricAlgorithm {
  constructor(randomBytes: RandomBytes) {
    super('TripleDES', randomBytes);
  }
}
class Des extends SymmetricAlgorithm {
  constructor(randomBytes: RandomBytes) {
    super('DES', randomBytes);
  }
}

const BY_NAME: Readonly<Record<string, new (randomBytes: RandomBytes) => SymmetricAlgorithm>> = {
  aes: Aes,
  aesmanaged: AesManaged,
  aescryptoserviceprovider: Aes,
  rijndael: Rijndael,
  rijndaelmanaged: RijndaelManaged,
  tripledes: TripleDes,
  '3des': TripleDes,
  'triple des': TripleDes,
  tripledescryptoserviceprovider: TripleDes,
  des: Des,
  descryptoserviceprovider: Des,
};

/** `SymmetricAlgorithm.Create(name)`: null for unknown names. */
export function createSymmetricAlgorithm(
  name: string,
  randomBytes: RandomBytes,
): SymmetricAlgorithm | null {
  const key = name.replace(/^System\.Security\.Cryptography\./, '').toLowerCase();
  const type = Object.hasOwn(BY_NAME, key) ? BY_NAME[key] : undefined;
  return type ? new type(randomBytes) : null;
}
