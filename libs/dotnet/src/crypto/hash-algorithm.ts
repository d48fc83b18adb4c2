import { createHash, createHmac } from 'node:crypto';
import { argumentException, argumentNull, argumentOutOfRange } from '../dotnet-error.js';

/** .NET names of the supported hash algorithms. */
export type HashName = 'MD5' | 'SHA1' | 'SHA256' | 'SHA384' | 'SHA512';

interface HashFacts {
  readonly node: string;
  readonly bits: number;
  readonly blockBytes: number;
}

export const HASHES: Readonly<Record<HashName, HashFacts>> = {
  MD5: { node: 'md5', bits: 128, blockBytes: 64 },
  SHA1: { node: 'sha1', bits: 160, blockBytes: 64 },
  SHA256: { node: 'sha256', bits: 256, blockBytes: 64 },
  SHA384: { node: 'sha384', bits: 384, blockBytes: 128 },
  SHA512: { node: 'sha512', bits: 512, blockBytes: 128 },
};

/** The hash of bytes. */
export const hashBytes = (name: HashName, bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(createHash(HASHES[name].node).update(bytes).digest());

/** The keyed hash of bytes. */
export const hmacBytes = (name: HashName, key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(createHmac(HASHES[name].node, key).update(bytes).digest());

/** System.Security.Cryptography.HashAlgorithm: whole arrays, or blocks with a final block. */
export class HashAlgorithm {
  private blocks: Uint8Array[] = [];
  private last: Uint8Array | null = null;

  constructor(readonly name: HashName) {}

  /** Bits of a hash. */
  get hashSize(): number {
    return HASHES[this.name].bits;
  }

  /** The hash of the last final block or whole array; null before. */
  get hash(): Uint8Array | null {
    return this.last;
  }

  computeHash(
    bytes: Uint8Array | null,
    offset = 0,
    count = (bytes?.length ?? 0) - offset,
  ): Uint8Array {
    if (bytes === null) throw argumentNull('buffer');
    const hash = this.digest(bytesPart(bytes, offset, count));
    this.last = hash;
    this.blocks = [];
    return hash;
  }

  /** Adds a block; copies it to `output` when given; returns its length. */
  transformBlock(
    bytes: Uint8Array,
    range: { offset: number; count: number },
    output: Uint8Array | null,
    at: number,
  ): number {
    const block = bytesPart(bytes, range.offset, range.count);
    this.blocks.push(Uint8Array.from(block));
    output?.set(block, at);
    return range.count;
  }

  /** Adds the last block and finishes; returns a copy of the block. */
  transformFinalBlock(bytes: Uint8Array, offset: number, count: number): Uint8Array {
    const block = Uint8Array.from(bytesPart(bytes, offset, count));
    this.last = this.digest(Buffer.concat([...this.blocks, block]));
    this.blocks = [];
    return block;
  }

  initialize(): void {
    this.blocks = [];
    this.last = null;
  }

  protected digest(bytes: Uint8Array): Uint8Array {
    return hashBytes(this.name, bytes);
  }
}

/** A part of an array; throws ArgumentException for a range outside it. */
export function bytesPart(bytes: Uint8Array, offset: number, count: number): Uint8Array {
  if (offset < 0) throw argumentOutOfRange('offset', 'Non-negative number required.');
  if (count < 0 || count > bytes.length) throw argumentException('Value was invalid.');
  if (bytes.length - count < offset) {
    throw argumentException(
      'Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.',
    );
  }
  return bytes.subarray(offset, offset + count);
}

export class Md5 extends HashAlgorithm {
  constructor() {
    super('MD5');
  }
}
export class Sha1 extends HashAlgorithm {
  constructor() {
    super('SHA1');
  }
}
export class Sha256 extends HashAlgorithm {
  constructor() {
    super('SHA256');
  }
}
export class Sha384 extends HashAlgorithm {
  constructor() {
    super('SHA384');
  }
}
export class Sha512 extends HashAlgorithm {
  constructor() {
    super('SHA512');
  }
}
export class Sha1Managed extends Sha1 {}
export class Sha256Managed extends Sha256 {}
export class Sha384Managed extends Sha384 {}
export class Sha512Managed extends Sha512 {}

/** System.Security.Cryptography.HMAC: keys longer than a block are replaced by their hash. */
export class Hmac extends HashAlgorithm {
  private ownKey: Uint8Array;

  constructor(name: HashName, key: Uint8Array | null) {
    super(name);
    this.ownKey = this.fitted(key);
  }

  get hashName(): string {
    return this.name;
  }
  get key(): Uint8Array {
    return Uint8Array.from(this.ownKey);
  }
  set key(value: Uint8Array | null) {
    this.ownKey = this.fitted(value);
  }

  private fitted(key: Uint8Array | null): Uint8Array {
    if (key === null) throw argumentNull('key');
    return key.length > HASHES[this.name].blockBytes
      ? hashBytes(this.name, key)
      : Uint8Array.from(key);
  }

  protected override digest(bytes: Uint8Array): Uint8Array {
    return hmacBytes(this.name, this.ownKey, bytes);
  }
}

export class HmacMd5 extends Hmac {
  constructor(key: Uint8Array | null) {
    super('MD5', key);
  }
}
export class HmacSha1 extends Hmac {
  constructor(key: Uint8Array | null) {
    super('SHA1', key);
  }
}
export class HmacSha256 extends Hmac {
  constructor(key: Uint8Array | null) {
    super('SHA256', key);
  }
}
export class HmacSha384 extends Hmac {
  constructor(key: Uint8Array | null) {
    super('SHA384', key);
  }
}
export class HmacSha512 extends Hmac {
  constructor(key: Uint8Array | null) {
    super('SHA512', key);
  }
}

/** Length of the key that a new HMAC generates. */
export const hmacKeyLength = (name: HashName): number => HASHES[name].blockBytes;

const FACTORIES: Readonly<Record<string, () => HashAlgorithm>> = {
  MD5: () => new Md5(),
  SHA: () => new Sha1(),
  SHA1: () => new Sha1(),
  SHA256: () => new Sha256(),
  SHA384: () => new Sha384(),
  SHA512: () => new Sha512(),
};

/** `HashAlgorithm.Create(name)`: null for unknown names; HMACs get a key from `randomBytes`. */
export function createHashAlgorithm(
  name: string,
  randomBytes: (count: number) => Uint8Array,
): HashAlgorithm | null {
  const simple = name
    .replace(/^System\.Security\.Cryptography\./, '')
    .replace(/(?:Managed|CryptoServiceProvider)$/, '');
  const key = simple.toUpperCase().replace(/^SHA-(?=256|384|512)/, 'SHA');
  if (Object.hasOwn(FACTORIES, key)) return FACTORIES[key]?.() ?? null;
  return createHmacAlgorithm(simple, randomBytes);
}

/** `HMAC.Create(name)`: null for unknown names. */
export function createHmacAlgorithm(
  name: string,
  randomBytes: (count: number) => Uint8Array,
): Hmac | null {
  const short = name.replace(/^System\.Security\.Cryptography\./, '').toUpperCase();
  const make = (hash: HashName, type: new (key: Uint8Array) => Hmac): Hmac =>
    new type(randomBytes(hmacKeyLength(hash)));
  switch (short) {
    case 'HMACMD5':
      return make('MD5', HmacMd5);
    case 'HMACSHA1':
    case 'SYSTEM.SECURITY.CRYPTOGRAPHY.HMAC':
      return make('SHA1', HmacSha1);
    case 'HMACSHA256':
      return make('SHA256', HmacSha256);
    case 'HMACSHA384':
      return make('SHA384', HmacSha384);
    case 'HMACSHA512':
      return make('SHA512', HmacSha512);
    default:
      return null;
  }
}
