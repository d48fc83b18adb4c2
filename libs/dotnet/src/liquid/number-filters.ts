import { cultureOf, invariantCulture } from '../culture/culture.js';
import { DotNetError } from '../dotnet-error.js';
import { parseDateTime } from '../dates/parse-date-time.js';
import { DateTimeOffset } from '../dates/date-time-offset.js';
import { DateTime } from '../dates/date-time.js';
import { formatDateTime, formatDateTimeOffset } from '../dates/format-date-time.js';
import { Decimal } from '../numbers/decimal.js';
import { formatNumber } from '../numbers/format-number.js';
import { NumberStyles } from '../numbers/number-styles.js';
import { tryParseNumber } from '../numbers/parse-number.js';
import { calculate } from './arithmetic.js';
import { asDecimal, asText, toInt } from './convert.js';
import type { LiquidContext } from './context.js';
import { filter, type Filter } from './filter.js';
import { Int, textOf, type LiquidValue } from './value.js';

const nullReference = (): DotNetError =>
  new DotNetError(
    'System.NullReferenceException',
    'Object reference not set to an instance of an object.',
  );

// decimal.TryParse(input.ToString())
function parsed(input: LiquidValue): Decimal | undefined {
  if (input === null) throw nullReference();
  return tryParseNumber('decimal', textOf(input), { styles: NumberStyles.Any }) as
    | Decimal
    | undefined;
}

function onDecimal(change: (value: Decimal) => LiquidValue, otherwise: LiquidValue): Filter {
  return filter([], (input) => {
    const value = parsed(input);
    return value ? change(value) : otherwise;
  });
}

function bounded(input: LiquidValue, bound: LiquidValue, sign: 1 | -1): LiquidValue {
  const [value, limit] = [parsed(input), parsed(bound)];
  if (!value || !limit) return input;
  return value.compareTo(limit) * sign >= 0 ? value : limit;
}

// Abs alone works with doubles.
function absolute(input: LiquidValue): LiquidValue {
  if (input === null) throw nullReference();
  const value = tryParseNumber('double', textOf(input)) as number | undefined;
  return value === undefined ? new Int(0) : Math.abs(value);
}

function round(input: LiquidValue, places: LiquidValue): LiquidValue {
  try {
    const digits = places === null ? 0 : toInt(places);
    if (digits < 0 || digits > 28) return null;
    return asDecimal(input).round(digits);
  } catch (error) {
    if (error instanceof DotNetError) return null;
    throw error;
  }
}

function times(input: LiquidValue, operand: LiquidValue): LiquidValue {
  // Text times a whole number repeats it.
  if (typeof input === 'string' && (operand instanceof Int || typeof operand === 'bigint'))
    return input.repeat(Math.max(toInt(operand), 0));
  return calculate('MultiplyChecked', input, operand);
}

function currency(input: LiquidValue, language: LiquidValue): LiquidValue {
  const amount = input === null ? undefined : parsed(input);
  if (!amount) return input === null ? null : textOf(input);
  const culture = language === null ? invariantCulture : cultureOf(textOf(language));
  return formatNumber('decimal', amount, 'C', culture ?? invariantCulture);
}

function date(input: LiquidValue, format: LiquidValue, context: LiquidContext): LiquidValue {
  if (input === null) return null;
  const pattern = asText(format);
  if (pattern === null || pattern.trim() === '') return textOf(input);
  if (input instanceof DateTimeOffset)
    return formatDateTimeOffset(input, pattern, invariantCulture);
  if (input instanceof DateTime) return formatDateTime(input, pattern, invariantCulture);
  const text = textOf(input);
  if (text === 'now' || text === 'today')
    return formatDateTime(context.now, pattern, invariantCulture);
  const found = tryDate(text, context.now);
  return found ? formatDateTime(found, pattern, invariantCulture) : text;
}

function tryDate(text: string, now: DateTime): DateTime | undefined {
  try {
    return parseDateTime(text, { culture: invariantCulture, now });
  } catch (error) {
    if (error instanceof DotNetError) return undefined;
    throw error;
  }
}

const first = (args: readonly (LiquidValue | undefined)[]): LiquidValue => args[0] ?? null;

/** Filters of numbers and dates. */
export const numberFilters: Readonly<Record<string, Filter>> = {
  Plus: filter(['operand'], (input, args) =>
    typeof input === 'string'
      ? input + textOf(first(args))
      : calculate('AddChecked', input, first(args)),
  ),
  Minus: filter(['operand'], (input, args) => calculate('SubtractChecked', input, first(args))),
  Times: filter(['operand'], (input, args) => times(input, first(args))),
  DividedBy: filter(['operand'], (input, args) => calculate('Divide', input, first(args))),
  Modulo: filter(['operand'], (input, args) => calculate('Modulo', input, first(args))),
  Abs: filter([], (input) => absolute(input)),
  Ceil: onDecimal((value) => value.ceiling(), null),
  Floor: onDecimal((value) => value.floor(), null),
  Round: filter(['places?'], (input, args) => round(input, first(args))),
  AtLeast: filter(['atLeast'], (input, args) => bounded(input, first(args), 1)),
  AtMost: filter(['atMost'], (input, args) => bounded(input, first(args), -1)),
  Currency: filter(['languageTag?'], (input, args) => currency(input, first(args))),
  Date: filter(['format'], (input, args, context) => date(input, first(args), context)),
};
