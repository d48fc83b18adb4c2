import { invariantCulture, type Culture } from '../culture/culture.js';
import type { DateFormat } from '../culture/date-format.js';
import { formatException } from '../dotnet-error.js';
import { DateTime } from './date-time.js';
import type { DateTimeOffset } from './date-time-offset.js';
import { TICKS_PER_MINUTE, TICKS_PER_SECOND, type TimeSpan } from './time-span.js';

const ROUNDTRIP_PATTERN = "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK";
const RFC1123_PATTERN = "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'";
const SORTABLE_PATTERN = "yyyy'-'MM'-'dd'T'HH':'mm':'ss";
const UNIVERSAL_PATTERN = "yyyy'-'MM'-'dd HH':'mm':'ss'Z'";

/** Longest custom date format that is looked at. */
export const MOST_FORMAT = 10_000;

const badFormat = (): Error => formatException('Input string was not in a correct format.');

/** The custom pattern behind a standard date format letter; throws FormatException for an unknown one. */
export function standardDatePattern(letter: string, dates: DateFormat): string {
  const { longDatePattern, longTimePattern, shortDatePattern, shortTimePattern } = dates;
  switch (letter) {
    case 'd':
      return shortDatePattern;
    case 'D':
      return longDatePattern;
    case 'f':
      return `${longDatePattern} ${shortTimePattern}`;
    case 'F':
    case 'U':
      return `${longDatePattern} ${longTimePattern}`;
    case 'g':
      return `${shortDatePattern} ${shortTimePattern}`;
    case 'G':
      return `${shortDatePattern} ${longTimePattern}`;
    case 'm':
    case 'M':
      return dates.monthDayPattern;
    case 'o':
    case 'O':
      return ROUNDTRIP_PATTERN;
    case 'r':
    case 'R':
      return RFC1123_PATTERN;
    case 's':
      return SORTABLE_PATTERN;
    case 't':
      return shortTimePattern;
    case 'T':
      return longTimePattern;
    case 'u':
      return UNIVERSAL_PATTERN;
    case 'y':
    case 'Y':
      return dates.yearMonthPattern;
    default:
      throw badFormat();
  }
}

/** True for the letters whose output never depends on the culture. */
export const isInvariantPattern = (letter: string): boolean => 'oOrRsu'.includes(letter);

/** `DateTime.ToString(format, culture)`; null or empty is "G". Throws FormatException. */
export function formatDateTime(value: DateTime, format: string | null, culture: Culture): string {
  const pattern = format || 'G';
  if ((pattern === 'o' || pattern === 'O') && value.kind !== 'Local') return roundTrip(value);
  if (pattern.length > 1) return new Writer(value, undefined, culture.dates).write(pattern);
  const dates = isInvariantPattern(pattern) ? invariantCulture.dates : culture.dates;
  const moment = pattern === 'U' ? value.toUniversalTime() : value;
  return new Writer(moment, undefined, dates).write(standardDatePattern(pattern, dates));
}

const pad = (value: number | bigint, width: number): string =>
  value.toString().padStart(width, '0');

/** All texts of so many digits, by their numbers: cheaper than writing a number that is new each time. */
const digitTexts = (digits: number): readonly string[] =>
  Array.from({ length: 10 ** digits }, (_, value) => pad(value, digits));

const twoDigits = digitTexts(2);
const threeDigits = digitTexts(3);

const UNIX_EPOCH_SECONDS = 62_135_596_800;

let second = { at: NaN, text: '' };

/** The "o" format of a time without an offset, which is most often asked for: of times in one second after another. */
function roundTrip({ ticks, kind }: DateTime): string {
  const whole = ticks / TICKS_PER_SECOND;
  const at = Number(whole);
  if (at !== second.at)
    second = { at, text: new Date((at - UNIX_EPOCH_SECONDS) * 1000).toISOString().slice(0, 20) };
  const rest = Number(ticks - whole * TICKS_PER_SECOND);
  // Seven digits with their zeros in front.
  const low = rest % 10_000;
  const digits =
    threeDigits[(rest - low) / 10_000]! + twoDigits[Math.floor(low / 100)]! + twoDigits[low % 100]!;
  return second.text + digits + (kind === 'Utc' ? 'Z' : '');
}

/** `DateTimeOffset.ToString(format, culture)`: "r" and "u" print UTC, "U" is refused. */
export function formatDateTimeOffset(
  value: DateTimeOffset,
  format: string | null,
  culture: Culture,
): string {
  const { dateTime, offset } = value;
  if (!format) {
    const pattern = `${standardDatePattern('G', culture.dates)} zzz`;
    return new Writer(dateTime, offset, culture.dates).write(pattern);
  }
  if (format.length > 1) return new Writer(dateTime, offset, culture.dates).write(format);
  if (format === 'U') throw badFormat();
  const dates = isInvariantPattern(format) ? invariantCulture.dates : culture.dates;
  const isUniversal = 'rRu'.includes(format);
  const moment = isUniversal ? value.utcDateTime.withKind('Unspecified') : dateTime;
  return new Writer(moment, offset, dates).write(standardDatePattern(format, dates));
}

/** Invariant text in the default format. */
export const dateTimeToText = (value: DateTime): string =>
  formatDateTime(value, null, invariantCulture);

/** Invariant text in the default format, with the offset. */
export const dateTimeOffsetToText = (value: DateTimeOffset): string =>
  formatDateTimeOffset(value, null, invariantCulture);

/** A month beside a day number takes its genitive form. */
function isBesideDay(format: string, at: number, length: number): boolean {
  const before = /(d+)[^d]*$/.exec(format.slice(0, at));
  if (before && (before[1] ?? '').length <= 2) return true;
  const after = /^[^d]*(d+)/.exec(format.slice(at + length));
  return after !== null && (after[1] ?? '').length <= 2;
}

/** One pass over a custom date pattern. */
class Writer {
  private text = '';

  constructor(
    private readonly moment: DateTime,
    private readonly offset: TimeSpan | undefined,
    private readonly dates: DateFormat,
  ) {}

  write(format: string): string {
    if (format.length > MOST_FORMAT) throw badFormat();
    let at = 0;
    while (at < format.length) {
      const char = format[at] ?? '';
      let length = 1;
      while (format[at + length] === char) length++;
      at += this.field(format, at, char, length);
    }
    return this.text;
  }

  /** Writes what starts at `at`; returns how many characters of the format it used. */
  private field(format: string, at: number, char: string, length: number): number {
    switch (char) {
      case ':':
        this.text += this.dates.timeSeparator;
        return 1;
      case '/':
        this.text += this.dates.dateSeparator;
        return 1;
      case "'":
      case '"':
        return this.quoted(format, at, char);
      case '%': {
        const next = format[at + 1];
        if (next === undefined || next === '%') throw badFormat();
        return 1 + Math.min(1, this.field(next, 0, next, 1));
      }
      case '\\': {
        const next = format[at + 1];
        if (next === undefined) throw badFormat();
        this.text += next;
        return 2;
      }
      case 'M':
        this.text += this.month(length, isBesideDay(format, at, length));
        return length;
      default:
        return this.plainField(char, length);
    }
  }

  private plainField(char: string, length: number): number {
    const { moment, dates } = this;
    const two = Math.min(length, 2);
    switch (char) {
      case 'h':
        this.text += pad(moment.hour % 12 === 0 ? 12 : moment.hour % 12, two);
        return length;
      case 'H':
        this.text += pad(moment.hour, two);
        return length;
      case 'm':
        this.text += pad(moment.minute, two);
        return length;
      case 's':
        this.text += pad(moment.second, two);
        return length;
      case 'f':
      case 'F':
        this.fraction(char, length);
        return length;
      case 't': {
        const mark = moment.hour < 12 ? dates.amDesignator : dates.pmDesignator;
        this.text += length === 1 ? mark.slice(0, 1) : mark;
        return length;
      }
      case 'd':
        this.text += this.day(length);
        return length;
      case 'y':
        this.text += length <= 2 ? pad(moment.year % 100, length) : pad(moment.year, length);
        return length;
      case 'g':
        this.text += dates.eraName;
        return length;
      case 'z':
        this.text += this.zone(length);
        return length;
      case 'K':
        this.text += this.kind();
        return 1;
      default:
        this.text += char;
        return 1;
    }
  }

  private quoted(format: string, start: number, quote: string): number {
    let at = start + 1;
    for (; at < format.length; at++) {
      const char = format[at] ?? '';
      if (char === quote) return at + 1 - start;
      if (char === '\\') {
        at++;
        if (at >= format.length) throw badFormat();
      }
      this.text += format[at] ?? '';
    }
    throw badFormat();
  }

  private day(length: number): string {
    if (length <= 2) return pad(this.moment.day, length);
    const { abbreviatedDayNames, dayNames } = this.dates;
    return (length === 3 ? abbreviatedDayNames : dayNames)[this.moment.dayOfWeek] ?? '';
  }

  private month(length: number, genitive: boolean): string {
    const { month } = this.moment;
    if (length <= 2) return pad(month, length);
    const { dates } = this;
    const long = genitive ? dates.monthGenitiveNames : dates.monthNames;
    const short = genitive ? dates.abbreviatedMonthGenitiveNames : dates.abbreviatedMonthNames;
    return (length === 3 ? short : long)[month - 1] ?? '';
  }

  /** `F` drops trailing zeros, and a point before it that would stand alone. */
  private fraction(char: string, length: number): void {
    if (length > 7) throw badFormat();
    const digits = pad(this.moment.ticks % TICKS_PER_SECOND, 7).slice(0, length);
    if (char === 'f') {
      this.text += digits;
      return;
    }
    const trimmed = digits.replace(/0+$/, '');
    if (trimmed === '' && this.text.endsWith('.')) this.text = this.text.slice(0, -1);
    this.text += trimmed;
  }

  private zone(length: number): string {
    const ticks = this.offset?.ticks ?? 0n; // local time is UTC
    const minutes = Number((ticks < 0n ? -ticks : ticks) / TICKS_PER_MINUTE);
    const sign = ticks < 0n ? '-' : '+';
    const hours = Math.floor(minutes / 60);
    if (length <= 2) return sign + pad(hours, length);
    return `${sign}${pad(hours, 2)}:${pad(minutes % 60, 2)}`;
  }

  private kind(): string {
    if (this.offset) return this.zone(3);
    if (this.moment.kind === 'Utc') return 'Z';
    return this.moment.kind === 'Local' ? this.zone(3) : '';
  }
}
