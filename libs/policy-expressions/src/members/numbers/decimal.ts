import {
  argumentException,
  argumentNull,
  argumentOutOfRange,
  convertValue,
  DateTime,
  Decimal,
  type ConvertType,
  type MidpointRounding,
} from '@isthmus/dotnet';
import { newArray } from '../../runtime/runtime-type.js';
import { constant, typeTable, type MemberRecord } from '../table.js';
import { numericFacets, numericHeader, numericMembers } from './numeric-members.js';

/** MidpointRounding by its number; throws ArgumentException. */
function roundingOf(mode: number): MidpointRounding {
  const name = (
    ['ToEven', 'AwayFromZero', 'ToZero', 'ToNegativeInfinity', 'ToPositiveInfinity'] as const
  )[mode];
  if (name === undefined) {
    throw argumentException(
      `The value '${mode}' is not valid for this usage of the type MidpointRounding.`,
      'mode',
    );
  }
  return name;
}

/** Rounds to 0 to 28 decimals; throws ArgumentOutOfRangeException. */
function roundDecimal(value: Decimal, decimals: number, mode: number): Decimal {
  if (decimals < 0 || decimals > 28) {
    throw argumentOutOfRange(
      'decimals',
      'Decimal can only round to between 0 and 28 digits of precision.',
    );
  }
  return value.round(decimals, roundingOf(mode));
}

/** Three 32-bit words, low first. */
function decimalOfWords(words: readonly number[], negative: boolean, scale: number): Decimal {
  const mantissa = words.reduce(
    (sum, word, index) => sum | (BigInt(word >>> 0) << BigInt(32 * index)),
    0n,
  );
  if (scale > 28)
    throw argumentOutOfRange('scale', "Decimal's scale value must be between 0 and 28, inclusive.");
  return new Decimal(negative ? -mantissa : mantissa, scale);
}

function decimalOfBits(bits: number[] | null): Decimal {
  if (bits === null) throw argumentNull('bits');
  const flags = bits[3] ?? 0;
  const scale = (flags >>> 16) & 0xff;
  if (bits.length !== 4 || scale > 28) {
    throw argumentException(
      'Decimal constructor requires an array or span of four valid decimal bytes.',
    );
  }
  return decimalOfWords(bits.slice(0, 3), flags < 0, scale);
}

const NOW = DateTime.minValue;
const convertTo = (to: ConvertType) => (value: Decimal) => {
  // The static conversions truncate where Convert rounds.
  const source = /^(?:double|float)$/.test(to) ? value : value.truncate();
  return convertValue('decimal', to, source, NOW);
};

const conversions: MemberRecord = {
  'static byte ToByte(decimal value)': convertTo('byte'),
  'static sbyte ToSByte(decimal value)': convertTo('sbyte'),
  'static short ToInt16(decimal value)': convertTo('short'),
  'static ushort ToUInt16(decimal value)': convertTo('ushort'),
  'static int ToInt32(decimal d)': convertTo('int'),
  'static uint ToUInt32(decimal d)': convertTo('uint'),
  'static long ToInt64(decimal d)': convertTo('long'),
  'static ulong ToUInt64(decimal d)': convertTo('ulong'),
  'static double ToDouble(decimal d)': convertTo('double'),
  'static float ToSingle(decimal d)': convertTo('float'),
};

const arithmetic: MemberRecord = {
  'static decimal Add(decimal d1, decimal d2)': (a: Decimal, b: Decimal) => a.add(b),
  'static decimal Subtract(decimal d1, decimal d2)': (a: Decimal, b: Decimal) => a.subtract(b),
  'static decimal Multiply(decimal d1, decimal d2)': (a: Decimal, b: Decimal) => a.multiply(b),
  'static decimal Divide(decimal d1, decimal d2)': (a: Decimal, b: Decimal) => a.divide(b),
  'static decimal Remainder(decimal d1, decimal d2)': (a: Decimal, b: Decimal) => a.remainder(b),
  'static decimal Negate(decimal d)': (d: Decimal) => d.negate(),
  'static decimal Truncate(decimal d)': (d: Decimal) => d.truncate(),
  'static decimal Floor(decimal d)': (d: Decimal) => d.floor(),
  'static decimal Ceiling(decimal d)': (d: Decimal) => d.ceiling(),
  'static decimal Round(decimal d)': (d: Decimal) => d.round(),
  'static decimal Round(decimal d, int decimals)': (d: Decimal, n: number) => roundDecimal(d, n, 0),
  'static decimal Round(decimal d, MidpointRounding mode)': (d: Decimal, mode: number) =>
    roundDecimal(d, 0, mode),
  'static decimal Round(decimal d, int decimals, MidpointRounding mode)': roundDecimal,
  'static int Compare(decimal d1, decimal d2)': (a: Decimal, b: Decimal) => a.compareTo(b),
  'static bool Equals(decimal d1, decimal d2)': (a: Decimal, b: Decimal) => a.equals(b),
  'static int[] GetBits(decimal d)': (d: Decimal) => newArray('int', d.toBits()),
};

export const decimalTable = typeTable(
  numericHeader('decimal'),
  numericFacets('decimal'),
  numericMembers('decimal'),
  arithmetic,
  conversions,
  {
    'const decimal MaxValue': constant(Decimal.maxValue),
    'const decimal MinValue': constant(Decimal.minValue),
    'const decimal Zero': constant(Decimal.zero),
    'const decimal One': constant(Decimal.one),
    'const decimal MinusOne': constant(Decimal.minusOne),
    'new(int value)': (value: number) => Decimal.fromInteger(value),
    'new(uint value)': (value: number) => Decimal.fromInteger(value),
    'new(long value)': (value: bigint) => Decimal.fromInteger(value),
    'new(ulong value)': (value: bigint) => Decimal.fromInteger(value),
    'new(float value)': (value: number) => Decimal.fromDouble(value, true),
    'new(double value)': (value: number) => Decimal.fromDouble(value),
    'new(int[] bits)': decimalOfBits,
    'new(int lo, int mid, int hi, bool isNegative, byte scale)': (
      ...[lo, mid, hi, negative, scale]: [number, number, number, boolean, number]
    ) => decimalOfWords([lo, mid, hi], negative, scale),
  },
);
