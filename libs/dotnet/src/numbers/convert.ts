import { invariantCulture } from '../culture/culture.js';
import { DateTime } from '../dates/date-time.js';
import { dateTimeToText } from '../dates/format-date-time.js';
import { parseDateTime } from '../dates/parse-date-time.js';
import {
  argumentException,
  argumentNull,
  argumentOutOfRange,
  DotNetError,
  formatException,
  invalidCast,
  overflowException,
} from '../dotnet-error.js';
import { trimText, WHITE_SPACE } from '../text/trim-split.js';
import { Decimal } from './decimal.js';
import { numberToText } from './format-number.js';
import {
  integerRanges,
  integerValue,
  isIntegerType,
  overflowMessage,
  type IntegerType,
  type NumericType,
  type NumericValue,
} from './numeric-type.js';
import { parseNumber } from './parse-number.js';

/** The types between which System.Convert converts. */
export type ConvertType = NumericType | 'bool' | 'char' | 'string' | 'DateTime';

/** .NET names of the types, as messages write them. */
const CONVERT_NAMES: Readonly<Record<ConvertType, string>> = {
  int: 'Int32',
  long: 'Int64',
  short: 'Int16',
  sbyte: 'SByte',
  byte: 'Byte',
  ushort: 'UInt16',
  uint: 'UInt32',
  ulong: 'UInt64',
  double: 'Double',
  float: 'Single',
  decimal: 'Decimal',
  bool: 'Boolean',
  char: 'Char',
  string: 'String',
  DateTime: 'DateTime',
};

/** `bool.Parse`: any case, white space and NULs around; undefined for other text. */
function parseBoolean(text: string): boolean | undefined {
  const word = trimText(text, `${WHITE_SPACE}\0`).toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

const badCast = (from: ConvertType, to: ConvertType): DotNetError =>
  invalidCast(`Invalid cast from '${CONVERT_NAMES[from]}' to '${CONVERT_NAMES[to]}'.`);

/**
 * `Convert.ToXxx(value)` by the types of source and target. Null (of string or object) gives the zero of the
 * target. Throws FormatException, OverflowException or InvalidCastException. `now` fills in missing dates.
 */
export function convertValue(
  from: ConvertType,
  to: ConvertType,
  value: unknown,
  now: DateTime,
): unknown {
  if (value === null || value === undefined) return zeroOf(to);
  if (from === to) return value;
  if (to === 'string') return toText(from, value);
  if (from === 'DateTime') throw badCast(from, to);
  if (typeof value === 'string') return fromText(value, to, now);
  if (to === 'DateTime') throw badCast(from, to);
  if (to === 'bool') return toBoolean(from, value);
  if (to === 'char') return toChar(from, value);
  if (from === 'char' && !isIntegerType(to)) throw badCast(from, to);
  const number = (from === 'bool' ? Number(value) : value) as NumericValue;
  if (isIntegerType(to)) return toInteger(to, number);
  return toReal(to, number, from === 'float');
}

function zeroOf(to: ConvertType): unknown {
  if (to === 'string') return null;
  if (to === 'bool') return false;
  if (to === 'DateTime') return DateTime.minValue;
  if (to === 'decimal') return Decimal.zero;
  return to === 'long' || to === 'ulong' ? 0n : 0;
}

function toText(from: ConvertType, value: unknown): string {
  if (from === 'bool') return value === true ? 'True' : 'False';
  if (from === 'char') return String.fromCharCode(Number(value));
  if (value instanceof DateTime) return dateTimeToText(value);
  return numberToText(from as NumericType, value as NumericValue);
}

function fromText(text: string, to: ConvertType, now: DateTime): unknown {
  if (to === 'bool') {
    const value = parseBoolean(text);
    if (value === undefined)
      throw formatException(`String '${text}' was not recognized as a valid Boolean.`);
    return value;
  }
  if (to === 'char') {
    if (text.length !== 1) throw formatException('String must be exactly one character long.');
    return text.charCodeAt(0);
  }
  if (to === 'DateTime') return parseDateTime(text, { culture: invariantCulture, now });
  return parseNumber(to as NumericType, text);
}

function toBoolean(from: ConvertType, value: unknown): boolean {
  if (from === 'char') throw badCast(from, 'bool');
  return value instanceof Decimal ? value.mantissa !== 0n : Number(value) !== 0;
}

function toChar(from: ConvertType, value: unknown): number {
  if (!isIntegerType(from as NumericType)) throw badCast(from, 'char');
  const code = Number(value);
  if (code < 0 || code > 0xffff) {
    throw overflowException('Value was either too large or too small for a character.');
  }
  return code;
}

/** Halves round to even; throws OverflowException outside the range. */
function toInteger(to: IntegerType, value: NumericValue): number | bigint {
  const overflow = (): DotNetError => overflowException(overflowMessage(to));
  let whole: bigint;
  if (value instanceof Decimal) whole = value.round(0).toBigInt();
  else if (typeof value === 'bigint') whole = value;
  else {
    if (!Number.isFinite(value)) throw overflow();
    whole = BigInt(roundHalfEven(value));
  }
  const { min, max } = integerRanges[to];
  if (whole < min || whole > max) throw overflow();
  return integerValue(to, whole);
}

/** Nearest integer of a double, halves to even. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function toReal(to: ConvertType, value: NumericValue, single: boolean): number | Decimal {
  if (to === 'decimal') {
    if (value instanceof Decimal) return value;
    return typeof value === 'bigint' ||
      (Number.isInteger(value) && Math.abs(value) < 2 ** 53 && !single)
      ? Decimal.fromInteger(value)
      : Decimal.fromDouble(value, single);
  }
  const number = value instanceof Decimal ? value.toDouble() : Number(value);
  return to === 'float' ? Math.fround(number) : number;
}

/** `Convert.ToInt32(text, fromBase)`: base 2, 8, 10 or 16, two's complement for all but 10. */
export function integerFromBase(
  to: IntegerType,
  text: string | null,
  base: number,
): number | bigint {
  if (![2, 8, 10, 16].includes(base)) throw argumentException('Invalid Base.');
  if (text === null) return integerValue(to, 0n);
  if (text === '')
    throw argumentOutOfRange(
      undefined,
      'Index was out of range. Must be non-negative and less than the size of the collection.',
    );
  const { bits, min, max } = integerRanges[to];
  const signed = min < 0n;
  let body = text;
  let negative = false;
  if (body.startsWith('-')) {
    if (base !== 10)
      throw argumentException('String cannot contain a minus sign if the base is not 10.');
    if (!signed)
      throw overflowException(
        'The string was being parsed as an unsigned number and could not have a negative sign.',
      );
    negative = true;
    body = body.slice(1);
  } else if (body.startsWith('+')) body = body.slice(1);
  if (base === 16) body = body.replace(/^0[xX]/, '');
  const digits = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^\d+$/, 16: /^[0-9a-fA-F]+$/ }[base];
  if (!digits?.test(body)) {
    throw formatException(
      /^[0-9a-zA-Z]/.test(body) && body !== ''
        ? 'Additional non-parsable characters are at the end of the string.'
        : 'Could not find any recognizable digits.',
    );
  }
  const prefix = { 2: '0b', 8: '0o', 10: '', 16: '0x' }[base] ?? '';
  const magnitude = BigInt(prefix + body);
  if (base === 10) {
    const value = negative ? -magnitude : magnitude;
    if (value < min || value > max) throw overflowException(overflowMessage(to));
    return integerValue(to, value);
  }
  if (magnitude >= 1n << BigInt(bits)) throw overflowException(overflowMessage(to));
  return integerValue(to, signed ? BigInt.asIntN(bits, magnitude) : magnitude);
}

/** `Convert.ToString(number, toBase)`: two's complement digits for all but base 10. */
export function integerToBase(type: IntegerType, value: number | bigint, base: number): string {
  if (![2, 8, 10, 16].includes(base)) throw argumentException('Invalid Base.');
  if (base === 10) return value.toString();
  return BigInt.asUintN(integerRanges[type].bits, BigInt(value)).toString(base);
}

/** Convert.ToChar of null text throws, unlike all other conversions. */
export const charFromText = (text: string | null, now: DateTime): unknown => {
  if (text === null) throw argumentNull('value');
  return convertValue('string', 'char', text, now);
};
