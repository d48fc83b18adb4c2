import {
  argumentException,
  argumentNull,
  argumentOutOfRange,
  formatTimeSpan,
  invariantCulture,
  orUndefined,
  parseExactTimeSpan,
  parseTimeSpan,
  TimeSpan,
} from '@isthmus/dotnet';
import type { Ref } from '../../runtime/ref.js';
import { constant, typeTable, type Facets, type MemberRecord } from '../table.js';

const facets: Facets = {
  instance: TimeSpan,
  initial: TimeSpan.zero,
  compare: (left: TimeSpan, right: TimeSpan) => left.compareTo(right),
  equals: (left: TimeSpan, right: TimeSpan) => left.equals(right),
  key: (value: TimeSpan) => value.ticks,
  text: (value: TimeSpan, format: string | null) => formatTimeSpan(value, format, invariantCulture),
  typed: (value: TimeSpan) => ({ value: value.toString() }),
};

const constructors: MemberRecord = {
  'new()': () => TimeSpan.zero,
  'new(long ticks)': (ticks: bigint) => new TimeSpan(ticks),
  'new(int hours, int minutes, int seconds)': (hours: number, minutes: number, seconds: number) =>
    TimeSpan.of({ hours, minutes, seconds }),
  'new(int days, int hours, int minutes, int seconds)': (
    ...[days, hours, minutes, seconds]: [number, number, number, number]
  ) => TimeSpan.of({ days, hours, minutes, seconds }),
  'new(int days, int hours, int minutes, int seconds, int milliseconds)': (
    ...[days, hours, minutes, seconds, milliseconds]: [number, number, number, number, number]
  ) => TimeSpan.of({ days, hours, minutes, seconds, milliseconds }),
};

const properties: MemberRecord = {
  'int Days { get; }': { get: (self: TimeSpan) => self.days },
  'int Hours { get; }': { get: (self: TimeSpan) => self.hours },
  'int Minutes { get; }': { get: (self: TimeSpan) => self.minutes },
  'int Seconds { get; }': { get: (self: TimeSpan) => self.seconds },
  'int Milliseconds { get; }': { get: (self: TimeSpan) => self.milliseconds },
  'int Microseconds { get; }': { get: (self: TimeSpan) => Number((self.ticks / 10n) % 1000n) },
  'int Nanoseconds { get; }': { get: (self: TimeSpan) => Number(self.ticks % 10n) * 100 },
  'long Ticks { get; }': { get: (self: TimeSpan) => self.ticks },
  'double TotalDays { get; }': { get: (self: TimeSpan) => self.totalDays },
  'double TotalHours { get; }': { get: (self: TimeSpan) => self.totalHours },
  'double TotalMinutes { get; }': { get: (self: TimeSpan) => self.totalMinutes },
  'double TotalSeconds { get; }': { get: (self: TimeSpan) => self.totalSeconds },
  'double TotalMilliseconds { get; }': { get: (self: TimeSpan) => self.totalMilliseconds },
  'double TotalMicroseconds { get; }': { get: (self: TimeSpan) => Number(self.ticks) / 10 },
  'double TotalNanoseconds { get; }': { get: (self: TimeSpan) => Number(self.ticks) * 100 },
  'static readonly TimeSpan Zero': () => TimeSpan.zero,
  'static readonly TimeSpan MaxValue': () => TimeSpan.maxValue,
  'static readonly TimeSpan MinValue': () => TimeSpan.minValue,
  'const long TicksPerDay': constant(864_000_000_000n),
  'const long TicksPerHour': constant(36_000_000_000n),
  'const long TicksPerMinute': constant(600_000_000n),
  'const long TicksPerSecond': constant(10_000_000n),
  'const long TicksPerMillisecond': constant(10_000n),
};

/** Whole units; throws ArgumentOutOfRangeException. */
function spanOf(count: bigint, ticksPerUnit: bigint): TimeSpan {
  const ticks = count * ticksPerUnit;
  if (ticks > TimeSpan.maxValue.ticks || ticks < TimeSpan.minValue.ticks) {
    throw argumentOutOfRange(undefined, 'TimeSpan overflowed because the duration is too long.');
  }
  return new TimeSpan(ticks);
}

const creators: MemberRecord = {
  'static TimeSpan FromDays(int days)': (days: number) => TimeSpan.of({ days }),
  'static TimeSpan FromHours(int hours)': (hours: number) => TimeSpan.of({ hours }),
  'static TimeSpan FromMinutes(long minutes)': (count: bigint) => spanOf(count, 600_000_000n),
  'static TimeSpan FromSeconds(long seconds)': (count: bigint) => spanOf(count, 10_000_000n),
  'static TimeSpan FromMilliseconds(long milliseconds)': (count: bigint) => spanOf(count, 10_000n),
  'static TimeSpan FromMicroseconds(long microseconds)': (count: bigint) => spanOf(count, 10n),
  'static TimeSpan FromMicroseconds(double value)': (value: number) =>
    TimeSpan.fromMilliseconds(value / 1000),
  'static TimeSpan FromDays(double value)': (value: number) => TimeSpan.fromDays(value),
  'static TimeSpan FromHours(double value)': (value: number) => TimeSpan.fromHours(value),
  'static TimeSpan FromMinutes(double value)': (value: number) => TimeSpan.fromMinutes(value),
  'static TimeSpan FromSeconds(double value)': (value: number) => TimeSpan.fromSeconds(value),
  'static TimeSpan FromMilliseconds(double value)': (value: number) =>
    TimeSpan.fromMilliseconds(value),
  'static TimeSpan FromTicks(long value)': (value: bigint) => new TimeSpan(value),
};

function compareObject(self: TimeSpan, other: unknown): number {
  if (other === null) return 1;
  if (!(other instanceof TimeSpan)) throw argumentException('Object must be of type TimeSpan.');
  return self.compareTo(other);
}

type Pair = [TimeSpan, TimeSpan];
const arithmetic: MemberRecord = {
  'TimeSpan Add(TimeSpan ts)': (...[a, b]: Pair) => a.add(b),
  'TimeSpan Subtract(TimeSpan ts)': (...[a, b]: Pair) => a.subtract(b),
  'TimeSpan Negate()': (self: TimeSpan) => self.negate(),
  'TimeSpan Duration()': (self: TimeSpan) => self.duration(),
  'TimeSpan Multiply(double factor)': (self: TimeSpan, factor: number) => self.multiply(factor),
  'TimeSpan Divide(double divisor)': (self: TimeSpan, divisor: number) => self.divide(divisor),
  'double Divide(TimeSpan ts)': (...[a, b]: Pair) => Number(a.ticks) / Number(b.ticks),
  'int CompareTo(TimeSpan value)': (...[a, b]: Pair) => a.compareTo(b),
  'int CompareTo(object value)': compareObject,
  'bool Equals(TimeSpan obj)': (...[a, b]: Pair) => a.equals(b),
  'static int Compare(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) => a.compareTo(b),
  'static bool Equals(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) => a.equals(b),
  'static TimeSpan operator +(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) => a.add(b),
  'static TimeSpan operator -(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) => a.subtract(b),
  'static TimeSpan operator -(TimeSpan t)': (t: TimeSpan) => t.negate(),
  'static TimeSpan operator +(TimeSpan t)': (t: TimeSpan) => t,
  'static TimeSpan operator *(TimeSpan timeSpan, double factor)': (t: TimeSpan, n: number) =>
    t.multiply(n),
  'static TimeSpan operator *(double factor, TimeSpan timeSpan)': (n: number, t: TimeSpan) =>
    t.multiply(n),
  'static TimeSpan operator /(TimeSpan timeSpan, double divisor)': (t: TimeSpan, n: number) =>
    t.divide(n),
  'static double operator /(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) =>
    Number(a.ticks) / Number(b.ticks),
  'static bool operator ==(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) => a.equals(b),
  'static bool operator !=(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) => !a.equals(b),
  'static bool operator <(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) => a.ticks < b.ticks,
  'static bool operator <=(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) => a.ticks <= b.ticks,
  'static bool operator >(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) => a.ticks > b.ticks,
  'static bool operator >=(TimeSpan t1, TimeSpan t2)': (...[a, b]: Pair) => a.ticks >= b.ticks,
};

function given(text: string | null, name: string): string {
  if (text === null) throw argumentNull(name);
  return text;
}

function attempt(result: Ref, parse: () => TimeSpan): boolean {
  const value = orUndefined(parse);
  result.value = value ?? TimeSpan.zero;
  return value !== undefined;
}

const format = (self: TimeSpan, pattern: string | null): string =>
  formatTimeSpan(self, pattern, invariantCulture);
const parse = (text: string | null): TimeSpan => parseTimeSpan(given(text, 'input'));
const parseExact = (text: string | null, pattern: string | null): TimeSpan =>
  parseExactTimeSpan(given(text, 'input'), given(pattern, 'format'));

const texts: MemberRecord = {
  'static TimeSpan Parse(string s)': parse,
  'static TimeSpan Parse(string input, IFormatProvider formatProvider)': parse,
  'static TimeSpan ParseExact(string input, string format, IFormatProvider formatProvider)':
    parseExact,
  'static bool TryParse(string s, out TimeSpan result)': (text: string | null, result: Ref) =>
    attempt(result, () => parseTimeSpan(text ?? '')),
  'static bool TryParse(string input, IFormatProvider formatProvider, out TimeSpan result)': (
    ...[text, , result]: [string | null, unknown, Ref]
  ) => attempt(result, () => parseTimeSpan(text ?? '')),
  'static bool TryParseExact(string input, string format, IFormatProvider formatProvider, out TimeSpan result)':
    (...[text, pattern, , result]: [string | null, string | null, unknown, Ref]) =>
      attempt(result, () => parseExactTimeSpan(text ?? '', pattern ?? '')),
  'string ToString(string format)': format,
  'string ToString(string format, IFormatProvider formatProvider)': format,
};

export const timeSpanTable = typeTable(
  'struct System.TimeSpan : IComparable, IComparable<TimeSpan>, IEquatable<TimeSpan>, IFormattable',
  facets,
  constructors,
  properties,
  creators,
  arithmetic,
  texts,
);
