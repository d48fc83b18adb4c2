import { compareScalars } from './compare.js';
import { toBoolean, toDateTime, toDouble, toInteger } from './change-type.js';
import type { JValue } from './j-value.js';
import type { JScalar } from './scalar.js';
import { valueText } from './value-text.js';
import { jsonDate } from './date-text.js';
import { DateTime } from '../dates/date-time.js';
import { DateTimeOffset } from '../dates/date-time-offset.js';

const numeric = (token: JValue): boolean => token.type === 'Integer' || token.type === 'Float';

/** `==` of a JSONPath filter: numbers by value, text against dates and the like by their text. */
export function equalQuery(a: JValue, b: JValue): boolean {
  if (numeric(a) && numeric(b)) return compareScalars('Float', a.value, b.value) === 0;
  if (a.equals(b)) return true;
  if (b.type !== 'String') return false;
  const text = textOf(a);
  return text !== undefined && text === b.value;
}

// How a value that text can stand for is written.
function textOf(token: JValue): string | undefined {
  const { value } = token;
  if (value instanceof DateTime || value instanceof DateTimeOffset) return jsonDate(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return token.type === 'Guid' || token.type === 'TimeSpan' || token.type === 'Uri'
    ? valueText(token)
    : undefined;
}

/** `===`: the same type and value; a whole float is no integer. */
export function strictEqualQuery(a: JValue, b: JValue): boolean {
  if (numeric(a) && numeric(b)) return compareScalars('Float', a.value, b.value) === 0;
  return a.type === b.type && a.equals(b);
}

/** Order of a value against another (JValue.CompareTo): text is read as the other side's type. */
export function compareQuery(a: JValue, b: JValue): number {
  const type = a.type === 'String' && b.type !== 'String' ? b.type : a.type;
  if (a.value === null || b.value === null)
    return Number(a.value !== null) - Number(b.value !== null);
  if (type === 'Integer') return compareWhole(a.value, b.value);
  if (type === 'Float') return compareScalars('Float', toDouble(a.value), toDouble(b.value));
  if (type === 'Boolean') return Number(toBoolean(a.value)) - Number(toBoolean(b.value));
  if (type === 'Date') return compareScalars('Date', toDateTime(a.value), toDateTime(b.value));
  if (type === 'String') return compareScalars('String', valueText(a), valueText(b));
  return compareScalars(type, a.value, b.value);
}

function compareWhole(a: JScalar, b: JScalar): number {
  if (typeof a === 'number' || typeof b === 'number')
    return compareScalars('Float', toDouble(a), toDouble(b));
  return compareScalars('Integer', toInteger(a, 'long'), toInteger(b, 'long'));
}
