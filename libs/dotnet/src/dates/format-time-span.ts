import type { Culture } from '../culture/culture.js';
import { formatException } from '../dotnet-error.js';
import {
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  type TimeSpan,
} from './time-span.js';

const badFormat = (): Error => formatException('Input string was not in a correct format.');

/** `TimeSpan.ToString(format, culture)`: c g G and custom formats (which lose the sign). */
export function formatTimeSpan(value: TimeSpan, format: string | null, culture: Culture): string {
  if (!format || /^[ctT]$/.test(format)) return value.toString();
  const ticks = value.ticks < 0n ? -value.ticks : value.ticks;
  const parts = {
    days: Number(ticks / TICKS_PER_DAY),
    hours: Number((ticks / TICKS_PER_HOUR) % 24n),
    minutes: Number((ticks / TICKS_PER_MINUTE) % 60n),
    seconds: Number((ticks / TICKS_PER_SECOND) % 60n),
    fraction: (ticks % TICKS_PER_SECOND).toString().padStart(7, '0'),
  };
  if (format.length > 1) return custom(parts, format);
  if (format !== 'g' && format !== 'G') throw badFormat();
  const two = (part: number): string => part.toString().padStart(2, '0');
  const sign = value.ticks < 0n ? culture.numbers.negativeSign : '';
  const point = culture.numbers.decimalSeparator;
  const minutesAndSeconds = `${two(parts.minutes)}:${two(parts.seconds)}`;
  if (format === 'G') {
    return `${sign}${parts.days}:${two(parts.hours)}:${minutesAndSeconds}${point}${parts.fraction}`;
  }
  const fraction = parts.fraction.replace(/0+$/, '');
  return (
    sign +
    (parts.days > 0 ? `${parts.days}:` : '') +
    `${parts.hours}:${minutesAndSeconds}` +
    (fraction === '' ? '' : point + fraction)
  );
}

interface SpanParts {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly fraction: string;
}

const FIELDS: Readonly<
  Record<string, { part: 'days' | 'hours' | 'minutes' | 'seconds'; most: number }>
> = {
  d: { part: 'days', most: 8 },
  h: { part: 'hours', most: 2 },
  m: { part: 'minutes', most: 2 },
  s: { part: 'seconds', most: 2 },
};

function custom(parts: SpanParts, format: string): string {
  let text = '';
  let at = 0;
  while (at < format.length) {
    const char = format[at] ?? '';
    let length = 1;
    while (format[at + length] === char) length++;
    const field = FIELDS[char];
    if (field) {
      if (length > field.most) throw badFormat();
      text += parts[field.part].toString().padStart(length, '0');
      at += length;
    } else if (char === 'f' || char === 'F') {
      if (length > 7) throw badFormat();
      const digits = parts.fraction.slice(0, length);
      text += char === 'f' ? digits : digits.replace(/0+$/, '');
      at += length;
    } else if (char === "'" || char === '"') {
      const end = format.indexOf(char, at + 1);
      if (end < 0) throw badFormat();
      text += format.slice(at + 1, end);
      at = end + 1;
    } else if (char === '\\') {
      const next = format[at + 1];
      if (next === undefined) throw badFormat();
      text += next;
      at += 2;
    } else if (char === '%') {
      const next = format[at + 1];
      if (next === undefined || next === '%') throw badFormat();
      text += custom(parts, next);
      at += 2;
    } else throw badFormat();
  }
  return text;
}
