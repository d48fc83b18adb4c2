import { argumentException, argumentOutOfRange, overflowException } from '../dotnet-error.js';

export const TICKS_PER_MILLISECOND = 10_000n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_MINUTE = 600_000_000n;
export const TICKS_PER_HOUR = 36_000_000_000n;
export const TICKS_PER_DAY = 864_000_000_000n;

const MAX_TICKS = (1n << 63n) - 1n;
const MIN_TICKS = -(1n << 63n);

const tooLong = (): Error =>
  overflowException('TimeSpan overflowed because the duration is too long.');

/** Ticks of a fractional count of units, truncated as .NET 7+ does (`FromMilliseconds(1234.5678)`). */
function ticksOfInterval(value: number, ticksPerUnit: bigint): bigint {
  if (Number.isNaN(value)) {
    throw argumentException('TimeSpan does not accept floating point Not-a-Number values.');
  }
  const ticks = value * Number(ticksPerUnit);
  if (ticks > 2 ** 63 || ticks < -(2 ** 63)) throw tooLong();
  if (ticks === 2 ** 63) return MAX_TICKS;
  return BigInt(Math.trunc(ticks));
}

/** System.TimeSpan: a signed count of 100 ns ticks. Immutable. */
export class TimeSpan {
  static readonly zero = new TimeSpan(0n);
  static readonly maxValue = new TimeSpan(MAX_TICKS);
  static readonly minValue = new TimeSpan(MIN_TICKS);

  constructor(readonly ticks: bigint) {}

  /** Throws OverflowException outside 64 bits. */
  static fromTicks(ticks: bigint): TimeSpan {
    if (ticks > MAX_TICKS || ticks < MIN_TICKS) throw tooLong();
    return new TimeSpan(ticks);
  }

  /** Any mix of whole units, negative ones too. */
  static of(parts: {
    days?: number;
    hours?: number;
    minutes?: number;
    seconds?: number;
    milliseconds?: number;
  }): TimeSpan {
    const milliseconds =
      (BigInt(parts.days ?? 0) * 86_400n +
        BigInt(parts.hours ?? 0) * 3_600n +
        BigInt(parts.minutes ?? 0) * 60n +
        BigInt(parts.seconds ?? 0)) *
        1_000n +
      BigInt(parts.milliseconds ?? 0);
    const ticks = milliseconds * TICKS_PER_MILLISECOND;
    if (ticks > MAX_TICKS || ticks < MIN_TICKS) {
      throw argumentOutOfRange(undefined, 'TimeSpan overflowed because the duration is too long.');
    }
    return new TimeSpan(ticks);
  }

  static fromDays(value: number): TimeSpan {
    return TimeSpan.fromTicks(ticksOfInterval(value, TICKS_PER_DAY));
  }
  static fromHours(value: number): TimeSpan {
    return TimeSpan.fromTicks(ticksOfInterval(value, TICKS_PER_HOUR));
  }
  static fromMinutes(value: number): TimeSpan {
    return TimeSpan.fromTicks(ticksOfInterval(value, TICKS_PER_MINUTE));
  }
  static fromSeconds(value: number): TimeSpan {
    return TimeSpan.fromTicks(ticksOfInterval(value, TICKS_PER_SECOND));
  }
  static fromMilliseconds(value: number): TimeSpan {
    return TimeSpan.fromTicks(ticksOfInterval(value, TICKS_PER_MILLISECOND));
  }

  get days(): number {
    return Number(this.ticks / TICKS_PER_DAY);
  }
  get hours(): number {
    return Number((this.ticks / TICKS_PER_HOUR) % 24n);
  }
  get minutes(): number {
    return Number((this.ticks / TICKS_PER_MINUTE) % 60n);
  }
  get seconds(): number {
    return Number((this.ticks / TICKS_PER_SECOND) % 60n);
  }
  get milliseconds(): number {
    return Number((this.ticks / TICKS_PER_MILLISECOND) % 1000n);
  }
  get totalDays(): number {
    return Number(this.ticks) / Number(TICKS_PER_DAY);
  }
  get totalHours(): number {
    return Number(this.ticks) / Number(TICKS_PER_HOUR);
  }
  get totalMinutes(): number {
    return Number(this.ticks) / Number(TICKS_PER_MINUTE);
  }
  get totalSeconds(): number {
    return Number(this.ticks) / Number(TICKS_PER_SECOND);
  }
  /** Clamped to the range of a 64-bit count of milliseconds, as in .NET. */
  get totalMilliseconds(): number {
    const value = Number(this.ticks) / Number(TICKS_PER_MILLISECOND);
    return Math.max(-922337203685477, Math.min(922337203685477, value));
  }

  add(other: TimeSpan): TimeSpan {
    return TimeSpan.fromTicks(this.ticks + other.ticks);
  }
  subtract(other: TimeSpan): TimeSpan {
    return TimeSpan.fromTicks(this.ticks - other.ticks);
  }
  negate(): TimeSpan {
    if (this.ticks === MIN_TICKS) {
      throw overflowException('Negating the minimum value of a twos complement number is invalid.');
    }
    return new TimeSpan(-this.ticks);
  }
  duration(): TimeSpan {
    if (this.ticks === MIN_TICKS) {
      throw overflowException(
        'The duration cannot be returned for TimeSpan.MinValue because the absolute value of TimeSpan.MinValue exceeds the value of TimeSpan.MaxValue.',
      );
    }
    return this.ticks < 0n ? new TimeSpan(-this.ticks) : this;
  }
  /** Rounds to the nearest tick. */
  multiply(factor: number): TimeSpan {
    if (Number.isNaN(factor))
      throw argumentException(
        'TimeSpan does not accept floating point Not-a-Number values.',
        'factor',
      );
    return TimeSpan.fromTicks(ticksOfInterval(roundToEven(Number(this.ticks) * factor), 1n));
  }
  divide(divisor: number): TimeSpan {
    if (Number.isNaN(divisor))
      throw argumentException(
        'TimeSpan does not accept floating point Not-a-Number values.',
        'divisor',
      );
    return TimeSpan.fromTicks(ticksOfInterval(roundToEven(Number(this.ticks) / divisor), 1n));
  }

  compareTo(other: TimeSpan): number {
    return this.ticks < other.ticks ? -1 : this.ticks > other.ticks ? 1 : 0;
  }
  equals(other: TimeSpan): boolean {
    return this.ticks === other.ticks;
  }

  /** The constant format "c": `[-][d.]hh:mm:ss[.fffffff]`. */
  toString(): string {
    const ticks = this.ticks < 0n ? -this.ticks : this.ticks;
    const two = (value: bigint): string => value.toString().padStart(2, '0');
    const days = ticks / TICKS_PER_DAY;
    const fraction = ticks % TICKS_PER_SECOND;
    return (
      (this.ticks < 0n ? '-' : '') +
      (days > 0n ? `${days}.` : '') +
      `${two((ticks / TICKS_PER_HOUR) % 24n)}:${two((ticks / TICKS_PER_MINUTE) % 60n)}:${two((ticks / TICKS_PER_SECOND) % 60n)}` +
      (fraction > 0n ? `.${fraction.toString().padStart(7, '0')}` : '')
    );
  }
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
