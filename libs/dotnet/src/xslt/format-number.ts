import { DotNetError } from '../dotnet-error.js';
import type { DecimalFormat } from './runtime.js';

function formatError(message: string): DotNetError {
  return new DotNetError('System.Xml.Xsl.XsltException', message);
}

interface Picture {
  readonly prefix: string;
  readonly suffix: string;
  readonly minInteger: number;
  readonly minFraction: number;
  readonly maxFraction: number;
  readonly grouping: number;
  readonly scale: number;
}

/** `format-number(value, picture, format)`. */
export function formatXsltNumber(value: number, picture: string, format: DecimalFormat): string {
  if (picture === '') throw formatError('Format cannot be empty.');
  const [positive, negative] = picture.split(format.patternSeparator) as [string, string?];
  const isNegative = value < 0 || Object.is(value, -0);
  if (Number.isNaN(value)) return format.nan;
  const chosen = readPicture(isNegative && value !== 0 && negative ? negative : positive, format);
  const sign = isNegative && value !== 0 && !negative ? format.minusSign : '';
  if (!Number.isFinite(value)) return sign + chosen.prefix + format.infinity + chosen.suffix;
  const digits = digitsOf(Math.abs(value), chosen);
  return sign + chosen.prefix + placeDigits(digits, chosen, format) + chosen.suffix;
}

function readPicture(text: string, format: DecimalFormat): Picture {
  const { digit, zeroDigit, decimalSeparator, groupingSeparator, percent, perMille } = format;
  const active = new Set([digit, zeroDigit, decimalSeparator, groupingSeparator]);
  let start = 0;
  while (start < text.length && !active.has(text.charAt(start))) start++;
  let end = start;
  while (end < text.length && active.has(text.charAt(end))) end++;
  const body = text.slice(start, end);
  if (!body.split('').some((char) => char === digit || char === zeroDigit))
    throw formatError('Format string should have at least one digit or zero digit.');
  const [integer, fraction = ''] = body.split(decimalSeparator) as [string, string?];
  const plain = integer.replaceAll(groupingSeparator, '');
  if (
    /01/.test(
      plain
        .split('')
        .map((char) => (char === zeroDigit ? '0' : '1'))
        .join(''),
    )
  )
    throw formatError(
      `Format '${text}' cannot have digit symbol after zero digit symbol before a decimal point.`,
    );
  const fractionDigits = fraction.replaceAll(groupingSeparator, '');
  const lastGroup = integer.lastIndexOf(groupingSeparator);
  const outside = text.slice(0, start) + text.slice(end);
  return {
    prefix: text.slice(0, start),
    suffix: text.slice(end),
    minInteger: plain.split('').filter((char) => char === zeroDigit).length,
    minFraction: fractionDigits.lastIndexOf(zeroDigit) + 1,
    maxFraction: fractionDigits.length,
    grouping: lastGroup < 0 ? 0 : integer.length - lastGroup - 1,
    scale: outside.includes(percent) ? 2 : outside.includes(perMille) ? 3 : 0,
  };
}

// Rounds the decimal digits half away from zero.
function digitsOf(value: number, picture: Picture): { integer: string; fraction: string } {
  // .NET takes 15 digits of a double here.
  const [mantissa, exponent] = value.toExponential(14).split('e') as [string, string];
  const raw = value === 0 ? '0' : mantissa.replace('.', '').replace(/0+$/, '');
  const point = (value === 0 ? 1 : Number(exponent) + 1) + picture.scale;
  const padded = point <= 0 ? '0'.repeat(1 - point) + raw : raw.padEnd(point, '0');
  const at = Math.max(point, 1);
  const kept = at + picture.maxFraction;
  let digits = BigInt(padded.slice(0, kept).padEnd(kept, '0'));
  if ((padded[kept] ?? '0') >= '5') digits += 1n;
  const text = digits.toString().padStart(picture.maxFraction + 1, '0');
  const split = text.length - picture.maxFraction;
  return { integer: text.slice(0, split), fraction: text.slice(split) };
}

function placeDigits(
  { integer, fraction }: { integer: string; fraction: string },
  picture: Picture,
  format: DecimalFormat,
): string {
  let whole = integer.replace(/^0+/, '').padStart(picture.minInteger, '0');
  let part = fraction;
  while (part.length > picture.minFraction && part.endsWith('0')) part = part.slice(0, -1);
  if (picture.grouping > 0) whole = grouped(whole, picture.grouping, format.groupingSeparator);
  const text = part === '' ? whole : `${whole}${format.decimalSeparator}${part}`;
  return format.zeroDigit === '0' ? text : shifted(text, format.zeroDigit);
}

function grouped(digits: string, size: number, separator: string): string {
  let result = '';
  for (let end = digits.length; end > 0; end -= size)
    result = digits.slice(Math.max(end - size, 0), end) + (result === '' ? '' : separator + result);
  return result;
}

// Digits of another script, counted from its zero.
function shifted(text: string, zero: string): string {
  const base = zero.codePointAt(0)!;
  return text.replace(/\d/g, (char) => String.fromCodePoint(base + Number(char)));
}
