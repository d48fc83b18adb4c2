import { argumentException } from '../dotnet-error.js';
import { DateTimeOffset } from '../dates/date-time-offset.js';
import { DateTime } from '../dates/date-time.js';
import { TimeSpan } from '../dates/time-span.js';
import { Guid } from '../guid/guid.js';
import { Decimal } from '../numbers/decimal.js';
import { Uri } from '../uri/uri.js';
import type { JTokenType } from './j-token-type.js';
import type { JScalar } from './scalar.js';
import { valueText } from './value-text.js';

/**
 * Order of two scalars under a token type (JValue.Compare of Newtonsoft): negative, zero,
 * positive; null comes first.
 */
export function compareScalars(type: JTokenType, a: JScalar, b: JScalar): number {
  if (a === b) return 0;
  if (b === null) return 1;
  if (a === null) return -1;
  if (type === 'Integer' || type === 'Float') return compareNumbers(a, b);
  if (type === 'String' || type === 'Comment' || type === 'Raw') return ordinal(text(a), text(b));
  if (type === 'Boolean') return Number(a === true) - Number(b === true);
  return compareObjects(type, a, b);
}

function compareObjects(type: JTokenType, a: JScalar, b: JScalar): number {
  if (type === 'Date' && a instanceof DateTime) return a.compareTo(clock(b));
  if (a instanceof DateTimeOffset) return a.compareTo(instant(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (a instanceof Guid && b instanceof Guid) return a.compareTo(b);
  if (a instanceof TimeSpan && b instanceof TimeSpan) return a.compareTo(b);
  if (a instanceof Uri && b instanceof Uri) return ordinal(a.toString(), b.toString());
  throw argumentException(`Object must be of type ${type}.`);
}

function compareNumbers(a: JScalar, b: JScalar): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : Number(a > b);
  if (a instanceof Decimal || b instanceof Decimal) return decimal(a).compareTo(decimal(b));
  const [x, y] = [Number(a), Number(b)];
  return nearlyEqual(x, y) ? 0 : x < y ? -1 : 1;
}

// MathUtils.ApproxEquals of Newtonsoft: floats that differ in the last digit are equal.
function nearlyEqual(x: number, y: number): boolean {
  if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return true;
  const tolerance = (Math.abs(x) + Math.abs(y) + 10) * 2.220_446_049_250_313_1e-16;
  return Math.abs(x - y) < tolerance;
}

function decimal(value: JScalar): Decimal {
  if (value instanceof Decimal) return value;
  return typeof value === 'bigint' ? Decimal.fromInteger(value) : Decimal.fromDouble(Number(value));
}

function clock(value: JScalar): DateTime {
  if (value instanceof DateTimeOffset) return value.dateTime;
  if (value instanceof DateTime) return value;
  throw argumentException('Object must be of type DateTime.');
}

function instant(value: JScalar): DateTimeOffset {
  if (value instanceof DateTimeOffset) return value;
  return DateTimeOffset.fromDateTime(clock(value));
}

function text(value: JScalar): string {
  return typeof value === 'string' ? value : valueText({ value });
}

function ordinal(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
