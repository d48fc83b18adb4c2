import {
  argumentException,
  argumentNull,
  argumentOutOfRange,
  charFromText,
  convertValue,
  DateTime,
  DateTimeOffset,
  Decimal,
  fromBase64,
  Guid,
  hexText,
  integerFromBase,
  integerToBase,
  convertToken,
  invalidCast,
  JValue,
  TimeSpan,
  toBase64,
  type ConvertType,
  type IntegerType,
} from '@isthmus/dotnet';
import { Boxed } from '../../runtime/boxed.js';
import type { Runtime } from '../../runtime/runtime.js';
import { textOf } from '../../runtime/text.js';
import { enumTable, typeTable, type MemberRecord } from '../table.js';

const TARGETS: readonly (readonly [string, ConvertType])[] = [
  ['ToBoolean', 'bool'],
  ['ToChar', 'char'],
  ['ToSByte', 'sbyte'],
  ['ToByte', 'byte'],
  ['ToInt16', 'short'],
  ['ToUInt16', 'ushort'],
  ['ToInt32', 'int'],
  ['ToUInt32', 'uint'],
  ['ToInt64', 'long'],
  ['ToUInt64', 'ulong'],
  ['ToSingle', 'float'],
  ['ToDouble', 'double'],
  ['ToDecimal', 'decimal'],
  ['ToDateTime', 'DateTime'],
  ['ToString', 'string'],
];
const SOURCES = TARGETS.map(([, type]) => type);
const CONVERTIBLE = new Set<string>(SOURCES);

const nowOf = (runtime: Runtime): DateTime => new DateTime(runtime.now());

/** The source type of an `object` value; undefined for types without IConvertible. */
function sourceOf(value: unknown): ConvertType | undefined {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof Decimal) return 'decimal';
  if (value instanceof DateTime) return 'DateTime';
  if (!(value instanceof Boxed)) return undefined;
  if (CONVERTIBLE.has(value.typeName)) return value.typeName as ConvertType;
  return value.type.definition.kind === 'enum' ? 'int' : undefined;
}

/** Converts an `object`: IConvertible values, else InvalidCastException. */
function convertObject(value: unknown, to: ConvertType, runtime: Runtime): unknown {
  if (to === 'string') return value === null ? '' : textOf(value);
  if (value === null) return convertValue('string', to, null, nowOf(runtime));
  // A JValue converts itself as its explicit operators do.
  if (value instanceof JValue) return convertToken(value, to);
  const from = sourceOf(value);
  if (from === undefined) {
    const name = value instanceof Boxed ? value.type.definition.fullName : objectName(value);
    throw invalidCast(`Unable to cast object of type '${name}' to type 'System.IConvertible'.`);
  }
  return convertValue(from, to, value instanceof Boxed ? value.value : value, nowOf(runtime));
}

function objectName(value: unknown): string {
  if (value instanceof Guid) return 'System.Guid';
  if (value instanceof TimeSpan) return 'System.TimeSpan';
  if (value instanceof DateTimeOffset) return 'System.DateTimeOffset';
  if (value instanceof Uint8Array) return 'System.Byte[]';
  return 'System.Object';
}

/** `ToInt32(int value)`, `ToInt32(string value)` … for every pair of types. */
function conversions(): MemberRecord {
  const members: Record<string, (...args: never[]) => unknown> = {};
  for (const [name, to] of TARGETS) {
    for (const from of SOURCES) {
      const convert =
        from === 'string' && to === 'char'
          ? (value: string | null, runtime: Runtime): unknown => charFromText(value, nowOf(runtime))
          : (value: unknown, runtime: Runtime): unknown =>
              convertValue(from, to, value, nowOf(runtime));
      members[`static ${to} ${name}(${from} value)`] = convert;
      if (from === 'string' || to === 'string') {
        members[`static ${to} ${name}(${from} value, IFormatProvider provider)`] = (
          value: unknown,
          _provider: unknown,
          runtime: Runtime,
        ) => convert(value as never, runtime);
      }
    }
    members[`static ${to} ${name}(object value)`] = (value: unknown, runtime: Runtime) =>
      convertObject(value, to, runtime);
    members[`static ${to} ${name}(object value, IFormatProvider provider)`] = (
      value: unknown,
      _provider: unknown,
      runtime: Runtime,
    ) => convertObject(value, to, runtime);
  }
  return members;
}

const BASED: readonly (readonly [string, IntegerType])[] = [
  ['ToSByte', 'sbyte'],
  ['ToByte', 'byte'],
  ['ToInt16', 'short'],
  ['ToUInt16', 'ushort'],
  ['ToInt32', 'int'],
  ['ToUInt32', 'uint'],
  ['ToInt64', 'long'],
  ['ToUInt64', 'ulong'],
];

function basedConversions(): MemberRecord {
  const members: Record<string, (...args: never[]) => unknown> = {};
  for (const [name, type] of BASED) {
    members[`static ${type} ${name}(string value, int fromBase)`] = (
      value: string | null,
      base: number,
    ) => integerFromBase(type, value, base);
  }
  for (const type of ['byte', 'short', 'int', 'long'] as const) {
    members[`static string ToString(${type} value, int toBase)`] = (
      value: number | bigint,
      base: number,
    ) => integerToBase(type, value, base);
  }
  return members;
}

/** A part of an array; throws ArgumentOutOfRangeException. */
function slice(bytes: Uint8Array | null, offset: number, length: number): Uint8Array {
  if (bytes === null) throw argumentNull('inArray');
  if (length < 0)
    throw argumentOutOfRange(
      'length',
      'Index was out of range. Must be non-negative and less than the size of the collection.',
    );
  if (offset < 0) throw argumentOutOfRange('offset', 'Value must be positive.');
  if (offset > bytes.length - length) {
    throw argumentOutOfRange('offset', 'Offset and length must refer to a position in the string.');
  }
  return bytes.subarray(offset, offset + length);
}

function whole(bytes: Uint8Array | null): Uint8Array {
  if (bytes === null) throw argumentNull('inArray');
  return bytes;
}

function hexBytes(text: string | null): Uint8Array {
  if (text === null) throw argumentNull('s');
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) {
    throw argumentException(
      'The input is not a valid hex string as it contains a non-hex character.',
    );
  }
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

const base64: MemberRecord = {
  'static string ToBase64String(byte[] inArray)': (bytes: Uint8Array | null) =>
    toBase64(whole(bytes)),
  'static string ToBase64String(byte[] inArray, Base64FormattingOptions options)': (
    bytes: Uint8Array | null,
    options: number,
  ) => toBase64(whole(bytes), options === 1),
  'static string ToBase64String(byte[] inArray, int offset, int length)': (
    bytes: Uint8Array | null,
    offset: number,
    length: number,
  ) => toBase64(slice(bytes, offset, length)),
  'static byte[] FromBase64String(string s)': (text: string | null) => {
    if (text === null) throw argumentNull('s');
    return fromBase64(text);
  },
  'static byte[] FromBase64CharArray(char[] inArray, int offset, int length)': (
    chars: number[] | null,
    offset: number,
    length: number,
  ) => {
    if (chars === null) throw argumentNull('inArray');
    if (length < 0) throw argumentOutOfRange('length');
    if (offset < 0 || offset > chars.length - length) throw argumentOutOfRange('offset');
    let text = '';
    for (const code of chars.slice(offset, offset + length)) text += String.fromCharCode(code);
    return fromBase64(text);
  },
  'static string ToHexString(byte[] inArray)': (bytes: Uint8Array | null) =>
    hexText(whole(bytes)).replaceAll('-', ''),
  'static byte[] FromHexString(string s)': hexBytes,
  // No value of an expression is DBNull.
  'static bool IsDBNull(object value)': () => false,
};

export const base64FormattingOptionsTable = enumTable(
  'System.Base64FormattingOptions',
  {
    None: 0,
    InsertLineBreaks: 1,
  },
  true,
);

export const convertTable = typeTable(
  'static class System.Convert',
  {},
  conversions(),
  basedConversions(),
  base64,
);
