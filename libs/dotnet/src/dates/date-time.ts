import { argumentException, argumentOutOfRange } from '../dotnet-error.js';
import { civilDate, dayNumber, daysInMonth, isLeap } from './calendar.js';
import {
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  TimeSpan,
} from './time-span.js';

/** System.DateTimeKind. The local time zone of this implementation is UTC. */
export type DateTimeKind = 'Unspecified' | 'Utc' | 'Local';

export const MAX_DATE_TICKS = 3_155_378_975_999_999_999n;
/** Ticks of 1970-01-01. */
export const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;

/** Calendar parts of a point in time. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly millisecond?: number;
}

const unrepresentable = (message: string): Error => argumentOutOfRange(undefined, message);

/** Ticks of calendar parts; throws ArgumentOutOfRangeException as the constructors of DateTime do. */
export function ticksOf(parts: DateParts): bigint {
  const { year, month, day, hour = 0, minute = 0, second = 0, millisecond = 0 } = parts;
  if (
    year < 1 ||
    year > 9999 ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysInMonth(year, month)
  ) {
    throw unrepresentable('Year, Month, and Day parameters describe an un-representable DateTime.');
  }
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    throw unrepresentable(
      'Hour, Minute, and Second parameters describe an un-representable DateTime.',
    );
  }
  if (millisecond < 0 || millisecond > 999) {
    throw argumentOutOfRange('millisecond', 'Valid values are between 0 and 999, inclusive.');
  }
  const seconds = BigInt(hour * 3600 + minute * 60 + second);
  return (
    BigInt(dayNumber(year, month, day)) * TICKS_PER_DAY +
    seconds * TICKS_PER_SECOND +
    BigInt(millisecond) * TICKS_PER_MILLISECOND
  );
}

/** System.DateTime: ticks of 100 ns since 0001-01-01 and a kind. Immutable; equality ignores the kind. */
export class DateTime {
  static readonly minValue = new DateTime(0n);
  static readonly maxValue = new DateTime(MAX_DATE_TICKS);
  static readonly unixEpoch = new DateTime(UNIX_EPOCH_TICKS, 'Utc');

  constructor(
    readonly ticks: bigint,
    readonly kind: DateTimeKind = 'Unspecified',
  ) {}

  /** Throws ArgumentOutOfRangeException outside the years 1 to 9999. */
  static fromTicks(ticks: bigint, kind: DateTimeKind = 'Unspecified'): DateTime {
    if (ticks < 0n || ticks > MAX_DATE_TICKS) {
      throw argumentOutOfRange(
        'ticks',
        'Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.',
      );
    }
    return new DateTime(ticks, kind);
  }

  static of(parts: DateParts, kind: DateTimeKind = 'Unspecified'): DateTime {
    return new DateTime(ticksOf(parts), kind);
  }

  /** Milliseconds since 1970 (a clock's answer) as a UTC time; fractions keep their ticks. */
  static fromUnixMilliseconds(milliseconds: number, kind: DateTimeKind = 'Utc'): DateTime {
    return DateTime.fromTicks(UNIX_EPOCH_TICKS + BigInt(Math.round(milliseconds * 10_000)), kind);
  }

  /** Also throws for years outside 1 to 9999. */
  static daysInMonth(year: number, month: number): number {
    if (month < 1 || month > 12) {
      throw argumentOutOfRange('month', 'Month must be between one and twelve.');
    }
    checkYear(year);
    return daysInMonth(year, month);
  }

  static isLeapYear(year: number): boolean {
    checkYear(year);
    return isLeap(year);
  }

  get year(): number {
    return this.civil().year;
  }
  get month(): number {
    return this.civil().month;
  }
  get day(): number {
    return this.civil().day;
  }
  get dayOfYear(): number {
    return this.civil().dayOfYear;
  }
  /** Sunday is 0. */
  get dayOfWeek(): number {
    return (Number(this.ticks / TICKS_PER_DAY) + 1) % 7;
  }
  get hour(): number {
    return Number((this.ticks / TICKS_PER_HOUR) % 24n);
  }
  get minute(): number {
    return Number((this.ticks / TICKS_PER_MINUTE) % 60n);
  }
  get second(): number {
    return Number((this.ticks / TICKS_PER_SECOND) % 60n);
  }
  get millisecond(): number {
    return Number((this.ticks / TICKS_PER_MILLISECOND) % 1000n);
  }
  get timeOfDay(): TimeSpan {
    return new TimeSpan(this.ticks % TICKS_PER_DAY);
  }
  /** Midnight of the same day and kind. */
  get date(): DateTime {
    return new DateTime(this.ticks - (this.ticks % TICKS_PER_DAY), this.kind);
  }

  addTicks(ticks: bigint): DateTime {
    const sum = this.ticks + ticks;
    if (sum < 0n || sum > MAX_DATE_TICKS) {
      throw argumentOutOfRange(
        'value',
        'The added or subtracted value results in an un-representable DateTime.',
      );
    }
    return new DateTime(sum, this.kind);
  }
  add(span: TimeSpan): DateTime {
    return this.addTicks(span.ticks);
  }
  addDays(value: number): DateTime {
    return this.addUnits(value, 86_400_000);
  }
  addHours(value: number): DateTime {
    return this.addUnits(value, 3_600_000);
  }
  addMinutes(value: number): DateTime {
    return this.addUnits(value, 60_000);
  }
  addSeconds(value: number): DateTime {
    return this.addUnits(value, 1_000);
  }
  addMilliseconds(value: number): DateTime {
    return this.addUnits(value, 1);
  }
  /** The day is clamped to the length of the month reached. */
  addMonths(months: number): DateTime {
    if (months < -120_000 || months > 120_000) {
      throw argumentOutOfRange('months', 'Months value must be between +/-120000.');
    }
    const { year, month, day } = this.civil();
    const index = year * 12 + month - 1 + months;
    const newYear = Math.floor(index / 12);
    const newMonth = index - newYear * 12 + 1;
    if (newYear < 1 || newYear > 9999) {
      throw argumentOutOfRange(
        'months',
        'The added or subtracted value results in an un-representable DateTime.',
      );
    }
    const clamped = Math.min(day, daysInMonth(newYear, newMonth));
    const days = BigInt(dayNumber(newYear, newMonth, clamped));
    return new DateTime(days * TICKS_PER_DAY + (this.ticks % TICKS_PER_DAY), this.kind);
  }
  addYears(years: number): DateTime {
    if (years < -10_000 || years > 10_000) {
      throw argumentOutOfRange('years', 'Years value must be between +/-10000.');
    }
    const year = this.civil().year + years;
    if (year < 1 || year > 9999) {
      throw argumentOutOfRange(
        'value',
        'The added or subtracted value results in an un-representable DateTime.',
      );
    }
    return this.addMonths(years * 12);
  }

  subtract(other: TimeSpan): DateTime;
  subtract(other: DateTime): TimeSpan;
  subtract(other: TimeSpan | DateTime): DateTime | TimeSpan {
    return other instanceof TimeSpan
      ? this.addTicks(-other.ticks)
      : new TimeSpan(this.ticks - other.ticks);
  }

  compareTo(other: DateTime): number {
    return this.ticks < other.ticks ? -1 : this.ticks > other.ticks ? 1 : 0;
  }
  equals(other: DateTime): boolean {
    return this.ticks === other.ticks;
  }

  withKind(kind: DateTimeKind): DateTime {
    return new DateTime(this.ticks, kind);
  }

  /** Unspecified counts as local time, which is UTC here. */
  toUniversalTime(): DateTime {
    return this.withKind('Utc');
  }
  toLocalTime(): DateTime {
    return this.withKind('Local');
  }

  private civil(): ReturnType<typeof civilDate> {
    return civilDate(Number(this.ticks / TICKS_PER_DAY));
  }

  /** Fractions of a unit are truncated to ticks as .NET 7+ does. */
  private addUnits(value: number, millisecondsPerUnit: number): DateTime {
    const limit = 315_537_897_600_000 / millisecondsPerUnit;
    if (Number.isNaN(value) || Math.abs(value) > limit) {
      throw argumentOutOfRange('value', 'Value to add was out of range.');
    }
    const whole = Math.trunc(value);
    const fraction = value - whole;
    const ticksPerUnit = millisecondsPerUnit * 10_000;
    return this.addTicks(
      BigInt(whole) * BigInt(ticksPerUnit) + BigInt(Math.trunc(fraction * ticksPerUnit)),
    );
  }
}

function checkYear(year: number): void {
  if (year < 1 || year > 9999) {
    throw argumentOutOfRange('year', 'Year must be between 1 and 9999.');
  }
}

/** Whole minutes within 14 hours, as DateTimeOffset demands; throws ArgumentException. */
export function checkOffset(offset: TimeSpan): TimeSpan {
  if (offset.ticks % TICKS_PER_MINUTE !== 0n) {
    throw argumentException('Offset must be specified in whole minutes.', 'offset');
  }
  const minutes = offset.ticks / TICKS_PER_MINUTE;
  if (minutes < -840n || minutes > 840n) {
    throw argumentOutOfRange('offset', 'Offset must be within plus or minus 14 hours.');
  }
  return offset;
}
