import {
  argumentException,
  argumentOutOfRange,
  Decimal,
  DotNetError,
  overflowException,
  roundHalfEven,
  type MidpointRounding,
} from '@isthmus/dotnet';
import type { Ref } from '../../runtime/ref.js';
import { constant, typeTable, type Implementation, type MemberRecord } from '../table.js';

const integers = ['sbyte', 'byte', 'short', 'ushort', 'int', 'uint'] as const;
const minimum: Readonly<Record<string, number>> = { sbyte: -128, short: -32768, int: -2147483648 };

function of(
  types: readonly string[],
  signature: (type: string) => string,
  make: (type: string) => Implementation,
): MemberRecord {
  return Object.fromEntries(types.map((t) => [signature(t), make(t)]));
}

const real = ['float', 'double'];
const big = ['long', 'ulong'];

function realMax(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b);
}

function realMin(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b);
}

const ranges: MemberRecord = {
  ...of(
    [...integers, ...real],
    (t) => `static ${t} Max(${t} val1, ${t} val2)`,
    () => realMax,
  ),
  ...of(
    [...integers, ...real],
    (t) => `static ${t} Min(${t} val1, ${t} val2)`,
    () => realMin,
  ),
  ...of(
    big,
    (t) => `static ${t} Max(${t} val1, ${t} val2)`,
    () => (a: bigint, b: bigint) => (a > b ? a : b),
  ),
  ...of(
    big,
    (t) => `static ${t} Min(${t} val1, ${t} val2)`,
    () => (a: bigint, b: bigint) => (a < b ? a : b),
  ),
  'static decimal Max(decimal val1, decimal val2)': (a: Decimal, b: Decimal) =>
    a.compareTo(b) >= 0 ? a : b,
  'static decimal Min(decimal val1, decimal val2)': (a: Decimal, b: Decimal) =>
    a.compareTo(b) < 0 ? a : b,
  ...of(
    ['sbyte', 'short', 'int'],
    (t) => `static ${t} Abs(${t} value)`,
    (t) => (v: number) => {
      if (v === minimum[t])
        throw overflowException(
          'Negating the minimum value of a twos complement number is invalid.',
        );
      return Math.abs(v);
    },
  ),
  'static long Abs(long value)': (v: bigint) => {
    if (v === -(1n << 63n))
      throw overflowException('Negating the minimum value of a twos complement number is invalid.');
    return v < 0n ? -v : v;
  },
  ...of(
    real,
    (t) => `static ${t} Abs(${t} value)`,
    () => Math.abs,
  ),
  'static decimal Abs(decimal value)': (v: Decimal) => v.abs(),
  ...of(
    ['sbyte', 'short', 'int', ...real],
    (t) => `static int Sign(${t} value)`,
    () => (v: number) => {
      if (Number.isNaN(v))
        throw new DotNetError(
          'System.ArithmeticException',
          'Function does not accept floating point Not-a-Number values.',
        );
      return Math.sign(v) + 0;
    },
  ),
  'static int Sign(long value)': (v: bigint) => (v < 0n ? -1 : v > 0n ? 1 : 0),
  'static int Sign(decimal value)': (v: Decimal) => v.compareTo(Decimal.zero),
  ...of(
    [...integers, ...real],
    (t) => `static ${t} Clamp(${t} value, ${t} min, ${t} max)`,
    () => (v: number, low: number, high: number) => {
      if (low > high) throw argumentException(`'${low}' cannot be greater than ${high}.`);
      return v < low ? low : v > high ? high : v;
    },
  ),
  'static long BigMul(int a, int b)': (a: number, b: number) => BigInt(a) * BigInt(b),
  'static int DivRem(int a, int b, out int result)': (a: number, b: number, result: Ref) => {
    if (b === 0)
      throw new DotNetError('System.DivideByZeroException', 'Attempted to divide by zero.');
    result.value = (a % b) | 0;
    return Math.trunc(a / b);
  },
  'static long DivRem(long a, long b, out long result)': (a: bigint, b: bigint, result: Ref) => {
    if (b === 0n)
      throw new DotNetError('System.DivideByZeroException', 'Attempted to divide by zero.');
    result.value = a % b;
    return a / b;
  },
};

const modes: readonly MidpointRounding[] = [
  'ToEven',
  'AwayFromZero',
  'ToZero',
  'ToNegativeInfinity',
  'ToPositiveInfinity',
];

function modeOf(value: number): MidpointRounding {
  const mode = modes[value];
  if (mode === undefined)
    throw argumentException(
      "The value '" + value + "' is not valid for this usage of the type MidpointRounding.",
      'mode',
    );
  return mode;
}

function roundWhole(value: number, mode: MidpointRounding): number {
  switch (mode) {
    case 'ToEven':
      return roundHalfEven(value);
    case 'AwayFromZero': {
      const whole = Math.trunc(value);
      const rest = Math.abs(value - whole);
      return rest >= 0.5 ? whole + Math.sign(value) : value < 0 && whole === 0 ? -0 : whole;
    }
    case 'ToZero':
      return Math.trunc(value);
    case 'ToNegativeInfinity':
      return Math.floor(value);
    case 'ToPositiveInfinity':
      return Math.ceil(value);
  }
}

/** Math.Round(double, digits): scales by a power of ten, rounds, scales back, as .NET does. */
function round(value: number, digits: number, mode: MidpointRounding): number {
  if (digits < 0 || digits > 15)
    throw argumentOutOfRange('digits', 'Rounding digits must be between 0 and 15, inclusive.');
  if (Math.abs(value) >= 1e16 || !Number.isFinite(value)) return value;
  const power = 10 ** digits;
  return roundWhole(value * power, mode) / power;
}

function roundDecimal(value: Decimal, digits: number, mode: MidpointRounding): Decimal {
  if (digits < 0 || digits > 28)
    throw argumentOutOfRange(
      'decimals',
      'Decimal can only round to between 0 and 28 digits of precision.',
    );
  return value.round(digits, mode);
}

const rounding: MemberRecord = {
  'static double Round(double a)': (v: number) => round(v, 0, 'ToEven'),
  'static double Round(double value, int digits)': (v: number, digits: number) =>
    round(v, digits, 'ToEven'),
  'static double Round(double value, MidpointRounding mode)': (v: number, mode: number) =>
    round(v, 0, modeOf(mode)),
  'static double Round(double value, int digits, MidpointRounding mode)': (
    v: number,
    digits: number,
    mode: number,
  ) => round(v, digits, modeOf(mode)),
  'static decimal Round(decimal d)': (v: Decimal) => v.round(),
  'static decimal Round(decimal d, int decimals)': (v: Decimal, digits: number) =>
    roundDecimal(v, digits, 'ToEven'),
  'static decimal Round(decimal d, MidpointRounding mode)': (v: Decimal, mode: number) =>
    v.round(0, modeOf(mode)),
  'static decimal Round(decimal d, int decimals, MidpointRounding mode)': (
    v: Decimal,
    digits: number,
    mode: number,
  ) => roundDecimal(v, digits, modeOf(mode)),
  'static double Floor(double d)': Math.floor,
  'static double Ceiling(double a)': Math.ceil,
  'static double Truncate(double d)': Math.trunc,
  'static decimal Floor(decimal d)': (v: Decimal) => v.floor(),
  'static decimal Ceiling(decimal d)': (v: Decimal) => v.ceiling(),
  'static decimal Truncate(decimal d)': (v: Decimal) => v.truncate(),
};

function power(x: number, y: number): number {
  // IEEE: pow(1, NaN) and pow(-1, ±∞) are 1; JavaScript gives NaN.
  if (x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y))) return 1;
  return x ** y;
}

function ieeeRemainder(x: number, y: number): number {
  if (!Number.isFinite(x) || y === 0) return Number.NaN;
  if (!Number.isFinite(y)) return x;
  const result = x - y * roundHalfEven(x / y);
  return result === 0 && x < 0 ? -0 : result;
}

const functions: MemberRecord = {
  'const double PI': constant(Math.PI),
  'const double E': constant(Math.E),
  'const double Tau': constant(2 * Math.PI),
  'static double CopySign(double x, double y)': (x: number, y: number) =>
    Math.abs(x) * (y < 0 || Object.is(y, -0) ? -1 : 1),
  'static double Pow(double x, double y)': power,
  'static double IEEERemainder(double x, double y)': ieeeRemainder,
  'static double Log(double a, double newBase)': (a: number, base: number) =>
    base === 1 || (a !== 1 && (base === 0 || base === Infinity))
      ? Number.NaN
      : Math.log(a) / Math.log(base),
  'static double Atan2(double y, double x)': Math.atan2,
  ...Object.fromEntries(
    (
      [
        'Sqrt',
        'Exp',
        'Log',
        'Log10',
        'Log2',
        'Sin',
        'Cos',
        'Tan',
        'Asin',
        'Acos',
        'Atan',
        'Sinh',
        'Cosh',
        'Tanh',
        'Asinh',
        'Acosh',
        'Atanh',
        'Cbrt',
      ] as const
    ).map((name) => [
      `static double ${name}(double d)`,
      (v: number) => (Math[name.toLowerCase() as 'sqrt'] as (x: number) => number)(v),
    ]),
  ),
};

export const mathTable = typeTable('static class System.Math', {}, ranges, rounding, functions);
