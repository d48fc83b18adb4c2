import type { Culture } from '../culture/culture.js';
import { DotNetError, formatException } from '../dotnet-error.js';
import { daysInMonth } from './calendar.js';
import { DateTime, MAX_DATE_TICKS, ticksOf } from './date-time.js';
import { DateTimeOffset } from './date-time-offset.js';
import { DateTimeStyles } from './date-styles.js';
import { TICKS_PER_DAY, TICKS_PER_MINUTE, TimeSpan } from './time-span.js';

/** How date text is read. */
export interface ParseDateOptions {
  readonly culture: Culture;
  /** DateTimeStyles flags, default none. */
  readonly styles?: number;
  /** Fills in a missing date; the clock of the caller. */
  readonly now: DateTime;
}

/** What a parser found in date text; fields that did not occur are undefined. */
export interface ScannedDate {
  year?: number;
  month?: number;
  day?: number;
  hour?: number;
  minute?: number;
  second?: number;
  /** Ticks below a second. */
  fraction?: bigint;
  dayOfWeek?: number;
  /** Offset of the text in minutes; `utcMark` when it was Z. */
  offsetMinutes?: number;
  utcMark?: boolean;
}

export const notADate = (text: string): DotNetError =>
  formatException(`String '${text}' was not recognized as a valid DateTime.`);

export const unknownWord = (text: string, index: number): DotNetError =>
  formatException(
    `The string '${text}' was not recognized as a valid DateTime. There is an unknown word starting at index '${index}'.`,
  );

const notInCalendar = (text: string): DotNetError =>
  formatException(
    `The DateTime represented by the string '${text}' is not supported in calendar 'System.Globalization.GregorianCalendar'.`,
  );

const outOfRange = (text: string): DotNetError =>
  formatException(`The DateTime represented by the string '${text}' is out of range.`);

/** Two-digit years up to 49 are of this century. */
export const fullYear = (year: number): number =>
  year >= 100 ? year : year <= 49 ? 2000 + year : 1900 + year;

/** True when the parts name a day of the calendar. */
export const isDate = (year: number, month: number, day: number): boolean =>
  year >= 1 &&
  year <= 9999 &&
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  day <= daysInMonth(year, month);

/** Clock ticks of the parts; missing date parts come from `now` or the first day. */
function clockTicks(text: string, parts: ScannedDate, options: ParseDateOptions): bigint {
  const { hour = 0, minute = 0, second = 0, fraction = 0n } = parts;
  const noDefault = ((options.styles ?? 0) & DateTimeStyles.NoCurrentDateDefault) !== 0;
  const today = noDefault ? DateTime.minValue : options.now;
  const hasDate = parts.year !== undefined || parts.month !== undefined || parts.day !== undefined;
  const year = parts.year ?? today.year;
  const month = parts.month ?? (hasDate ? 1 : today.month);
  const day = parts.day ?? (hasDate ? 1 : today.day);
  if (!isDate(year, month, day) || hour > 23 || minute > 59 || second > 59) {
    throw notInCalendar(text);
  }
  return ticksOf({ year, month, day, hour, minute, second }) + fraction;
}

function checked(text: string, parts: ScannedDate, options: ParseDateOptions): bigint {
  const ticks = clockTicks(text, parts, options);
  if (ticks > MAX_DATE_TICKS) throw outOfRange(text);
  const weekday = (Number(ticks / TICKS_PER_DAY) + 1) % 7;
  if (parts.dayOfWeek !== undefined && parts.dayOfWeek !== weekday) {
    throw formatException(
      `String '${text}' was not recognized as a valid DateTime because the day of week was incorrect.`,
    );
  }
  if (Math.abs(parts.offsetMinutes ?? 0) > 840) {
    throw formatException(
      `The time zone offset of string '${text}' must be within plus or minus 14 hours.`,
    );
  }
  return ticks;
}

/** The DateTime of the parts: kind and conversion follow the styles (local time is UTC). */
export function toDateTime(text: string, parts: ScannedDate, options: ParseDateOptions): DateTime {
  const styles = options.styles ?? 0;
  const ticks = checked(text, parts, options);
  const adjust = (styles & DateTimeStyles.AdjustToUniversal) !== 0;
  if (parts.offsetMinutes === undefined) {
    if ((styles & DateTimeStyles.AssumeUniversal) !== 0) {
      return new DateTime(ticks, adjust ? 'Utc' : 'Local');
    }
    if ((styles & DateTimeStyles.AssumeLocal) !== 0) {
      return new DateTime(ticks, adjust ? 'Utc' : 'Local');
    }
    return new DateTime(ticks);
  }
  const utc = ticks - BigInt(parts.offsetMinutes) * TICKS_PER_MINUTE;
  if (utc < 0n || utc > MAX_DATE_TICKS) throw outOfRange(text);
  const keepsUtc = (styles & DateTimeStyles.RoundtripKind) !== 0 && parts.utcMark === true;
  return new DateTime(utc, adjust || keepsUtc ? 'Utc' : 'Local');
}

/** The DateTimeOffset of the parts; without an offset in the text it is zero. */
export function toDateTimeOffset(
  text: string,
  parts: ScannedDate,
  options: ParseDateOptions,
): DateTimeOffset {
  const clock = new DateTime(checked(text, parts, options));
  const offset = new TimeSpan(BigInt(parts.offsetMinutes ?? 0) * TICKS_PER_MINUTE);
  const utc = clock.ticks - offset.ticks;
  if (utc < 0n || utc > MAX_DATE_TICKS) {
    throw formatException(
      `The UTC representation of the date '${text}' falls outside the year range 1-9999.`,
    );
  }
  const value = DateTimeOffset.of(clock, offset);
  const adjust = ((options.styles ?? 0) & DateTimeStyles.AdjustToUniversal) !== 0;
  return adjust ? value.toUniversalTime() : value;
}
