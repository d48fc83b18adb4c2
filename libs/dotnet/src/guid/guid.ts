import { argumentException, argumentNull, formatException } from '../dotnet-error.js';

const HEX = /^[0-9a-fA-F]+$/;

/** Format letters of Guid.ToString. */
export type GuidFormat = 'D' | 'N' | 'B' | 'P' | 'X';

const BAD_FORMAT = 'Format string can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".';

/** System.Guid. Held as 32 lower-case hexadecimal digits in text order. Immutable. */
export class Guid {
  static readonly empty = Guid.fromDigits('0'.repeat(32));

  #digits: string | undefined;
  readonly #dashed: string | undefined;

  /** 32 lower-case digits, or the same with dashes; one of the two may be missing. */
  constructor(digits: string | undefined, dashed: string | undefined) {
    this.#digits = digits;
    this.#dashed = dashed;
  }

  /** What is known to be 32 lower-case digits. */
  static fromDigits(digits: string): Guid {
    return new Guid(digits, undefined);
  }

  get digits(): string {
    return (this.#digits ??= withoutDashes(this.#dashed!));
  }

  /** A random (version 4) Guid from 16 random bytes. */
  static fromRandom(bytes: Uint8Array): Guid {
    const copy = Uint8Array.from(bytes.subarray(0, 16));
    copy[6] = ((copy[6] ?? 0) & 0x0f) | 0x40;
    copy[8] = ((copy[8] ?? 0) & 0x3f) | 0x80;
    return Guid.fromDigits(Buffer.from(copy).toString('hex'));
  }

  /** What is known to be 32 lower-case digits with dashes (format D). */
  static fromDashed(text: string): Guid {
    return new Guid(undefined, text);
  }

  /** 16 bytes in .NET's order: the first three groups are little-endian. */
  static fromBytes(bytes: Uint8Array): Guid {
    if (bytes.length !== 16) {
      throw argumentException('Byte array for Guid must be exactly 16 bytes long.', 'b');
    }
    return Guid.fromDigits(Buffer.from(swapped(bytes)).toString('hex'));
  }

  /** Any of the formats D, N, B, P, X; undefined when the text is none of them. */
  static tryParse(text: string, format?: string): Guid | undefined {
    if (format === undefined && lower.test(text)) return Guid.fromDashed(text);
    const digits = parseGuid(text.trim(), format);
    return digits === undefined ? undefined : Guid.fromDigits(digits.toLowerCase());
  }

  /** Throws FormatException or ArgumentNullException. */
  static parse(text: string | null): Guid {
    if (text === null) throw argumentNull('input');
    const guid = Guid.tryParse(text);
    if (guid) return guid;
    throw formatException(
      'Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).',
    );
  }

  toByteArray(): Uint8Array {
    return swapped(Buffer.from(this.digits, 'hex'));
  }

  equals(other: Guid): boolean {
    return this.digits === other.digits;
  }
  compareTo(other: Guid): number {
    return this.digits < other.digits ? -1 : this.digits > other.digits ? 1 : 0;
  }

  /** `format` is D (default), N, B, P or X in either case; throws FormatException. */
  toString(format: string | null = 'D'): string {
    if (this.#dashed !== undefined && (!format || format === 'D')) return this.#dashed;
    const d = this.digits;
    const dashed = `${d.slice(0, 8)}-${d.slice(8, 12)}-${d.slice(12, 16)}-${d.slice(16, 20)}-${d.slice(20)}`;
    switch ((format || 'D').toUpperCase()) {
      case 'D':
        return dashed;
      case 'N':
        return d;
      case 'B':
        return `{${dashed}}`;
      case 'P':
        return `(${dashed})`;
      case 'X': {
        const bytes = d.slice(16).replace(/../g, (pair) => `0x${pair},`);
        return `{0x${d.slice(0, 8)},0x${d.slice(8, 12)},0x${d.slice(12, 16)},{${bytes.slice(0, -1)}}}`;
      }
      default:
        throw formatException(BAD_FORMAT);
    }
  }
}

function swapped(bytes: Uint8Array): Uint8Array {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Uint8Array.from(order, (index) => bytes[index] ?? 0);
}

/** As this class itself writes it. */
const lower = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const withoutDashes = (text: string): string =>
  text.slice(0, 8) + text.slice(9, 13) + text.slice(14, 18) + text.slice(19, 23) + text.slice(24);

/** The usual form, as everybody writes it. */
const plain = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

function parseGuid(text: string, format?: string): string | undefined {
  if (format === undefined && plain.test(text)) return text.replaceAll('-', '');
  const letter = format === undefined ? undefined : format.toUpperCase();
  if (letter !== undefined && !/^[DNBPX]$/.test(letter)) throw formatException(BAD_FORMAT);
  const dashed = (inner: string): string | undefined => {
    if (!/^[^-]{8}-[^-]{4}-[^-]{4}-[^-]{4}-[^-]{12}$/.test(inner)) return undefined;
    // A group may begin with `+` or `0x`, which stand for zeros.
    const digits = inner.replace(
      /(^|-)(?:\+0[xX]|0[xX]|\+)/g,
      (prefix, dash: string) => dash + '0'.repeat(prefix.length - dash.length),
    );
    return HEX.test(digits.replaceAll('-', '')) ? digits.replaceAll('-', '') : undefined;
  };
  const wanted = (name: GuidFormat): boolean => letter === undefined || letter === name;
  if (wanted('N') && text.length === 32 && HEX.test(text)) return text;
  if (wanted('D') && text.length === 36) return dashed(text);
  if (wanted('B') && /^\{.{36}\}$/s.test(text)) return dashed(text.slice(1, -1));
  if (wanted('P') && /^\(.{36}\)$/s.test(text)) return dashed(text.slice(1, -1));
  return wanted('X') ? parseHexGuid(text) : undefined;
}

/** `{0x…,0x…,0x…,{0x…,…}}`: white space is ignored, groups may be short. */
function parseHexGuid(text: string): string | undefined {
  const groups =
    /^\{(0[xX][0-9a-fA-F]+),(0[xX][0-9a-fA-F]+),(0[xX][0-9a-fA-F]+),\{((?:0[xX][0-9a-fA-F]+,?){8})\}\}$/.exec(
      text.replace(/\s/g, ''),
    );
  if (!groups || (groups[4] ?? '').endsWith(',')) return undefined;
  const parts = [groups[1], groups[2], groups[3], ...(groups[4] ?? '').split(',')];
  const widths = [8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2];
  let digits = '';
  for (const [index, part] of parts.entries()) {
    const hex = (part ?? '').slice(2).replace(/^0+(?=.)/, '');
    const width = widths[index] ?? 0;
    if (hex.length > width) return undefined;
    digits += hex.padStart(width, '0');
  }
  return digits.length === 32 ? digits : undefined;
}
