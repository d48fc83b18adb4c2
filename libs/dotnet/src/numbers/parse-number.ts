import { invariantCulture, type Culture } from '../culture/culture.js';
import {
  argumentException,
  DotNetError,
  formatException,
  overflowException,
} from '../dotnet-error.js';
import { trimText } from '../text/trim-split.js';
import { Decimal } from './decimal.js';
import { NumberStyles } from './number-styles.js';
import {
  integerRanges,
  integerValue,
  isIntegerType,
  overflowMessage,
  type IntegerType,
  type NumericType,
  type NumericValue,
} from './numeric-type.js';
import { scanNumber, withoutEndingZeros, type ScannedNumber } from './scan-number.js';

/** How to read number text; the defaults are those of the type's Parse method. */
export interface ParseNumberOptions {
  /** NumberStyles flags. */
  readonly styles?: number;
  readonly culture?: Culture;
}

const BLANKS = ' \t\n\v\f\r';

const wrongForm = (text: string): DotNetError =>
  formatException(`The input string '${text}' was not in a correct format.`);

/** `int.Parse`, `double.Parse`, …: throws FormatException or OverflowException. */
export function parseNumber(
  type: NumericType,
  text: string,
  options: ParseNumberOptions = {},
): NumericValue {
  const { culture = invariantCulture, styles = defaultStyles(type) } = options;
  checkStyles(type, styles);
  if (type === 'double' || type === 'float') return parseFloating(text, styles, culture, type);
  if (type === 'decimal') return parseDecimal(text, styles, culture);
  if (isIntegerType(type)) return parseInteger(type, text, styles, culture);
  throw new RangeError(`not a numeric type: ${String(type)}`);
}

/** The TryParse methods: undefined instead of FormatException and OverflowException. */
export function tryParseNumber(
  type: NumericType,
  text: string | null,
  options: ParseNumberOptions = {},
): NumericValue | undefined {
  if (text === null) return undefined;
  try {
    return parseNumber(type, text, options);
  } catch (error) {
    const expected = ['System.FormatException', 'System.OverflowException'];
    if (error instanceof DotNetError && expected.includes(error.typeName)) return undefined;
    throw error;
  }
}

function defaultStyles(type: NumericType): number {
  if (type === 'double' || type === 'float')
    return NumberStyles.Float | NumberStyles.AllowThousands;
  return type === 'decimal' ? NumberStyles.Number : NumberStyles.Integer;
}

function checkStyles(type: NumericType, styles: number): void {
  const hexFlags = NumberStyles.AllowHexSpecifier | NumberStyles.AllowBinarySpecifier;
  if ((styles & hexFlags) === 0) return;
  if (!isIntegerType(type)) {
    throw argumentException(
      'The number style AllowHexSpecifier is not supported on floating point data types.',
      'style',
    );
  }
  if ((styles & ~(NumberStyles.HexNumber | NumberStyles.BinaryNumber)) !== 0) {
    throw argumentException(
      'With the AllowHexSpecifier or AllowBinarySpecifier bit set in the enum bit field, the only other valid bits that can be combined into the enum value must be a subset of those in HexNumber or BinaryNumber.',
      'style',
    );
  }
}

function parseInteger(
  type: IntegerType,
  text: string,
  styles: number,
  culture: Culture,
): number | bigint {
  const radix = (styles & NumberStyles.AllowHexSpecifier) !== 0 ? 16 : 2;
  if ((styles & (NumberStyles.AllowHexSpecifier | NumberStyles.AllowBinarySpecifier)) !== 0) {
    return parseRadix(type, text, styles, radix);
  }
  const scanned = scanNumber(text, styles, culture.numbers);
  if (!scanned) throw wrongForm(text);
  const digits = withoutEndingZeros(scanned.digits);
  const overflow = (): DotNetError => overflowException(overflowMessage(type));
  if (digits === '') return integerValue(type, 0n);
  if (scanned.scale > 20 || scanned.scale < digits.length) throw overflow();
  const magnitude = BigInt(digits.padEnd(scanned.scale, '0'));
  const value = scanned.negative ? -magnitude : magnitude;
  const { min, max } = integerRanges[type];
  if (value < min || value > max) throw overflow();
  return integerValue(type, value);
}

function parseRadix(
  type: IntegerType,
  text: string,
  styles: number,
  radix: 2 | 16,
): number | bigint {
  let body = trimText(text, '\0', 'end');
  if ((styles & NumberStyles.AllowLeadingWhite) !== 0) body = trimText(body, BLANKS, 'start');
  if ((styles & NumberStyles.AllowTrailingWhite) !== 0) body = trimText(body, BLANKS, 'end');
  if (!(radix === 16 ? /^[0-9a-fA-F]+$/ : /^[01]+$/).test(body)) throw wrongForm(text);
  const value = BigInt((radix === 16 ? '0x' : '0b') + body);
  const { bits, min } = integerRanges[type];
  if (value >= 1n << BigInt(bits)) throw overflowException(overflowMessage(type));
  return integerValue(type, min < 0n ? BigInt.asIntN(bits, value) : value);
}

function parseDecimal(text: string, styles: number, culture: Culture): Decimal {
  const scanned = scanNumber(text, styles, culture.numbers);
  if (!scanned) throw wrongForm(text);
  const { digits, scale, negative } = scanned;
  const overflow = (): DotNetError =>
    overflowException('Value was either too large or too small for a Decimal.');
  if (digits === '') return new Decimal(0n, Math.min(28, Math.max(0, -scale)));
  if (scale > 29) throw overflow();
  if (scale < -28) return new Decimal(0n, 28);
  // Digits beyond the first 60 only tell whether there is a rest.
  const rest = /[1-9]/.test(digits.slice(60)) ? '1' : '';
  const kept = digits.slice(0, 60) + rest;
  const mantissa = BigInt(kept);
  return Decimal.from(negative ? -mantissa : mantissa, kept.length - scale);
}

function parseFloating(
  text: string,
  styles: number,
  culture: Culture,
  type: 'double' | 'float',
): number {
  const scanned = scanNumber(text, styles, culture.numbers);
  const value = scanned ? floatingValue(scanned) : specialValue(text, culture);
  if (value === undefined) throw wrongForm(text);
  return type === 'float' ? Math.fround(value) : value;
}

function floatingValue(scanned: ScannedNumber): number {
  const magnitude = scanned.digits === '' ? 0 : Number(`0.${scanned.digits}e${scanned.scale}`);
  return scanned.negative ? -magnitude : magnitude;
}

function specialValue(text: string, culture: Culture): number | undefined {
  const { numbers } = culture;
  const word = text.trim().toLowerCase();
  const nan = numbers.nan.toLowerCase();
  const infinity = numbers.positiveInfinity.toLowerCase();
  if (word === infinity || word === numbers.positiveSign + infinity) return Infinity;
  if (word === numbers.negativeInfinity.toLowerCase() || word === `-${infinity}`) return -Infinity;
  const isNan = [nan, numbers.positiveSign + nan, numbers.negativeSign + nan, `-${nan}`];
  return isNan.includes(word) ? NaN : undefined;
}
