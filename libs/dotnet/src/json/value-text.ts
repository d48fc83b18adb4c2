import { DateTimeOffset } from '../dates/date-time-offset.js';
import { DateTime } from '../dates/date-time.js';
import { dateTimeOffsetToText, dateTimeToText } from '../dates/format-date-time.js';
import { numberToText } from '../numbers/format-number.js';
import type { JScalar } from './scalar.js';

/** `Value.ToString()` of a scalar by the invariant culture; null is the empty string. */
export function valueText(holder: { value: JScalar; clrType?: string | undefined }): string {
  const { value } = holder;
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number')
    return numberToText(holder.clrType === 'float' ? 'float' : 'double', value);
  if (value instanceof Uint8Array) return 'System.Byte[]';
  if (value instanceof DateTime) return dateTimeToText(value);
  if (value instanceof DateTimeOffset) return dateTimeOffsetToText(value);
  return value.toString();
}
