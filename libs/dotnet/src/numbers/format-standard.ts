import type { NumberFormat } from '../culture/number-format.js';
import { DotNetError, formatException } from '../dotnet-error.js';
import { roundBuffer, type NumberBuffer } from './number-buffer.js';

const MOST_DIGITS = 1_000_000;

/** A standard format: its letter and precision (-1: none given). */
export interface StandardFormat {
  readonly letter: string;
  readonly precision: number;
}

/** Reads `N2`, `d`, … ; undefined means a custom format. Throws FormatException for absurd precisions. */
export function standardFormatOf(format: string): StandardFormat | undefined {
  if (format === '' || format.startsWith('\0')) return { letter: 'G', precision: -1 };
  const match = /^([A-Za-z])(\d*)(?:$|\0)/.exec(format);
  if (!match) return undefined;
  const digits = match[2] ?? '';
  const precision = digits === '' ? -1 : Number(digits);
  if (precision > 999_999_999) throw invalidFormat();
  // .NET would print a gigabyte of zeros; nobody can have meant it.
  if (precision > MOST_DIGITS) {
    throw new DotNetError(
      'System.OutOfMemoryException',
      'Insufficient memory to continue the execution of the program.',
    );
  }
  return { letter: match[1] ?? 'G', precision };
}

/** The error of an unknown format letter. */
export const invalidFormat = (): Error => formatException('Format specifier was invalid.');

function grouped(integer: string, sizes: readonly number[], separator: string): string {
  const groups: string[] = [];
  let rest = integer;
  let index = 0;
  for (;;) {
    const size = sizes[Math.min(index++, sizes.length - 1)] ?? 0;
    if (size === 0 || rest.length <= size) break;
    groups.unshift(rest.slice(-size));
    rest = rest.slice(0, -size);
  }
  return [rest, ...groups].join(separator);
}

interface Separators {
  readonly decimal: string;
  /** Absent: digits are not grouped. */
  readonly group?: string;
  readonly sizes?: readonly number[];
}

/** `digits` fraction digits, zeros where the buffer has none. */
function fixed(number: NumberBuffer, digits: number, separators: Separators): string {
  const { scale } = number;
  const integer = scale > 0 ? number.digits.slice(0, scale).padEnd(scale, '0') : '0';
  const text =
    separators.group === undefined
      ? integer
      : grouped(integer, separators.sizes ?? [3], separators.group);
  if (digits <= 0) return text;
  const zeros = scale < 0 ? '0'.repeat(Math.min(-scale, digits)) : '';
  const fraction = (zeros + number.digits.slice(Math.max(0, scale))).slice(0, digits);
  return text + separators.decimal + fraction.padEnd(digits, '0');
}

/** `E+005`: sign and at least `minDigits` digits. */
export function exponentText(
  exponent: number,
  letter: string,
  minDigits: number,
  signs: { positive: string; negative: string },
): string {
  const sign = exponent < 0 ? signs.negative : signs.positive;
  return letter + sign + Math.abs(exponent).toString().padStart(minDigits, '0');
}

const signsOf = (info: NumberFormat): { positive: string; negative: string } => ({
  positive: info.positiveSign,
  negative: info.negativeSign,
});

function scientific(
  number: NumberBuffer,
  digits: number,
  letter: string,
  info: NumberFormat,
): string {
  const text = number.digits.padEnd(digits, '0');
  const exponent = number.digits === '' ? 0 : number.scale - 1;
  return (
    (text[0] ?? '0') +
    (digits === 1 ? '' : info.decimalSeparator + text.slice(1, digits)) +
    exponentText(exponent, letter, 3, signsOf(info))
  );
}

function general(
  number: NumberBuffer,
  options: { digits: number; letter: string; plain: boolean },
  info: NumberFormat,
): string {
  const isScientific = !options.plain && (number.scale > options.digits || number.scale < -3);
  const point = isScientific ? 1 : number.scale;
  let text = point > 0 ? number.digits.slice(0, point).padEnd(point, '0') : '0';
  const rest = point > 0 ? number.digits.slice(point) : number.digits;
  if (rest !== '' || point < 0) {
    text += info.decimalSeparator + '0'.repeat(Math.max(0, -point)) + rest;
  }
  return isScientific
    ? text + exponentText(number.scale - 1, options.letter, 2, signsOf(info))
    : text;
}

function patterned(pattern: string, digits: string, info: NumberFormat): string {
  let text = '';
  for (const char of pattern) {
    if (char === 'n') text += digits;
    else if (char === '-') text += info.negativeSign;
    else if (char === '$') text += info.currencySymbol;
    else if (char === '%') text += info.percentSymbol;
    else text += char;
  }
  return text;
}

function currencyText(number: NumberBuffer, digits: number, info: NumberFormat): string {
  const separators = {
    decimal: info.currencyDecimalSeparator,
    group: info.currencyGroupSeparator,
    sizes: info.groupSizes,
  };
  const pattern = number.negative ? info.currencyNegativePattern : info.currencyPositivePattern;
  return patterned(pattern, fixed(number, digits, separators), info);
}

function percentText(number: NumberBuffer, digits: number, info: NumberFormat): string {
  const pattern = number.negative ? info.percentNegativePattern : info.percentPositivePattern;
  return patterned(pattern, fixed(number, digits, groupedBy(info)), info);
}

const groupedBy = (info: NumberFormat): Separators => ({
  decimal: info.decimalSeparator,
  group: info.groupSeparator,
  sizes: info.groupSizes,
});

/** A digit buffer in a standard format C E F G N P R; throws FormatException for other letters. */
export function formatStandard(
  number: NumberBuffer,
  format: StandardFormat,
  info: NumberFormat,
): string {
  const isRounded = number.kind === 'float';
  const sign = (): string => (number.negative ? info.negativeSign : '');
  const given = format.precision;
  const decimals = given >= 0 ? given : info.numberDecimalDigits;
  switch (format.letter.toUpperCase()) {
    case 'C': {
      const digits = given >= 0 ? given : info.currencyDecimalDigits;
      roundBuffer(number, number.scale + digits, isRounded);
      return currencyText(number, digits, info);
    }
    case 'F':
      roundBuffer(number, number.scale + decimals, isRounded);
      return sign() + fixed(number, decimals, { decimal: info.decimalSeparator });
    case 'N':
      roundBuffer(number, number.scale + decimals, isRounded);
      return sign() + fixed(number, decimals, groupedBy(info));
    case 'E': {
      const digits = (given >= 0 ? given : 6) + 1;
      roundBuffer(number, digits, isRounded);
      return sign() + scientific(number, digits, format.letter, info);
    }
    case 'P': {
      const digits = given >= 0 ? given : info.percentDecimalDigits;
      if (number.digits !== '') number.scale += 2;
      roundBuffer(number, number.scale + digits, isRounded);
      return percentText(number, digits, info);
    }
    case 'G':
      return generalText(number, format, info);
    case 'R':
      return generalText(number, { ...format, letter: format.letter === 'r' ? 'g' : 'G' }, info);
    default:
      throw invalidFormat();
  }
}

function generalText(number: NumberBuffer, format: StandardFormat, info: NumberFormat): string {
  const sign = (): string => (number.negative ? info.negativeSign : '');
  const letter = format.letter === 'g' ? 'e' : 'E';
  if (format.precision < 1 && number.kind === 'decimal' && format.precision === -1) {
    // Decimals keep their trailing zeros and never print an exponent; -0 prints as 0.
    const text = general(number, { digits: 0, letter, plain: true }, info);
    return /[1-9]/.test(number.digits) ? sign() + text : text;
  }
  const digits = format.precision < 1 ? number.digits.length : format.precision;
  roundBuffer(number, digits, number.kind === 'float');
  return sign() + general(number, { digits, letter, plain: false }, info);
}
