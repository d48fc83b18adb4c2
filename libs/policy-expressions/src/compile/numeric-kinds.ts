import { Decimal, overflowException } from '@isthmus/dotnet';
import type { NetType } from '../binding/net-type.js';

/** The built-in numeric types; `char` takes part in arithmetic as an unsigned 16-bit number. */
export type NumberKind =
  | 'sbyte'
  | 'byte'
  | 'short'
  | 'ushort'
  | 'int'
  | 'uint'
  | 'long'
  | 'ulong'
  | 'char'
  | 'float'
  | 'double'
  | 'decimal';

const kinds: Readonly<Record<string, NumberKind>> = {
  sbyte: 'sbyte',
  byte: 'byte',
  short: 'short',
  ushort: 'ushort',
  int: 'int',
  uint: 'uint',
  long: 'long',
  ulong: 'ulong',
  char: 'char',
  float: 'float',
  double: 'double',
  decimal: 'decimal',
};

/** The kind of a numeric type, without Nullable. */
export function numberKind(type: NetType): NumberKind | undefined {
  return type.kind === 'named' && type.definition.keyword !== null
    ? kinds[type.definition.keyword]
    : undefined;
}

const widening: Readonly<Record<NumberKind, string>> = {
  sbyte: 'short int long float double decimal',
  byte: 'short ushort int uint long ulong float double decimal',
  short: 'int long float double decimal',
  ushort: 'int uint long ulong float double decimal',
  int: 'long float double decimal',
  uint: 'long ulong float double decimal',
  long: 'float double decimal',
  ulong: 'float double decimal',
  char: 'ushort int uint long ulong float double decimal',
  float: 'double',
  double: '',
  decimal: '',
};

/** Implicit numeric conversions (C# 7.3, 6.1.2). */
export function widens(from: NumberKind, to: NumberKind): boolean {
  return widening[from].split(' ').includes(to);
}

export const integerRange: Readonly<Partial<Record<NumberKind, readonly [bigint, bigint]>>> = {
  sbyte: [-128n, 127n],
  byte: [0n, 255n],
  short: [-32768n, 32767n],
  ushort: [0n, 65535n],
  char: [0n, 65535n],
  int: [-(1n << 31n), (1n << 31n) - 1n],
  uint: [0n, (1n << 32n) - 1n],
  long: [-(1n << 63n), (1n << 63n) - 1n],
  ulong: [0n, (1n << 64n) - 1n],
};

const bits: Readonly<Partial<Record<NumberKind, number>>> = {
  sbyte: 8,
  byte: 8,
  short: 16,
  ushort: 16,
  char: 16,
  int: 32,
  uint: 32,
  long: 64,
  ulong: 64,
};
const signed = new Set<NumberKind>(['sbyte', 'short', 'int', 'long']);

const overflow = (): Error => overflowException('Arithmetic operation resulted in an overflow.');

/** The raw value of a number: bigint of an integral kind. */
export function toRaw(value: bigint, kind: NumberKind): number | bigint {
  return kind === 'long' || kind === 'ulong' ? value : Number(value);
}

/** Wraps an integer into a kind, or throws OverflowException when checked. */
export function wrapInteger(value: bigint, kind: NumberKind, checked: boolean): number | bigint {
  const range = integerRange[kind]!;
  if (value >= range[0] && value <= range[1]) return toRaw(value, kind);
  if (checked) throw overflow();
  const width = bits[kind]!;
  return toRaw(signed.has(kind) ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value), kind);
}

/** A floating number to an integral kind: saturates at 32 and 64 bits as .NET does, narrower kinds wrap the int. */
function realToInteger(value: number, kind: NumberKind, checked: boolean): number | bigint {
  const range = integerRange[kind]!;
  const whole = Math.trunc(value);
  if (checked) {
    if (Number.isNaN(value) || !Number.isFinite(value)) throw overflow();
    const big = BigInt(whole);
    if (big < range[0] || big > range[1]) throw overflow();
    return toRaw(big, kind);
  }
  const wide: NumberKind = bits[kind] === 64 || kind === 'uint' ? kind : 'int';
  const [low, high] = integerRange[wide]!;
  let big: bigint;
  if (Number.isNaN(value)) big = 0n;
  else if (value >= Number(high)) big = high;
  else if (value <= Number(low)) big = low;
  else big = BigInt(whole);
  return wrapInteger(big, kind, false);
}

function decimalToInteger(value: Decimal, kind: NumberKind): number | bigint {
  const whole = value.truncate().toBigInt();
  const [low, high] = integerRange[kind]!;
  if (whole < low || whole > high) {
    const names: Readonly<Partial<Record<NumberKind, string>>> = {
      int: 'an Int32',
      uint: 'a UInt32',
      long: 'an Int64',
      ulong: 'a UInt64',
      byte: 'an unsigned byte',
      sbyte: 'a signed byte',
      short: 'an Int16',
      ushort: 'a UInt16',
      char: 'a character',
    };
    throw overflowException(`Value was either too large or too small for ${names[kind] ?? kind}.`);
  }
  return toRaw(whole, kind);
}

/** Converts a raw number between kinds as a cast does. */
function convertNumber(
  value: unknown,
  from: NumberKind,
  to: NumberKind,
  checked: boolean,
): unknown {
  if (from === to) return value;
  if (from === 'decimal') {
    const decimal = value as Decimal;
    if (to === 'double') return decimal.toDouble();
    if (to === 'float') return Math.fround(decimal.toDouble());
    return decimalToInteger(decimal, to);
  }
  const number = value as number | bigint;
  if (to === 'decimal')
    return from === 'float' || from === 'double'
      ? Decimal.fromDouble(Number(number), from === 'float')
      : Decimal.fromInteger(number);
  if (to === 'double') return Number(number);
  if (to === 'float') return Math.fround(Number(number));
  if (from === 'float' || from === 'double') return realToInteger(Number(number), to, checked);
  return wrapInteger(BigInt(number), to, checked);
}

/** A converter between two kinds, with the usual cases spelled out for speed. */
export function numberConverter(
  from: NumberKind,
  to: NumberKind,
  checked: boolean,
): (value: unknown) => unknown {
  if (widens(from, to)) {
    if (to === 'long' || to === 'ulong') return (v) => BigInt(v as number);
    if (to === 'double') return from === 'long' || from === 'ulong' ? Number : (v) => v;
    if (to !== 'decimal' && to !== 'float') return (v) => v;
  }
  return (v) => convertNumber(v, from, to, checked);
}
