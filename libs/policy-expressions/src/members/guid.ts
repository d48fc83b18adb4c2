import { argumentException, argumentNull, formatException, Guid } from '@isthmus/dotnet';
import type { Ref } from '../runtime/ref.js';
import type { Runtime } from '../runtime/runtime.js';
import { typeTable, type Facets, type MemberRecord } from './table.js';

const facets: Facets = {
  instance: Guid,
  initial: Guid.empty,
  compare: (left: Guid, right: Guid) => left.compareTo(right),
  equals: (left: Guid, right: Guid) => left.equals(right),
  key: (value: Guid) => value.digits,
  text: (value: Guid, format: string | null) => value.toString(format),
  typed: (value: Guid) => ({ value: value.toString() }),
};

function parseExact(text: string | null, format: string | null): Guid {
  if (text === null) throw argumentNull('input');
  if (format === null) throw argumentNull('format');
  const guid = Guid.tryParse(text, format);
  if (!guid)
    throw formatException(
      'Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).',
    );
  return guid;
}

function attempt(result: Ref, guid: Guid | undefined): boolean {
  result.value = guid ?? Guid.empty;
  return guid !== undefined;
}

function compareObject(self: Guid, other: unknown): number {
  if (other === null) return 1;
  if (!(other instanceof Guid)) throw argumentException('Object must be of type GUID.', 'value');
  return self.compareTo(other);
}

/** `new Guid(a, b, c, d…k)`. */
function guidOfParts(...parts: number[]): Guid {
  const widths = [8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2];
  const digits = widths.map((width, index) => {
    const value = BigInt.asUintN(width * 4, BigInt(parts[index] ?? 0));
    return value.toString(16).padStart(width, '0');
  });
  return Guid.fromDigits(digits.join(''));
}

const members: MemberRecord = {
  'new()': () => Guid.empty,
  'new(string g)': (text: string | null) => {
    if (text === null) throw argumentNull('g');
    return Guid.parse(text);
  },
  'new(byte[] b)': (bytes: Uint8Array | null) => {
    if (bytes === null) throw argumentNull('b');
    return Guid.fromBytes(bytes);
  },
  'new(int a, short b, short c, byte d, byte e, byte f, byte g, byte h, byte i, byte j, byte k)': (
    ...parts: number[]
  ) => guidOfParts(...parts.slice(0, 11)),
  'new(int a, short b, short c, byte[] d)': (
    a: number,
    b: number,
    c: number,
    d: Uint8Array | null,
  ) => {
    if (d === null) throw argumentNull('d');
    if (d.length !== 8)
      throw argumentException('Byte array for Guid must be exactly 8 bytes long.', 'd');
    return guidOfParts(a, b, c, ...d);
  },
  'static readonly Guid Empty': () => Guid.empty,
  'static Guid NewGuid()': (runtime: Runtime) => Guid.fromRandom(runtime.randomBytes(16)),
  'static Guid Parse(string input)': (text: string | null) => Guid.parse(text),
  'static Guid ParseExact(string input, string format)': parseExact,
  'static bool TryParse(string input, out Guid result)': (text: string | null, result: Ref) =>
    attempt(result, text === null ? undefined : Guid.tryParse(text)),
  'static bool TryParseExact(string input, string format, out Guid result)': (
    text: string | null,
    format: string | null,
    result: Ref,
  ) =>
    attempt(
      result,
      text === null || !/^[dnbpx]$/i.test(format ?? '')
        ? undefined
        : Guid.tryParse(text, format ?? ''),
    ),
  'byte[] ToByteArray()': (self: Guid) => self.toByteArray(),
  'string ToString(string format)': (self: Guid, format: string | null) => self.toString(format),
  'string ToString(string format, IFormatProvider provider)': (self: Guid, format: string | null) =>
    self.toString(format),
  'int CompareTo(Guid value)': (self: Guid, other: Guid) => self.compareTo(other),
  'int CompareTo(object value)': compareObject,
  'bool Equals(Guid g)': (self: Guid, other: Guid) => self.equals(other),
  'static bool operator ==(Guid a, Guid b)': (a: Guid, b: Guid) => a.equals(b),
  'static bool operator !=(Guid a, Guid b)': (a: Guid, b: Guid) => !a.equals(b),
};

export const guidTable = typeTable(
  'struct System.Guid : IComparable, IComparable<Guid>, IEquatable<Guid>, IFormattable',
  facets,
  members,
);
