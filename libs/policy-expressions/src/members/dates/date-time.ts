import {
  argumentException,
  argumentNull,
  DateTime,
  dateTimeToText,
  formatDateTime,
  invariantCulture,
  parseDateTime,
  TimeSpan,
  type DateParts,
  type DateTimeKind,
} from '@isthmus/dotnet';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable, type Facets, type MemberRecord } from '../table.js';

const KINDS: readonly DateTimeKind[] = ['Unspecified', 'Utc', 'Local'];

/** The kind of a DateTimeKind value; throws ArgumentException. */
function kindOf(value: number): DateTimeKind {
  const kind = KINDS[value];
  if (kind === undefined) throw argumentException('Invalid DateTimeKind value.', 'kind');
  return kind;
}

/** The runtime's clock as a UTC time. */
export const utcNow = (runtime: Runtime): DateTime => new DateTime(runtime.now(), 'Utc');

const facets: Facets = {
  instance: DateTime,
  initial: DateTime.minValue,
  compare: (left: DateTime, right: DateTime) => left.compareTo(right),
  equals: (left: DateTime, right: DateTime) => left.equals(right),
  key: (value: DateTime) => value.ticks,
  text: (value: DateTime, format: string | null) => formatDateTime(value, format, invariantCulture),
  typed: (value: DateTime) => ({ value: formatDateTime(value, 'o', invariantCulture) }),
};

const parts = (numbers: readonly number[]): DateParts => {
  const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = numbers;
  return { year, month, day, hour, minute, second, millisecond };
};

const constructors: MemberRecord = {
  'new()': () => DateTime.minValue,
  'new(long ticks)': (ticks: bigint) => DateTime.fromTicks(ticks),
  'new(long ticks, DateTimeKind kind)': (ticks: bigint, kind: number) =>
    DateTime.fromTicks(ticks, kindOf(kind)),
  'new(int year, int month, int day)': (...n: [number, number, number]) =>
    DateTime.of(parts(n.slice(0, 3))),
  'new(int year, int month, int day, int hour, int minute, int second)': (
    ...n: [number, number, number, number, number, number]
  ) => DateTime.of(parts(n.slice(0, 6))),
  'new(int year, int month, int day, int hour, int minute, int second, DateTimeKind kind)': (
    ...n: [number, number, number, number, number, number, number]
  ) => DateTime.of(parts(n.slice(0, 6)), kindOf(n[6])),
  'new(int year, int month, int day, int hour, int minute, int second, int millisecond)': (
    ...n: [number, number, number, number, number, number, number]
  ) => DateTime.of(parts(n.slice(0, 7))),
  'new(int year, int month, int day, int hour, int minute, int second, int millisecond, DateTimeKind kind)':
    (...n: [number, number, number, number, number, number, number, number]) =>
      DateTime.of(parts(n.slice(0, 7)), kindOf(n[7])),
};

const properties: MemberRecord = {
  'int Year { get; }': { get: (self: DateTime) => self.year },
  'int Month { get; }': { get: (self: DateTime) => self.month },
  'int Day { get; }': { get: (self: DateTime) => self.day },
  'int DayOfYear { get; }': { get: (self: DateTime) => self.dayOfYear },
  'DayOfWeek DayOfWeek { get; }': { get: (self: DateTime) => self.dayOfWeek },
  'int Hour { get; }': { get: (self: DateTime) => self.hour },
  'int Minute { get; }': { get: (self: DateTime) => self.minute },
  'int Second { get; }': { get: (self: DateTime) => self.second },
  'int Millisecond { get; }': { get: (self: DateTime) => self.millisecond },
  'long Ticks { get; }': { get: (self: DateTime) => self.ticks },
  'TimeSpan TimeOfDay { get; }': { get: (self: DateTime) => self.timeOfDay },
  'DateTime Date { get; }': { get: (self: DateTime) => self.date },
  'static readonly DateTime MinValue': () => DateTime.minValue,
  'static readonly DateTime MaxValue': () => DateTime.maxValue,
  'static DateTime UtcNow { get; }': { get: (runtime: Runtime) => utcNow(runtime) },
  'static DateTime Now { get; }': { get: (runtime: Runtime) => utcNow(runtime).toLocalTime() },
  'static DateTime Today { get; }': {
    get: (runtime: Runtime) => utcNow(runtime).toLocalTime().date,
  },
};

const changes: MemberRecord = {
  'DateTime Add(TimeSpan value)': (self: DateTime, value: TimeSpan) => self.add(value),
  'DateTime AddDays(double value)': (self: DateTime, value: number) => self.addDays(value),
  'DateTime AddHours(double value)': (self: DateTime, value: number) => self.addHours(value),
  'DateTime AddMilliseconds(double value)': (self: DateTime, value: number) =>
    self.addMilliseconds(value),
  'DateTime AddMinutes(double value)': (self: DateTime, value: number) => self.addMinutes(value),
  'DateTime AddMonths(int months)': (self: DateTime, months: number) => self.addMonths(months),
  'DateTime AddSeconds(double value)': (self: DateTime, value: number) => self.addSeconds(value),
  'DateTime AddTicks(long value)': (self: DateTime, value: bigint) => self.addTicks(value),
  'DateTime AddYears(int value)': (self: DateTime, value: number) => self.addYears(value),
  'TimeSpan Subtract(DateTime value)': (self: DateTime, value: DateTime) => self.subtract(value),
  'DateTime Subtract(TimeSpan value)': (self: DateTime, value: TimeSpan) => self.subtract(value),
  'static DateTime operator +(DateTime d, TimeSpan t)': (d: DateTime, t: TimeSpan) => d.add(t),
  'static DateTime operator -(DateTime d, TimeSpan t)': (d: DateTime, t: TimeSpan) => d.subtract(t),
  'static TimeSpan operator -(DateTime d1, DateTime d2)': (a: DateTime, b: DateTime) =>
    a.subtract(b),
  'static bool operator ==(DateTime d1, DateTime d2)': (a: DateTime, b: DateTime) => a.equals(b),
  'static bool operator !=(DateTime d1, DateTime d2)': (a: DateTime, b: DateTime) => !a.equals(b),
  'static bool operator <(DateTime t1, DateTime t2)': (a: DateTime, b: DateTime) =>
    a.ticks < b.ticks,
  'static bool operator <=(DateTime t1, DateTime t2)': (a: DateTime, b: DateTime) =>
    a.ticks <= b.ticks,
  'static bool operator >(DateTime t1, DateTime t2)': (a: DateTime, b: DateTime) =>
    a.ticks > b.ticks,
  'static bool operator >=(DateTime t1, DateTime t2)': (a: DateTime, b: DateTime) =>
    a.ticks >= b.ticks,
};

const parse = (text: string | null, runtime: Runtime): DateTime => {
  if (text === null) throw argumentNull('s');
  return parseDateTime(text, { culture: invariantCulture, now: utcNow(runtime) });
};

const texts: MemberRecord = {
  'static DateTime Parse(string s)': parse,
  'static DateTime Parse(string s, IFormatProvider provider)': (
    text: string | null,
    _provider: unknown,
    runtime: Runtime,
  ) => parse(text, runtime),
  'string ToString(string format)': (self: DateTime, format: string | null) =>
    formatDateTime(self, format, invariantCulture),
  'string ToString(IFormatProvider provider)': (self: DateTime) => dateTimeToText(self),
  'string ToString(string format, IFormatProvider provider)': (
    self: DateTime,
    format: string | null,
  ) => formatDateTime(self, format, invariantCulture),
  'static int DaysInMonth(int year, int month)': (year: number, month: number) =>
    DateTime.daysInMonth(year, month),
  'static bool IsLeapYear(int year)': (year: number) => DateTime.isLeapYear(year),
  'bool IsDaylightSavingTime()': () => false,
};

/** Members on the documented list only: others, such as Kind or TryParse, are refused as the service does. */
export const dateTimeTable = typeTable(
  'struct System.DateTime : IComparable, IComparable<DateTime>, IEquatable<DateTime>, IFormattable, IConvertible',
  facets,
  constructors,
  properties,
  changes,
  texts,
);
