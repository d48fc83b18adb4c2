import { cryptographicException } from '../dotnet-error.js';

/** One element of a DER structure. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
}

/** The elements one after the other in `bytes`; throws CryptographicException. */
export function readDer(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0;
    let start = at + 2;
    if (length > 0x80) {
      const size = length - 0x80;
      length = 0;
      for (let i = 0; i < size; i++) length = length * 256 + (bytes[start++] ?? 0);
    }
    if (start + length > bytes.length) {
      throw cryptographicException('ASN1 corrupted data.');
    }
    elements.push({
      tag,
      content: bytes.subarray(start, start + length),
      whole: bytes.subarray(at, start + length),
    });
    at = start + length;
  }
  return elements;
}

/** Dotted form of an object identifier. */
export function oidText(content: Uint8Array): string {
  const first = content[0] ?? 0;
  const parts = [
    Math.min(2, Math.floor(first / 40)),
    first - Math.min(2, Math.floor(first / 40)) * 40,
  ];
  let value = 0;
  for (const byte of content.subarray(1)) {
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) {
      parts.push(value);
      value = 0;
    }
  }
  return parts.join('.');
}

/** Text of a directory string by its tag. */
export function directoryString({ tag, content }: DerElement): string {
  const buffer = Buffer.from(content);
  if (tag === 0x1e) return buffer.swap16().toString('utf16le');
  return buffer.toString(tag === 0x0c ? 'utf8' : 'latin1');
}
