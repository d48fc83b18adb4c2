import {
  argumentException,
  argumentNull,
  DateTime,
  DateTimeOffset,
  DateTimeStyles,
  formatDateTimeOffset,
  invariantCulture,
  orUndefined,
  parseDateTimeOffset,
  parseExactDateTimeOffset,
  TimeSpan,
} from '@isthmus/dotnet';
import type { Ref } from '../../runtime/ref.js';
import type { Runtime } from '../../runtime/runtime.js';
import { enumTable, typeTable, type Facets, type MemberRecord } from '../table.js';
import { utcNow } from './date-time.js';

export const dateTimeStylesTable = enumTable(
  'System.Globalization.DateTimeStyles',
  DateTimeStyles,
  true,
);

const facets: Facets = {
  instance: DateTimeOffset,
  initial: DateTimeOffset.minValue,
  compare: (left: DateTimeOffset, right: DateTimeOffset) => left.compareTo(right),
  equals: (left: DateTimeOffset, right: DateTimeOffset) => left.equals(right),
  key: (value: DateTimeOffset) => value.utcTicks,
  text: (value: DateTimeOffset, format: string | null) =>
    formatDateTimeOffset(value, format, invariantCulture),
  typed: (value: DateTimeOffset) => ({ value: formatDateTimeOffset(value, 'o', invariantCulture) }),
};

const clock = (numbers: readonly number[]): DateTime => {
  const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = numbers;
  return DateTime.of({ year, month, day, hour, minute, second, millisecond });
};

const constructors: MemberRecord = {
  'new()': () => DateTimeOffset.minValue,
  'new(DateTime dateTime)': (value: DateTime) => DateTimeOffset.fromDateTime(value),
  'new(DateTime dateTime, TimeSpan offset)': (value: DateTime, offset: TimeSpan) =>
    DateTimeOffset.of(value, offset),
  'new(long ticks, TimeSpan offset)': (ticks: bigint, offset: TimeSpan) =>
    DateTimeOffset.of(DateTime.fromTicks(ticks), offset),
  'new(int year, int month, int day, int hour, int minute, int second, TimeSpan offset)': (
    ...n: [number, number, number, number, number, number, TimeSpan]
  ) => DateTimeOffset.of(clock(n.slice(0, 6) as number[]), n[6]),
  'new(int year, int month, int day, int hour, int minute, int second, int millisecond, TimeSpan offset)':
    (...n: [number, number, number, number, number, number, number, TimeSpan]) =>
      DateTimeOffset.of(clock(n.slice(0, 7) as number[]), n[7]),
};

const properties: MemberRecord = {
  'int Year { get; }': { get: (self: DateTimeOffset) => self.dateTime.year },
  'int Month { get; }': { get: (self: DateTimeOffset) => self.dateTime.month },
  'int Day { get; }': { get: (self: DateTimeOffset) => self.dateTime.day },
  'int DayOfYear { get; }': { get: (self: DateTimeOffset) => self.dateTime.dayOfYear },
  'DayOfWeek DayOfWeek { get; }': { get: (self: DateTimeOffset) => self.dateTime.dayOfWeek },
  'int Hour { get; }': { get: (self: DateTimeOffset) => self.dateTime.hour },
  'int Minute { get; }': { get: (self: DateTimeOffset) => self.dateTime.minute },
  'int Second { get; }': { get: (self: DateTimeOffset) => self.dateTime.second },
  'int Millisecond { get; }': { get: (self: DateTimeOffset) => self.dateTime.millisecond },
  'int Microsecond { get; }': { get: (self: DateTimeOffset) => Number((self.ticks / 10n) % 1000n) },
  'int Nanosecond { get; }': { get: (self: DateTimeOffset) => Number(self.ticks % 10n) * 100 },
  'long Ticks { get; }': { get: (self: DateTimeOffset) => self.ticks },
  'long UtcTicks { get; }': { get: (self: DateTimeOffset) => self.utcTicks },
  'TimeSpan Offset { get; }': { get: (self: DateTimeOffset) => self.offset },
  'int TotalOffsetMinutes { get; }': { get: (self: DateTimeOffset) => self.offset.totalMinutes },
  'TimeSpan TimeOfDay { get; }': { get: (self: DateTimeOffset) => self.dateTime.timeOfDay },
  'DateTime Date { get; }': { get: (self: DateTimeOffset) => self.dateTime.date },
  'DateTime DateTime { get; }': { get: (self: DateTimeOffset) => self.dateTime },
  'DateTime UtcDateTime { get; }': { get: (self: DateTimeOffset) => self.utcDateTime },
  'DateTime LocalDateTime { get; }': { get: (self: DateTimeOffset) => self.localDateTime },
  'static readonly DateTimeOffset MinValue': () => DateTimeOffset.minValue,
  'static readonly DateTimeOffset MaxValue': () => DateTimeOffset.maxValue,
  'static readonly DateTimeOffset UnixEpoch': () => DateTimeOffset.unixEpoch,
  'static DateTimeOffset UtcNow { get; }': {
    get: (runtime: Runtime) => DateTimeOffset.fromDateTime(utcNow(runtime)),
  },
  'static DateTimeOffset Now { get; }': {
    get: (runtime: Runtime) => DateTimeOffset.fromDateTime(utcNow(runtime)),
  },
};

const changes: MemberRecord = {
  'DateTimeOffset Add(TimeSpan timeSpan)': (self: DateTimeOffset, span: TimeSpan) => self.add(span),
  'DateTimeOffset AddDays(double days)': (self: DateTimeOffset, n: number) =>
    self.with((c) => c.addDays(n)),
  'DateTimeOffset AddHours(double hours)': (self: DateTimeOffset, n: number) =>
    self.with((c) => c.addHours(n)),
  'DateTimeOffset AddMilliseconds(double milliseconds)': (self: DateTimeOffset, n: number) =>
    self.with((c) => c.addMilliseconds(n)),
  'DateTimeOffset AddMinutes(double minutes)': (self: DateTimeOffset, n: number) =>
    self.with((c) => c.addMinutes(n)),
  'DateTimeOffset AddMonths(int months)': (self: DateTimeOffset, n: number) =>
    self.with((c) => c.addMonths(n)),
  'DateTimeOffset AddSeconds(double seconds)': (self: DateTimeOffset, n: number) =>
    self.with((c) => c.addSeconds(n)),
  'DateTimeOffset AddTicks(long ticks)': (self: DateTimeOffset, n: bigint) =>
    self.with((c) => c.addTicks(n)),
  'DateTimeOffset AddYears(int years)': (self: DateTimeOffset, n: number) =>
    self.with((c) => c.addYears(n)),
  'TimeSpan Subtract(DateTimeOffset value)': (self: DateTimeOffset, other: DateTimeOffset) =>
    self.subtract(other),
  'DateTimeOffset Subtract(TimeSpan value)': (self: DateTimeOffset, span: TimeSpan) =>
    self.subtract(span),
  'DateTimeOffset ToOffset(TimeSpan offset)': (self: DateTimeOffset, offset: TimeSpan) =>
    self.toOffset(offset),
  'DateTimeOffset ToUniversalTime()': (self: DateTimeOffset) => self.toUniversalTime(),
  'DateTimeOffset ToLocalTime()': (self: DateTimeOffset) => self.toUniversalTime(),
  'long ToUnixTimeSeconds()': (self: DateTimeOffset) => self.toUnixSeconds(),
  'long ToUnixTimeMilliseconds()': (self: DateTimeOffset) => self.toUnixMilliseconds(),
  'long ToFileTime()': (self: DateTimeOffset) => self.utcTicks - FILE_TIME_START,
  'static DateTimeOffset FromUnixTimeSeconds(long seconds)': (seconds: bigint) =>
    DateTimeOffset.fromUnixSeconds(seconds),
  'static DateTimeOffset FromUnixTimeMilliseconds(long milliseconds)': (milliseconds: bigint) =>
    DateTimeOffset.fromUnixMilliseconds(milliseconds),
  'static DateTimeOffset FromFileTime(long fileTime)': (fileTime: bigint) =>
    DateTimeOffset.of(DateTime.fromTicks(fileTime + FILE_TIME_START), TimeSpan.zero),
};

/** Ticks of 1601-01-01, where file times begin. */
const FILE_TIME_START = 504_911_232_000_000_000n;

function compareObject(self: DateTimeOffset, other: unknown): number {
  if (other === null) return 1;
  if (!(other instanceof DateTimeOffset))
    throw argumentException('Object must be of type DateTimeOffset.');
  return self.compareTo(other);
}

type Pair = [DateTimeOffset, DateTimeOffset];
const comparisons: MemberRecord = {
  'int CompareTo(DateTimeOffset other)': (...[a, b]: Pair) => a.compareTo(b),
  'int CompareTo(object obj)': compareObject,
  'bool Equals(DateTimeOffset other)': (...[a, b]: Pair) => a.equals(b),
  'bool EqualsExact(DateTimeOffset other)': (...[a, b]: Pair) => a.equalsExact(b),
  'static int Compare(DateTimeOffset first, DateTimeOffset second)': (...[a, b]: Pair) =>
    a.compareTo(b),
  'static bool Equals(DateTimeOffset first, DateTimeOffset second)': (...[a, b]: Pair) =>
    a.equals(b),
  'static implicit operator DateTimeOffset(DateTime dateTime)': (value: DateTime) =>
    DateTimeOffset.fromDateTime(value),
  'static DateTimeOffset operator +(DateTimeOffset d, TimeSpan t)': (
    d: DateTimeOffset,
    t: TimeSpan,
  ) => d.add(t),
  'static DateTimeOffset operator -(DateTimeOffset d, TimeSpan t)': (
    d: DateTimeOffset,
    t: TimeSpan,
  ) => d.subtract(t),
  'static TimeSpan operator -(DateTimeOffset left, DateTimeOffset right)': (...[a, b]: Pair) =>
    a.subtract(b),
  'static bool operator ==(DateTimeOffset left, DateTimeOffset right)': (...[a, b]: Pair) =>
    a.equals(b),
  'static bool operator !=(DateTimeOffset left, DateTimeOffset right)': (...[a, b]: Pair) =>
    !a.equals(b),
  'static bool operator <(DateTimeOffset left, DateTimeOffset right)': (...[a, b]: Pair) =>
    a.compareTo(b) < 0,
  'static bool operator <=(DateTimeOffset left, DateTimeOffset right)': (...[a, b]: Pair) =>
    a.compareTo(b) <= 0,
  'static bool operator >(DateTimeOffset left, DateTimeOffset right)': (...[a, b]: Pair) =>
    a.compareTo(b) > 0,
  'static bool operator >=(DateTimeOffset left, DateTimeOffset right)': (...[a, b]: Pair) =>
    a.compareTo(b) >= 0,
};

/** Date text with the flags of a DateTimeStyles value. */
interface Wanted {
  readonly styles?: number;
  readonly formats?: string | readonly string[] | null;
}

function read(text: string | null, runtime: Runtime, wanted: Wanted = {}): DateTimeOffset {
  if (text === null) throw argumentNull('input');
  const options = { culture: invariantCulture, styles: wanted.styles ?? 0, now: utcNow(runtime) };
  if (wanted.formats === undefined) return parseDateTimeOffset(text, options);
  if (wanted.formats === null) throw argumentNull('format');
  return parseExactDateTimeOffset(text, wanted.formats, options);
}

function attempt(text: string | null, result: Ref, runtime: Runtime, wanted: Wanted = {}): boolean {
  const value = text === null ? undefined : orUndefined(() => read(text, runtime, wanted));
  result.value = value ?? DateTimeOffset.minValue;
  return value !== undefined;
}

const format = (self: DateTimeOffset, pattern: string | null): string =>
  formatDateTimeOffset(self, pattern, invariantCulture);

const texts: MemberRecord = {
  'static DateTimeOffset Parse(string input)': (text: string | null, runtime: Runtime) =>
    read(text, runtime),
  'static DateTimeOffset Parse(string input, IFormatProvider formatProvider)': (
    ...[text, , runtime]: [string | null, unknown, Runtime]
  ) => read(text, runtime),
  'static DateTimeOffset Parse(string input, IFormatProvider formatProvider, DateTimeStyles styles)':
    (...[text, , styles, runtime]: [string | null, unknown, number, Runtime]) =>
      read(text, runtime, { styles }),
  'static DateTimeOffset ParseExact(string input, string format, IFormatProvider formatProvider)': (
    ...[text, formats, , runtime]: [string | null, string | null, unknown, Runtime]
  ) => read(text, runtime, { formats }),
  'static DateTimeOffset ParseExact(string input, string format, IFormatProvider formatProvider, DateTimeStyles styles)':
    (
      ...[text, formats, , styles, runtime]: [
        string | null,
        string | null,
        unknown,
        number,
        Runtime,
      ]
    ) => read(text, runtime, { formats, styles }),
  'static DateTimeOffset ParseExact(string input, string[] formats, IFormatProvider formatProvider, DateTimeStyles styles)':
    (
      ...[text, formats, , styles, runtime]: [
        string | null,
        string[] | null,
        unknown,
        number,
        Runtime,
      ]
    ) => read(text, runtime, { formats, styles }),
  'static bool TryParse(string input, out DateTimeOffset result)': (
    ...[text, result, runtime]: [string | null, Ref, Runtime]
  ) => attempt(text, result, runtime),
  'static bool TryParse(string input, IFormatProvider formatProvider, DateTimeStyles styles, out DateTimeOffset result)':
    (...[text, , styles, result, runtime]: [string | null, unknown, number, Ref, Runtime]) =>
      attempt(text, result, runtime, { styles }),
  'static bool TryParseExact(string input, string format, IFormatProvider formatProvider, DateTimeStyles styles, out DateTimeOffset result)':
    (
      ...[text, formats, , styles, result, runtime]: [
        string | null,
        string | null,
        unknown,
        number,
        Ref,
        Runtime,
      ]
    ) => attempt(text, result, runtime, { formats, styles }),
  'string ToString(string format)': format,
  'string ToString(IFormatProvider formatProvider)': (self: DateTimeOffset) => format(self, null),
  'string ToString(string format, IFormatProvider formatProvider)': format,
};

export const dateTimeOffsetTable = typeTable(
  'struct System.DateTimeOffset : IComparable, IComparable<DateTimeOffset>, IEquatable<DateTimeOffset>, IFormattable',
  facets,
  constructors,
  properties,
  changes,
  comparisons,
  texts,
);
