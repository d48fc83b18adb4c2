import type { Decimal } from './decimal.js';

/** C# names of the numeric types. `long` and `ulong` are bigint, `decimal` is Decimal, others number. */
export type NumericType =
  | 'int'
  | 'long'
  | 'short'
  | 'sbyte'
  | 'byte'
  | 'ushort'
  | 'uint'
  | 'ulong'
  | 'double'
  | 'float'
  | 'decimal';

/** Numeric types without fractions. */
export type IntegerType = Exclude<NumericType, 'double' | 'float' | 'decimal'>;

/** Raw value of any numeric type. */
export type NumericValue = number | bigint | Decimal;

/** Range and .NET name of an integer type. */
export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
  readonly bits: number;
  readonly name: string;
  /** The name with its article, as .NET's messages write it. */
  readonly article: string;
}

const range = (bits: number, signed: boolean, name: string): IntegerRange => ({
  min: signed ? -(1n << BigInt(bits - 1)) : 0n,
  max: (1n << BigInt(signed ? bits - 1 : bits)) - 1n,
  bits,
  name,
  article: name.startsWith('I') ? `an ${name}` : `a ${name}`,
});

/** Ranges of the integer types. */
export const integerRanges: Readonly<Record<IntegerType, IntegerRange>> = {
  sbyte: range(8, true, 'SByte'),
  byte: range(8, false, 'Byte'),
  short: range(16, true, 'Int16'),
  ushort: range(16, false, 'UInt16'),
  int: range(32, true, 'Int32'),
  uint: range(32, false, 'UInt32'),
  long: range(64, true, 'Int64'),
  ulong: range(64, false, 'UInt64'),
};

/** True for the integer types. */
export const isIntegerType = (type: NumericType): type is IntegerType => type in integerRanges;

/** A bigint as the raw value of an integer type. */
export const integerValue = (type: IntegerType, value: bigint): number | bigint =>
  type === 'long' || type === 'ulong' ? value : Number(value);

/** `Value was either too large or too small for an Int32.` */
export function overflowMessage(type: IntegerType): string {
  if (type === 'byte') return 'Value was either too large or too small for an unsigned byte.';
  if (type === 'sbyte') return 'Value was either too large or too small for a signed byte.';
  return `Value was either too large or too small for ${integerRanges[type].article}.`;
}
