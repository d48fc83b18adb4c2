import { argumentException, argumentOutOfRange } from '../dotnet-error.js';
import { checkOffset, DateTime, MAX_DATE_TICKS, UNIX_EPOCH_TICKS } from './date-time.js';
import { TICKS_PER_MILLISECOND, TICKS_PER_SECOND, TimeSpan } from './time-span.js';

/** System.DateTimeOffset: a clock time and its offset from UTC. Immutable; comparison is by UTC instant. */
export class DateTimeOffset {
  static readonly minValue = new DateTimeOffset(DateTime.minValue, TimeSpan.zero);
  static readonly maxValue = new DateTimeOffset(DateTime.maxValue, TimeSpan.zero);
  static readonly unixEpoch = new DateTimeOffset(new DateTime(UNIX_EPOCH_TICKS), TimeSpan.zero);

  /** The clock time at the offset; its kind is Unspecified. */
  readonly dateTime: DateTime;

  /** Unchecked: use the static functions. */
  constructor(
    clock: DateTime,
    readonly offset: TimeSpan,
  ) {
    this.dateTime = clock.withKind('Unspecified');
  }

  /** Checks offset and range; throws ArgumentException or ArgumentOutOfRangeException. */
  static of(clock: DateTime, offset: TimeSpan): DateTimeOffset {
    checkOffset(offset);
    if (clock.kind !== 'Unspecified' && offset.ticks !== 0n) {
      throw argumentException(
        clock.kind === 'Utc'
          ? 'The UTC Offset for Utc DateTime instances must be 0.'
          : 'The UTC Offset of the local dateTime parameter does not match the offset argument.',
        'offset',
      );
    }
    const utc = clock.ticks - offset.ticks;
    if (utc < 0n || utc > MAX_DATE_TICKS) {
      throw argumentOutOfRange(
        'offset',
        'The UTC time represented when the offset is applied must be between year 0 and 10,000.',
      );
    }
    return new DateTimeOffset(clock, offset);
  }

  /** Unspecified and local times get the local offset, which is zero. */
  static fromDateTime(value: DateTime): DateTimeOffset {
    return new DateTimeOffset(value, TimeSpan.zero);
  }

  static fromUnixMilliseconds(milliseconds: bigint): DateTimeOffset {
    if (milliseconds < -62135596800000n || milliseconds > 253402300799999n) {
      throw argumentOutOfRange(
        'milliseconds',
        'Valid values are between -62135596800000 and 253402300799999, inclusive.',
      );
    }
    return new DateTimeOffset(
      new DateTime(UNIX_EPOCH_TICKS + milliseconds * TICKS_PER_MILLISECOND),
      TimeSpan.zero,
    );
  }

  static fromUnixSeconds(seconds: bigint): DateTimeOffset {
    if (seconds < -62135596800n || seconds > 253402300799n) {
      throw argumentOutOfRange(
        'seconds',
        'Valid values are between -62135596800 and 253402300799, inclusive.',
      );
    }
    return new DateTimeOffset(
      new DateTime(UNIX_EPOCH_TICKS + seconds * TICKS_PER_SECOND),
      TimeSpan.zero,
    );
  }

  /** Ticks of the clock time. */
  get ticks(): bigint {
    return this.dateTime.ticks;
  }
  get utcTicks(): bigint {
    return this.dateTime.ticks - this.offset.ticks;
  }
  get utcDateTime(): DateTime {
    return new DateTime(this.utcTicks, 'Utc');
  }
  get localDateTime(): DateTime {
    return new DateTime(this.utcTicks, 'Local');
  }

  /** Same instant seen at another offset. */
  toOffset(offset: TimeSpan): DateTimeOffset {
    checkOffset(offset);
    const ticks = this.utcTicks + offset.ticks;
    if (ticks < 0n || ticks > MAX_DATE_TICKS) {
      throw argumentOutOfRange(
        'offset',
        'The UTC time represented when the offset is applied must be between year 0 and 10,000.',
      );
    }
    return new DateTimeOffset(new DateTime(ticks), offset);
  }
  toUniversalTime(): DateTimeOffset {
    return this.toOffset(TimeSpan.zero);
  }

  /** A changed clock time at the same offset. */
  with(change: (clock: DateTime) => DateTime): DateTimeOffset {
    return DateTimeOffset.of(change(this.dateTime), this.offset);
  }
  add(span: TimeSpan): DateTimeOffset {
    return this.with((clock) => clock.add(span));
  }

  subtract(other: TimeSpan): DateTimeOffset;
  subtract(other: DateTimeOffset): TimeSpan;
  subtract(other: TimeSpan | DateTimeOffset): DateTimeOffset | TimeSpan {
    return other instanceof TimeSpan
      ? this.with((clock) => clock.subtract(other))
      : new TimeSpan(this.utcTicks - other.utcTicks);
  }

  /** Whole seconds since 1970, rounded down. */
  toUnixSeconds(): bigint {
    return this.utcTicks / TICKS_PER_SECOND - 62135596800n;
  }
  toUnixMilliseconds(): bigint {
    return this.utcTicks / TICKS_PER_MILLISECOND - 62135596800000n;
  }

  compareTo(other: DateTimeOffset): number {
    return this.utcTicks < other.utcTicks ? -1 : this.utcTicks > other.utcTicks ? 1 : 0;
  }
  equals(other: DateTimeOffset): boolean {
    return this.utcTicks === other.utcTicks;
  }
  equalsExact(other: DateTimeOffset): boolean {
    return this.ticks === other.ticks && this.offset.ticks === other.offset.ticks;
  }
}
