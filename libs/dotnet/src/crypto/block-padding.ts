import { cryptographicException } from '../dotnet-error.js';

/** System.Security.Cryptography.PaddingMode. */
export type PaddingMode = 'None' | 'PKCS7' | 'Zeros' | 'ANSIX923' | 'ISO10126';

/** Fills the last block; throws CryptographicException where None does not fit. */
export function padded(
  bytes: Uint8Array,
  block: number,
  mode: PaddingMode,
  randomBytes: (count: number) => Uint8Array,
): Uint8Array {
  const rest = bytes.length % block;
  const missing = block - rest;
  switch (mode) {
    case 'None':
      if (rest !== 0) throw cryptographicException('The input data is not a complete block.');
      return bytes;
    case 'Zeros':
      return rest === 0 ? bytes : Buffer.concat([bytes, new Uint8Array(missing)]);
    case 'PKCS7':
      return Buffer.concat([bytes, new Uint8Array(missing).fill(missing)]);
    case 'ANSIX923':
      return Buffer.concat([bytes, new Uint8Array(missing - 1), Uint8Array.of(missing)]);
    case 'ISO10126':
      return Buffer.concat([bytes, randomBytes(missing - 1), Uint8Array.of(missing)]);
  }
}

/** Removes the padding; throws CryptographicException when it is not there. */
export function unpadded(bytes: Uint8Array, block: number, mode: PaddingMode): Uint8Array {
  if (mode === 'None' || mode === 'Zeros' || bytes.length === 0) return bytes;
  const count = bytes.at(-1) ?? 0;
  const invalid = (): Error => cryptographicException('Padding is invalid and cannot be removed.');
  if (count === 0 || count > block || count > bytes.length) throw invalid();
  const fill = bytes.subarray(bytes.length - count, bytes.length - 1);
  if (mode === 'PKCS7' && fill.some((byte) => byte !== count)) throw invalid();
  if (mode === 'ANSIX923' && fill.some((byte) => byte !== 0)) throw invalid();
  return bytes.subarray(0, bytes.length - count);
}
