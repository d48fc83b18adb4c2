import {
  cultureOf,
  Decimal,
  DotNetError,
  formatNumber,
  NumberStyles,
  tryParseNumber,
  type Culture,
} from '@isthmus/dotnet';
import { floatOf, integerOf, type WorkflowNumber, type WorkflowValue } from '../value.js';
import { isNumber, numberAt, optionalStringAt, stringAt } from './arguments.js';
import { notConvertible } from './conversion.js';
import { isInteger, toDecimal, toDouble } from './equality.js';
import { eager, failure, type WorkflowFunction } from './function.js';

/** The culture that an argument names; en-US without one, invariant for the empty name. */
export function cultureAt(name: string, args: readonly WorkflowValue[], index: number): Culture {
  const locale = optionalStringAt(name, args, index) ?? 'en-US';
  const culture = cultureOf(locale);
  if (culture !== undefined) return culture;
  throw failure(name, `was invoked with a locale that is not valid: '${locale}'.`);
}

function doubleOf(text: string, culture: Culture): number | undefined {
  const value = tryParseNumber('double', text, { styles: NumberStyles.Number, culture });
  return typeof value === 'number' ? value : undefined;
}

/** Text is read as a float first, as the service does it: '1.0' and '1,000' are integers, beyond 2^53 digits are lost. */
function int(args: readonly WorkflowValue[]): WorkflowValue {
  const [value = null] = args;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isInteger(value)) return value;
  const number = isNumber(value)
    ? toDouble(value)
    : typeof value === 'string'
      ? doubleOf(value, cultureAt('int', [null], 1))
      : undefined;
  if (number === undefined || !Number.isInteger(number)) throw notConvertible('int');
  const integer = integerOf(BigInt(number));
  if (integer === undefined) throw notConvertible('int');
  return integer;
}

function float(args: readonly WorkflowValue[]): WorkflowValue {
  const [value = null] = args;
  const culture = cultureAt('float', args, 1);
  if (isNumber(value)) return floatOf(toDouble(value));
  const number = typeof value === 'string' ? doubleOf(value, culture) : undefined;
  if (number === undefined) throw notConvertible('float');
  return floatOf(number);
}

function decimal([value = null]: readonly WorkflowValue[]): WorkflowNumber {
  if (isNumber(value)) return toDecimal(value);
  if (typeof value !== 'string') throw notConvertible('decimal');
  const culture = cultureAt('decimal', [null], 1);
  const number = tryParseNumber('decimal', value, { styles: NumberStyles.Number, culture });
  if (!(number instanceof Decimal)) throw notConvertible('decimal');
  return number;
}

function isInt(args: readonly WorkflowValue[]): boolean {
  const text = stringAt('isInt', args, 0);
  const culture = cultureAt('isInt', args, 1);
  return tryParseNumber('long', text, { styles: NumberStyles.Integer, culture }) !== undefined;
}

function formattedNumber(args: readonly WorkflowValue[]): string {
  const value = numberAt('formatNumber', args, 0);
  const format = stringAt('formatNumber', args, 1);
  const culture = cultureAt('formatNumber', args, 2);
  try {
    if (value instanceof Decimal) return formatNumber('decimal', value, format, culture);
    if (isInteger(value)) return formatNumber('long', BigInt(value), format, culture);
    return formatNumber('double', toDouble(value), format, culture);
  } catch (error) {
    if (!(error instanceof DotNetError)) throw error;
    throw failure('formatNumber', `was invoked with a format that is not valid: '${format}'.`);
  }
}

/** Numbers to and from text, by .NET's formats and cultures. */
export const numberTextFunctions: readonly WorkflowFunction[] = [
  eager('int', [1, 1], int),
  eager('float', [1, 2], float),
  eager('decimal', [1, 1], decimal),
  eager('isInt', [1, 2], isInt),
  eager(
    'isFloat',
    [1, 2],
    (args) => doubleOf(stringAt('isFloat', args, 0), cultureAt('isFloat', args, 1)) !== undefined,
  ),
  eager('formatNumber', [2, 3], formattedNumber),
];
