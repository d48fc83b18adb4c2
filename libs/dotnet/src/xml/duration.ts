import { formatException } from '../dotnet-error.js';
import {
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  TimeSpan,
} from '../dates/time-span.js';

/** A TimeSpan as xs:duration: `P1DT2H3M4.5S`; zero is `PT0S`. */
export function durationText(span: TimeSpan): string {
  const size = span.ticks < 0n ? -span.ticks : span.ticks;
  const days = size / TICKS_PER_DAY;
  const hours = (size % TICKS_PER_DAY) / TICKS_PER_HOUR;
  const minutes = (size % TICKS_PER_HOUR) / TICKS_PER_MINUTE;
  const seconds = (size % TICKS_PER_MINUTE) / TICKS_PER_SECOND;
  const fraction = String(size % TICKS_PER_SECOND)
    .padStart(7, '0')
    .replace(/0+$/, '');
  const date = days === 0n ? '' : `${days}D`;
  let time = (hours === 0n ? '' : `${hours}H`) + (minutes === 0n ? '' : `${minutes}M`);
  if (seconds !== 0n || fraction !== '') time += `${seconds}${fraction && `.${fraction}`}S`;
  if (date === '' && time === '') time = '0S';
  return `${span.ticks < 0n ? '-' : ''}P${date}${time && `T${time}`}`;
}

const form =
  /^(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/;

/** XmlConvert.ToTimeSpan: a year counts 365 days and a month 30. */
export function parseDuration(text: string): TimeSpan {
  const trimmed = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  const match = form.exec(trimmed);
  const parts = match?.slice(2) ?? [];
  const time = parts[3];
  if (!match || parts.every((part) => part === undefined) || time === 'T')
    throw formatException(`The string '${text}' is not a valid TimeSpan value.`);
  const whole = (part: string | undefined): bigint => BigInt(part ?? '0');
  const days = whole(parts[0]) * 365n + whole(parts[1]) * 30n + whole(parts[2]);
  const ticks =
    days * TICKS_PER_DAY +
    whole(parts[4]) * TICKS_PER_HOUR +
    whole(parts[5]) * TICKS_PER_MINUTE +
    whole(parts[6]) * TICKS_PER_SECOND +
    BigInt((parts[7] ?? '').padEnd(7, '0').slice(0, 7));
  return TimeSpan.fromTicks(match[1] ? -ticks : ticks);
}
