import { DotNetError, invalidCast } from '../dotnet-error.js';
import { invariantCulture } from '../culture/culture.js';
import { DateTime } from '../dates/date-time.js';
import { parseDateTime } from '../dates/parse-date-time.js';
import { toBoolean, toDecimal, toDouble, toInteger } from '../json/change-type.js';
import { Decimal } from '../numbers/decimal.js';
import { Char, Int, isNumber, textOf, typeName, type LiquidValue } from './value.js';

type Plain = null | boolean | string | number | bigint | Decimal;

/** A value as the plain scalar Convert works on; what is none cannot be converted. */
function plain(value: LiquidValue, target: string): Plain {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Int) return BigInt(value.value);
  if (value instanceof Char) return value.text;
  if (value instanceof Decimal) return value;
  if (value instanceof DateTime) throw invalidCast(`Invalid cast from 'DateTime' to '${target}'.`);
  throw notConvertible();
}

function notConvertible(): DotNetError {
  return new DotNetError('System.InvalidCastException', 'Object must implement IConvertible.');
}

/** Convert.ToInt32. */
export function toInt(value: LiquidValue): number {
  return Number(toInteger(plain(value, 'Int32'), 'int'));
}

/** Convert.ToDecimal. */
export function asDecimal(value: LiquidValue): Decimal {
  return toDecimal(plain(value, 'Decimal'));
}

/** Convert.ToDouble. */
export function asDouble(value: LiquidValue): number {
  return toDouble(plain(value, 'Double'));
}

/** Convert.ChangeType(value, the type of `like`). */
export function changeTypeLike(value: LiquidValue, like: LiquidValue): LiquidValue {
  const target = typeName(like);
  if (typeName(value) === target) return value;
  if (value === null) return null;
  if (isNumber(like) && typeof value !== 'string' && !isNumber(value) && typeof value !== 'boolean')
    throw isObject(value)
      ? notConvertible()
      : invalidCast(`Invalid cast from '${typeName(value)}' to '${target}'.`);
  if (typeof like === 'string') {
    if (isObject(value)) throw notConvertible();
    return textOf(value);
  }
  if (like instanceof Int) return new Int(toInt(value));
  if (typeof like === 'bigint') return toInteger(plain(value, 'Int64'), 'long');
  if (typeof like === 'number') return asDouble(value);
  if (like instanceof Decimal) return asDecimal(value);
  if (typeof like === 'boolean') return toBoolean(plain(value, 'Boolean'));
  if (like instanceof DateTime && typeof value === 'string')
    return parseDateTime(value, { culture: invariantCulture, now: DateTime.unixEpoch });
  if (isObject(value)) throw notConvertible();
  throw invalidCast(`Invalid cast from '${typeName(value)}' to '${target}'.`);
}

// What has no IConvertible.
function isObject(value: LiquidValue): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isNumber(value) &&
    !(value instanceof Char) &&
    !(value instanceof DateTime)
  );
}

/** A filter's argument as string: null stays null. */
export function asText(value: LiquidValue): string | null {
  if (value === null || typeof value === 'string') return value;
  if (isObject(value))
    throw new DotNetError(
      'System.ArgumentException',
      `Object of type '${typeName(value)}' cannot be converted to type 'System.String'.`,
    );
  return textOf(value);
}
