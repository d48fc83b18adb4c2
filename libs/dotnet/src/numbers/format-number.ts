import { invariantCulture, type Culture } from '../culture/culture.js';
import type { NumberFormat } from '../culture/number-format.js';
import { Decimal } from './decimal.js';
import { fractionDigits, shortestDigits, significantDigits } from './double-digits.js';
import { formatCustom } from './format-custom.js';
import {
  formatStandard,
  invalidFormat,
  standardFormatOf,
  type StandardFormat,
} from './format-standard.js';
import { integerBuffer, type NumberBuffer } from './number-buffer.js';
import {
  integerRanges,
  isIntegerType,
  type IntegerType,
  type NumericType,
  type NumericValue,
} from './numeric-type.js';

/**
 * `value.ToString(format, culture)` of .NET 5+ for every numeric type: standard formats
 * B C D E F G N P R X and custom patterns. Null or empty means "G". Throws FormatException.
 */
export function formatNumber(
  type: NumericType,
  value: NumericValue,
  format: string | null,
  culture: Culture,
): string {
  const info = culture.numbers;
  if (value instanceof Decimal) return formatDecimal(value, format ?? '', info);
  if (isIntegerType(type)) return formatInteger(type, value, format ?? '', info);
  return formatFloat(Number(value), format ?? '', info, type === 'float');
}

/** Invariant text of a number in its default format, as concatenation writes it. */
export function numberToText(type: NumericType, value: NumericValue): string {
  if (type === 'double' || type === 'float') {
    return formatFloat(Number(value), '', invariantCulture.numbers, type === 'float');
  }
  return value.toString();
}

function formatInteger(
  type: IntegerType,
  value: number | bigint,
  format: string,
  info: NumberFormat,
): string {
  const standard = standardFormatOf(format);
  if (!standard) return formatCustom(integerBuffer(value), format, info);
  const letter = standard.letter.toUpperCase();
  const padding = Math.max(standard.precision, 1);
  const unsigned = (): bigint => BigInt.asUintN(integerRanges[type].bits, BigInt(value));
  if (letter === 'D' || (letter === 'G' && standard.precision < 1)) {
    const text = value.toString();
    return text.startsWith('-')
      ? info.negativeSign + text.slice(1).padStart(padding, '0')
      : text.padStart(padding, '0');
  }
  if (letter === 'X') {
    const hex = unsigned().toString(16).padStart(padding, '0');
    return standard.letter === 'X' ? hex.toUpperCase() : hex;
  }
  if (letter === 'B') return unsigned().toString(2).padStart(padding, '0');
  return formatStandard(integerBuffer(value), standard, info);
}

function decimalBuffer(value: Decimal): NumberBuffer {
  const digits = value.abs().mantissa.toString();
  return digits === '0'
    ? { digits: '', scale: -value.scale, negative: false, kind: 'decimal' }
    : { digits, scale: digits.length - value.scale, negative: value.isNegative, kind: 'decimal' };
}

function formatDecimal(value: Decimal, format: string, info: NumberFormat): string {
  const standard = standardFormatOf(format);
  const buffer = decimalBuffer(value);
  return standard ? formatStandard(buffer, standard, info) : formatCustom(buffer, format, info);
}

function formatFloat(value: number, format: string, info: NumberFormat, single: boolean): string {
  if (Number.isNaN(value)) return info.nan;
  if (!Number.isFinite(value)) return value > 0 ? info.positiveInfinity : info.negativeInfinity;
  const standard = standardFormatOf(format);
  if (!standard) {
    return formatCustom(significantDigits(value, single ? 7 : 15), format, info);
  }
  const letter = standard.letter.toUpperCase();
  if ((letter === 'G' && standard.precision < 1) || letter === 'R') {
    const buffer = shortestDigits(value, single);
    const precision = Math.max(buffer.digits.length, single ? 9 : 17);
    const small = standard.letter === letter ? 'G' : 'g';
    return formatStandard(buffer, { letter: small, precision }, info);
  }
  return formatStandard(floatBuffer(value, standard, info), standard, info);
}

/** Digits of a double as precise as a standard format shows them. */
function floatBuffer(value: number, format: StandardFormat, info: NumberFormat): NumberBuffer {
  const given = format.precision;
  switch (format.letter.toUpperCase()) {
    case 'C':
      return fractionDigits(value, given >= 0 ? given : info.currencyDecimalDigits);
    case 'F':
    case 'N':
      return fractionDigits(value, given >= 0 ? given : info.numberDecimalDigits);
    case 'P':
      return fractionDigits(value, (given >= 0 ? given : info.percentDecimalDigits) + 2);
    case 'E':
      return significantDigits(value, (given >= 0 ? given : 6) + 1);
    case 'G':
      return significantDigits(value, given);
    default:
      throw invalidFormat();
  }
}
