import { DotNetError, formatException, invalidCast, overflowException } from '../dotnet-error.js';
import { invariantCulture } from '../culture/culture.js';
import { DateTimeOffset } from '../dates/date-time-offset.js';
import { DateTime } from '../dates/date-time.js';
import { parseDateTime } from '../dates/parse-date-time.js';
import { Decimal } from '../numbers/decimal.js';
import { integerRanges, overflowMessage, type IntegerType } from '../numbers/numeric-type.js';
import { parseNumber } from '../numbers/parse-number.js';
import type { JScalar } from './scalar.js';

/** Convert.ToBoolean by the invariant culture. */
export function toBoolean(value: JScalar): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return value !== 0;
  if (value instanceof Decimal) return value.mantissa !== 0n;
  if (value === null) return false;
  if (typeof value !== 'string') throw cannotCast(value, 'Boolean');
  const word = value.trim().toLowerCase();
  if (word === 'true') return true;
  if (word === 'false') return false;
  throw formatException(`String '${value}' was not recognized as a valid Boolean.`);
}

/** Convert.ToInt32 and its kin: floats round half to even, text is parsed, range is checked. */
export function toInteger(value: JScalar, type: IntegerType): bigint {
  if (typeof value === 'string') return BigInt(parseNumber(type, value) as number | bigint);
  const whole = wholeOf(value, type);
  const { min, max } = integerRanges[type];
  if (whole < min || whole > max) throw overflowException(overflowMessage(type));
  return whole;
}

function wholeOf(value: JScalar, type: IntegerType): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value === null) return 0n;
  if (value instanceof Decimal) return value.round(0).toBigInt();
  if (typeof value !== 'number') throw cannotCast(value, integerRanges[type].name);
  if (!Number.isFinite(value)) throw overflowException(overflowMessage(type));
  return BigInt(halfToEven(value));
}

function halfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Convert.ToDouble. */
export function toDouble(value: JScalar): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null) return 0;
  if (value instanceof Decimal) return value.toDouble();
  if (typeof value === 'string') return parseNumber('double', value) as number;
  throw cannotCast(value, 'Double');
}

/** Convert.ToDecimal. */
export function toDecimal(value: JScalar, single = false): Decimal {
  if (value instanceof Decimal) return value;
  if (typeof value === 'number') return Decimal.fromDouble(value, single);
  if (typeof value === 'bigint') return Decimal.fromInteger(value);
  if (typeof value === 'boolean') return value ? Decimal.one : Decimal.zero;
  if (value === null) return Decimal.zero;
  if (typeof value === 'string') return parseNumber('decimal', value) as Decimal;
  throw cannotCast(value, 'Decimal');
}

/** Convert.ToDateTime; `now` fills in the date of a bare time. */
export function toDateTime(value: JScalar, now: DateTime = DateTime.unixEpoch): DateTime {
  if (value instanceof DateTime) return value;
  if (value instanceof DateTimeOffset) return value.dateTime;
  if (value === null) return DateTime.minValue;
  if (typeof value === 'string') return parseDateTime(value, { culture: invariantCulture, now });
  throw cannotCast(value, 'DateTime');
}

/** Convert.ToChar as a UTF-16 code unit. */
export function toChar(value: JScalar): number {
  if (typeof value === 'string') {
    if (value.length === 1) return value.charCodeAt(0);
    throw formatException('String must be exactly one character long.');
  }
  if (typeof value !== 'bigint') throw cannotCast(value, 'Char');
  if (value >= 0n && value <= 0xffffn) return Number(value);
  throw overflowException('Value was either too large or too small for a character.');
}

function cannotCast(value: JScalar, target: string): DotNetError {
  return invalidCast(`Invalid cast from '${netName(value)}' to '${target}'.`);
}

/** The .NET name of a scalar's type, as messages show it. */
function netName(value: JScalar): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'String';
  if (typeof value === 'boolean') return 'Boolean';
  if (typeof value === 'bigint') return 'Int64';
  if (typeof value === 'number') return 'Double';
  return value instanceof Uint8Array ? 'Byte[]' : value.constructor.name;
}
