import { createHash } from 'node:crypto';

/** What a derived key is for (RFC 7292, B.3). */
export type KeyPurpose = 'key' | 'iv' | 'mac';

const diversifiers: Readonly<Record<KeyPurpose, number>> = { key: 1, iv: 2, mac: 3 };

/** Salt and work of a derivation; `hash` is Node's name. */
export interface Derivation {
  readonly hash: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** The password as PKCS #12 counts it: UTF-16 big endian with an end; no password is no bytes. */
export function passwordBytes(password: string | null): Uint8Array {
  if (password === null) return new Uint8Array();
  return Buffer.from(`${password}\0`, 'utf16le').swap16();
}

/** Key material from a password (RFC 7292, B.2). */
export function deriveKey(
  { hash, salt, iterations }: Derivation,
  password: Uint8Array,
  purpose: KeyPurpose,
  length: number,
): Buffer {
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const diversifier = Buffer.alloc(block, diversifiers[purpose]);
  const input = Buffer.concat([filled(salt, block), filled(password, block)]);
  const parts: Buffer[] = [];
  for (let made = 0; made < length;) {
    let digest = createHash(hash).update(diversifier).update(input).digest();
    for (let i = 1; i < iterations; i++) digest = createHash(hash).update(digest).digest();
    parts.push(digest);
    made += digest.length;
    addToBlocks(input, Buffer.alloc(block, digest), block);
  }
  return Buffer.concat(parts).subarray(0, length);
}

// Repeated to a whole number of blocks.
function filled(bytes: Uint8Array, block: number): Buffer {
  return bytes.length === 0
    ? Buffer.alloc(0)
    : Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);
}

// Each block becomes (block + addend + 1) modulo its size.
function addToBlocks(input: Buffer, addend: Buffer, block: number): void {
  for (let end = input.length; end > 0; end -= block) {
    let carry = 1;
    for (let i = 1; i <= block; i++) {
      const sum = input[end - i]! + addend[block - i]! + carry;
      input[end - i] = sum & 0xff;
      carry = sum >> 8;
    }
  }
}
