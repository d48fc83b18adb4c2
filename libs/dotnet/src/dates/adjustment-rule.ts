import { DateTime, ticksOf } from './date-time.js';
import { TICKS_PER_DAY, TICKS_PER_HOUR, TimeSpan } from './time-span.js';
import type { TimeZone } from './time-zone.js';

/** System.TimeZoneInfo.TransitionTime: when in a year the clock changes, in local time. */
export class TransitionTime {
  constructor(
    readonly isFixedDateRule: boolean,
    /** Time of day on 0001-01-01. */
    readonly timeOfDay: DateTime,
    readonly month: number,
    /** `week` 5 is the last one; `day` counts for fixed rules, `dayOfWeek` (Sunday 0) for others. */
    readonly place: { readonly week: number; readonly day: number; readonly dayOfWeek: number },
  ) {}

  static fixed(timeOfDay: DateTime, month: number, day: number): TransitionTime {
    return new TransitionTime(true, timeOfDay, month, { week: 1, day, dayOfWeek: 0 });
  }

  static floating(
    timeOfDay: DateTime,
    month: number,
    week: number,
    dayOfWeek: number,
  ): TransitionTime {
    return new TransitionTime(false, timeOfDay, month, { week, day: 1, dayOfWeek });
  }

  equals(other: TransitionTime): boolean {
    const { week, day, dayOfWeek } = this.place;
    return (
      this.isFixedDateRule === other.isFixedDateRule &&
      this.timeOfDay.ticks === other.timeOfDay.ticks &&
      this.month === other.month &&
      (this.isFixedDateRule
        ? day === other.place.day
        : week === other.place.week && dayOfWeek === other.place.dayOfWeek)
    );
  }
}

/** System.TimeZoneInfo.AdjustmentRule. */
export class AdjustmentRule {
  constructor(
    readonly dateStart: DateTime,
    readonly dateEnd: DateTime,
    readonly daylightDelta: TimeSpan,
    readonly transitions: { readonly start: TransitionTime; readonly end: TransitionTime },
  ) {}
}

/** The UTC hour of a day after which the offset differs. */
function changeWithin(zone: TimeZone, dayStart: bigint): bigint {
  let low = dayStart;
  let high = dayStart + TICKS_PER_DAY;
  const before = zone.offsetAtUtc(low).ticks;
  while (high - low > TICKS_PER_HOUR / 4n) {
    const middle = low + (high - low) / 2n;
    const quarter = middle - (middle % (TICKS_PER_HOUR / 4n));
    if (quarter <= low) break;
    if (zone.offsetAtUtc(quarter).ticks === before) low = quarter;
    else high = quarter;
  }
  return high;
}

function transitionAt(utc: bigint, offsetBefore: bigint): TransitionTime {
  const local = new DateTime(utc + offsetBefore);
  const isLast = local.day + 7 > DateTime.daysInMonth(local.year, local.month);
  const week = isLast ? 5 : Math.ceil(local.day / 7);
  return TransitionTime.floating(
    new DateTime(local.timeOfDay.ticks),
    local.month,
    week,
    local.dayOfWeek,
  );
}

/** The daylight-saving rule in force in a year, none for zones without one. */
export function adjustmentRulesOf(zone: TimeZone, year: number): AdjustmentRule[] {
  const first = ticksOf({ year, month: 1, day: 1 });
  const last = ticksOf({ year, month: 12, day: 31 });
  let start: TransitionTime | undefined;
  let end: TransitionTime | undefined;
  let delta = 0n;
  for (let day = first; day < last; day += TICKS_PER_DAY) {
    const before = zone.offsetAtUtc(day).ticks;
    const after = zone.offsetAtUtc(day + TICKS_PER_DAY).ticks;
    if (before === after) continue;
    const transition = transitionAt(changeWithin(zone, day), before);
    if (after > before) {
      start = transition;
      delta = after - before;
    } else end = transition;
  }
  if (!start || !end) return [];
  const until = DateTime.maxValue.date;
  return [new AdjustmentRule(DateTime.minValue, until, new TimeSpan(delta), { start, end })];
}
