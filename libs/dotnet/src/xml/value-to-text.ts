import { argumentException, argumentNull } from '../dotnet-error.js';
import { isBoxedValue } from '../boxed-value.js';
import { DateTimeOffset } from '../dates/date-time-offset.js';
import { DateTime } from '../dates/date-time.js';
import { TimeSpan } from '../dates/time-span.js';
import { numberToText } from '../numbers/format-number.js';
import { jsonDate } from '../json/date-text.js';
import { durationText } from './duration.js';
import { XObject } from './x-object.js';

/**
 * The text of a plain or boxed (`{ typeName, value }`) value as element content and attributes have
 * it: XML forms of numbers, booleans, dates and durations.
 */
export function valueToText(value: unknown): string {
  if (value === null || value === undefined) throw argumentNull('value');
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return typeof value === 'number' ? floatText('double', value) : objectText(value);
}

function objectText(value: {}): string {
  // XmlConvert's round-trip form is the one JSON has.
  if (value instanceof DateTime) return jsonDate(value);
  if (value instanceof DateTimeOffset) return offsetText(value);
  if (value instanceof TimeSpan) return durationText(value);
  if (value instanceof XObject) throw argumentException('An XObject cannot be used as a value.');
  if (isBoxedValue(value)) return boxedText(value.typeName, value.value);
  if (value instanceof Uint8Array) return 'System.Byte[]';
  // Everything else has a text of its own.
  return (value as { toString(): string }).toString();
}

// XmlConvert writes a zero offset as Z.
function offsetText(value: DateTimeOffset): string {
  return jsonDate(value).replace(/\+00:00$/, 'Z');
}

function boxedText(type: string, value: unknown): string {
  if (type === 'char') return String.fromCharCode(value as number);
  if ((type === 'float' || type === 'double') && typeof value === 'number')
    return floatText(type, value);
  return typeof value === 'number' ? String(value) : valueToText(value);
}

function floatText(type: 'float' | 'double', value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'INF';
  return value === Number.NEGATIVE_INFINITY ? '-INF' : numberToText(type, value);
}
