import {
  argumentException,
  Decimal,
  formatNumber,
  invariantCulture,
  parseNumber,
  tryParseNumber,
  argumentNull,
  type NumericType,
  type NumericValue,
} from '@isthmus/dotnet';
import { Boxed } from '../../runtime/boxed.js';
import type { Ref } from '../../runtime/ref.js';
import type { Facets, MemberRecord } from '../table.js';

const NAMES: Readonly<Record<NumericType, string>> = {
  sbyte: 'SByte',
  byte: 'Byte',
  short: 'Int16',
  ushort: 'UInt16',
  int: 'Int32',
  uint: 'UInt32',
  long: 'Int64',
  ulong: 'UInt64',
  float: 'Single',
  double: 'Double',
  decimal: 'Decimal',
};

/** CompareTo of two raw values of one type: NaN is smaller than every number and equal to itself. */
function compareNumbers(left: NumericValue, right: NumericValue): number {
  if (left instanceof Decimal && right instanceof Decimal) return left.compareTo(right);
  if (left === right) return 0;
  if (typeof left === 'number' && Number.isNaN(left)) return Number.isNaN(right as number) ? 0 : -1;
  if (typeof right === 'number' && Number.isNaN(right)) return 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Small integer types compare by their difference. */
const compareAs = (type: NumericType, left: NumericValue, right: NumericValue): number =>
  /^(?:s?byte|u?short)$/.test(type) ? Number(left) - Number(right) : compareNumbers(left, right);

function compareObject(type: NumericType, self: NumericValue, value: unknown): number {
  if (value === null) return 1;
  const raw = value instanceof Boxed && value.typeName === type ? value.value : value;
  if (raw === value && !(raw instanceof Decimal && type === 'decimal')) {
    throw argumentException(`Object must be of type ${NAMES[type]}.`);
  }
  return compareAs(type, self, raw as NumericValue);
}

/** Header of a numeric struct. */
export const numericHeader = (type: NumericType): string =>
  `struct System.${NAMES[type]} : IComparable, IComparable<${type}>, IEquatable<${type}>, IFormattable, IConvertible`;

/** Facets of a numeric struct. */
export function numericFacets(type: NumericType): Facets {
  const initial = type === 'decimal' ? Decimal.zero : type === 'long' || type === 'ulong' ? 0n : 0;
  const own: Facets = {
    initial,
    compare: (left: NumericValue, right: NumericValue) => compareNumbers(left, right),
    equals: (left: NumericValue, right: NumericValue) => compareNumbers(left, right) === 0,
    key: (value: NumericValue) => (value instanceof Decimal ? keyOf(value) : value),
    text: (value: NumericValue, format: string | null) =>
      formatNumber(type, value, format, invariantCulture),
  };
  return type === 'decimal' ? { ...own, instance: Decimal } : own;
}

/** Equal decimals of different scale have one key. */
function keyOf(value: Decimal): string {
  const text = value.toString();
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function parsed(type: NumericType, text: string | null): NumericValue {
  if (text === null) throw argumentNull('s');
  return parseNumber(type, text);
}

function tried(type: NumericType, text: string | null, result: Ref): boolean {
  const value = tryParseNumber(type, text);
  const zero = type === 'decimal' ? Decimal.zero : type === 'long' || type === 'ulong' ? 0n : 0;
  result.value = value ?? zero;
  return value !== undefined;
}

/** What every numeric type has: Parse, TryParse, ToString with formats, CompareTo, Equals. */
export function numericMembers(type: NumericType): MemberRecord {
  const text = (self: NumericValue, format: string | null): string =>
    formatNumber(type, self, format, invariantCulture);
  return {
    [`static ${type} Parse(string s)`]: (s: string | null) => parsed(type, s),
    [`static ${type} Parse(string s, IFormatProvider provider)`]: (s: string | null) =>
      parsed(type, s),
    [`static bool TryParse(string s, out ${type} result)`]: (s: string | null, result: Ref) =>
      tried(type, s, result),
    'string ToString(string format)': (self: NumericValue, format: string | null) =>
      text(self, format),
    'string ToString(IFormatProvider provider)': (self: NumericValue) => text(self, null),
    'string ToString(string format, IFormatProvider provider)': (
      self: NumericValue,
      format: string | null,
    ) => text(self, format),
    [`int CompareTo(${type} value)`]: (self: NumericValue, value: NumericValue) =>
      compareAs(type, self, value),
    'int CompareTo(object value)': (self: NumericValue, value: unknown) =>
      compareObject(type, self, value),
    [`bool Equals(${type} obj)`]: (self: NumericValue, other: NumericValue) =>
      compareNumbers(self, other) === 0,
  };
}
