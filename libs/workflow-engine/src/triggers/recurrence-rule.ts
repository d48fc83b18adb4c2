import { shown } from '../plan/members.js';
import {
  DateTime,
  DateTimeStyles,
  DotNetError,
  invariantCulture,
  parseDateTime,
  TimeZone,
} from '@isthmus/dotnet';
import {
  isArray,
  isObject,
  memberOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { addMonths } from '../calls/duration.js';

const frequencies = ['Second', 'Minute', 'Hour', 'Day', 'Week', 'Month', 'Year'] as const;
export type Frequency = (typeof frequencies)[number];

/** When a recurrence trigger fires. Times of day are those of its zone. */
export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly zone: TimeZone;
  /** Clock time of the zone, as milliseconds since 1970 as if it were UTC. */
  readonly start?: number;
  /** As `start`; nothing fires after it. */
  readonly end?: number;
  readonly schedule?: Schedule;
}

interface Schedule {
  /** Minutes of the day, ascending. */
  readonly times: readonly number[];
  /** Sunday is 0. */
  readonly weekDays?: readonly number[];
  /** 1 to 31; negative ones count from the end of the month. */
  readonly monthDays?: readonly number[];
  /** The first Monday of the month is `[1, 1]`, the last one `[1, -1]`. */
  readonly monthlyOccurrences?: readonly (readonly [weekDay: number, occurrence: number])[];
}

const day = 86_400_000;
const ticksPerMillisecond = 10_000n;
const epochTicks = 621_355_968_000_000_000n;
const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
/** Days that are looked through for an occurrence of a schedule: an interval has at most 500 days. */
const horizon = 5 * 366;

/**
 * The rule of an evaluated `recurrence`.
 * @returns a text that says what is wrong with it
 */
export function recurrenceRule(recurrence: WorkflowValue | undefined): RecurrenceRule | string {
  if (!isObject(recurrence)) return "The trigger needs a 'recurrence'.";
  const named = shown(memberOf(recurrence, 'frequency'));
  const frequency = frequencies.find((one) => one.toLowerCase() === named.toLowerCase());
  const interval = Number(memberOf(recurrence, 'interval') ?? 1);
  if (!frequency)
    return `The frequency '${named}' of the recurrence is not one of '${frequencies.join(', ')}'.`;
  if (!Number.isInteger(interval) || interval < 1)
    return `The interval of the recurrence must be a positive integer.`;
  const zone = zoneOf(memberOf(recurrence, 'timeZone'));
  if (typeof zone === 'string') return zone;
  const start = startOf(memberOf(recurrence, 'startTime'), zone);
  if (typeof start === 'string') return start;
  const end = startOf(memberOf(recurrence, 'endTime'), zone);
  if (typeof end === 'string') return end;
  const schedule = memberOf(recurrence, 'schedule');
  return {
    frequency,
    interval,
    zone,
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(isObject(schedule) &&
      ['Day', 'Week', 'Month'].includes(frequency) && { schedule: scheduleOf(schedule, start) }),
  };
}

/**
 * The first occurrence after a time. Occurrences that were missed are not made up for.
 * @param after milliseconds since 1970
 * @param enabled when the trigger was switched on, from where it counts if the rule has no start
 */
export function nextOccurrence(
  rule: RecurrenceRule,
  after: number,
  enabled: number,
): number | undefined {
  const next = endlessOccurrence(rule, after, enabled);
  if (next === undefined || rule.end === undefined) return next;
  return next > toUtc(rule.end, rule.zone) ? undefined : next;
}

function endlessOccurrence(
  rule: RecurrenceRule,
  after: number,
  enabled: number,
): number | undefined {
  const anchor = rule.start ?? toLocal(enabled, rule.zone);
  const earliest =
    rule.start === undefined ? after : Math.max(after, toUtc(rule.start, rule.zone) - 1);
  if (rule.schedule) return nextScheduled(rule, rule.schedule, { anchor, earliest });
  const fixed = fixedLength(rule);
  if (fixed !== undefined && fixed < day) {
    const origin = toUtc(anchor, rule.zone);
    return origin + (Math.floor((earliest - origin) / fixed) + 1) * fixed;
  }
  // A day has the same clock time whatever daylight saving does.
  const local = toLocal(earliest, rule.zone);
  const step = (count: number): number =>
    fixed === undefined ? addMonths(anchor, count * months(rule)) : anchor + count * fixed;
  let count = Math.max(0, Math.floor((local - anchor) / (fixed ?? months(rule) * 31 * day)) - 1);
  for (;;) {
    const time = toUtc(step(count), rule.zone);
    if (time > earliest) return time;
    count++;
  }
}

function fixedLength({ frequency, interval }: RecurrenceRule): number | undefined {
  const lengths: Partial<Record<Frequency, number>> = {
    Second: 1000,
    Minute: 60_000,
    Hour: 3_600_000,
    Day: day,
    Week: 7 * day,
  };
  const length = lengths[frequency];
  return length === undefined ? undefined : length * interval;
}

function months({ frequency, interval }: RecurrenceRule): number {
  return frequency === 'Year' ? 12 * interval : interval;
}

function nextScheduled(
  rule: RecurrenceRule,
  schedule: Schedule,
  from: { anchor: number; earliest: number },
): number | undefined {
  const first = startOfDay(Math.max(toLocal(from.earliest, rule.zone), from.anchor) - day);
  for (let index = 0; index < horizon; index++) {
    const date = first + index * day;
    if (
      date < startOfDay(from.anchor) ||
      !isScheduled(rule, schedule, { date, anchor: from.anchor })
    )
      continue;
    for (const minutes of schedule.times) {
      const time = toUtc(date + minutes * 60_000, rule.zone);
      if (time > from.earliest) return time;
    }
  }
  return undefined;
}

function isScheduled(
  rule: RecurrenceRule,
  schedule: Schedule,
  { date, anchor }: { date: number; anchor: number },
): boolean {
  const days = Math.round((date - startOfDay(anchor)) / day);
  const weekDay = new Date(date).getUTCDay();
  switch (rule.frequency) {
    case 'Week': {
      const weeks = Math.floor((days + new Date(anchor).getUTCDay()) / 7);
      return (
        weeks % rule.interval === 0 &&
        (schedule.weekDays ?? [new Date(anchor).getUTCDay()]).includes(weekDay)
      );
    }
    case 'Month': {
      const one = new Date(date);
      const origin = new Date(anchor);
      const distance =
        (one.getUTCFullYear() - origin.getUTCFullYear()) * 12 +
        one.getUTCMonth() -
        origin.getUTCMonth();
      return distance % rule.interval === 0 && isDayOfMonth(schedule, one, origin);
    }
    case 'Day':
    case 'Hour':
    case 'Minute':
    case 'Second':
    case 'Year':
      return days % rule.interval === 0 && (schedule.weekDays?.includes(weekDay) ?? true);
  }
}

/** By number from either end, or as the n-th weekday; without either, the day of the origin. */
function isDayOfMonth(schedule: Schedule, date: Date, origin: Date): boolean {
  const day = date.getUTCDate();
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const { monthDays, monthlyOccurrences } = schedule;
  const fromStart = Math.ceil(day / 7);
  const fromEnd = -Math.ceil((last - day + 1) / 7);
  const isOccurrence = monthlyOccurrences?.some(
    ([weekDay, occurrence]) =>
      weekDay === date.getUTCDay() && (occurrence === fromStart || occurrence === fromEnd),
  );
  const wanted = monthDays ?? (monthlyOccurrences ? [] : [origin.getUTCDate()]);
  return isOccurrence === true || wanted.includes(day) || wanted.includes(day - last - 1);
}

function scheduleOf(schedule: WorkflowObject, start: number | undefined): Schedule {
  const origin = start === undefined ? undefined : new Date(start);
  const hours = numbers(memberOf(schedule, 'hours')) ?? [origin?.getUTCHours() ?? 0];
  const minutes = numbers(memberOf(schedule, 'minutes')) ?? [origin?.getUTCMinutes() ?? 0];
  const times = hours
    .flatMap((hour) => minutes.map((minute) => hour * 60 + minute))
    .sort((left, right) => left - right);
  const weekDays = listOf(memberOf(schedule, 'weekDays'));
  const monthDays = numbers(memberOf(schedule, 'monthDays'));
  const occurrences = memberOf(schedule, 'monthlyOccurrences');
  return {
    times,
    ...(weekDays && {
      weekDays: weekDays.map((name) => dayNames.indexOf(shown(name).toLowerCase())),
    }),
    ...(monthDays && { monthDays }),
    ...(isArray(occurrences) && {
      monthlyOccurrences: occurrences
        .filter(isObject)
        .map((one) => [
          dayNames.indexOf(shown(memberOf(one, 'day')).toLowerCase()),
          Number(memberOf(one, 'occurrence')),
        ]),
    }),
  };
}

function numbers(value: WorkflowValue | undefined): number[] | undefined {
  return listOf(value)
    ?.map(Number)
    .filter((number) => Number.isInteger(number));
}

/** A single value stands for a list of one. */
function listOf(value: WorkflowValue | undefined): readonly WorkflowValue[] | undefined {
  if (value === undefined || value === null) return undefined;
  return isArray(value) ? value : [value];
}

function zoneOf(value: WorkflowValue | undefined): TimeZone | string {
  if (typeof value !== 'string' || value === '') return TimeZone.utc;
  try {
    return TimeZone.find(value);
  } catch (error) {
    if (error instanceof DotNetError)
      return `The time zone '${value}' of the recurrence is not known.`;
    throw error;
  }
}

/** With a zone of its own it is an instant, without one a clock time of the recurrence's zone. */
function startOf(value: WorkflowValue | undefined, zone: TimeZone): number | undefined | string {
  if (value === undefined || value === null || value === '') return undefined;
  const text = shown(value);
  const start = readStart(text);
  if (!start) return `The start time '${text}' of the recurrence is not a valid time.`;
  return start.hasZone ? toLocal(start.time, zone) : start.time;
}

/** Reads a start as .NET does; milliseconds since 1970, of a clock time without a zone as if it were UTC. */
export function readStart(text: string): { time: number; hasZone: boolean } | undefined {
  const epoch = DateTime.unixEpoch;
  const styles = DateTimeStyles.RoundtripKind;
  try {
    const { ticks, kind } = parseDateTime(text, { culture: invariantCulture, styles, now: epoch });
    return { time: Number((ticks - epoch.ticks) / 10_000n), hasZone: kind !== 'Unspecified' };
  } catch (error) {
    if (error instanceof DotNetError) return undefined;
    throw error;
  }
}

function startOfDay(local: number): number {
  return Math.floor(local / day) * day;
}

function toLocal(utc: number, zone: TimeZone): number {
  if (zone.isUtc) return utc;
  return utc + Number(zone.offsetAtUtc(ticksOf(utc)).ticks / ticksPerMillisecond);
}

function toUtc(local: number, zone: TimeZone): number {
  if (zone.isUtc) return local;
  return local - Number(zone.offsetOfLocal(ticksOf(local)).ticks / ticksPerMillisecond);
}

function ticksOf(milliseconds: number): bigint {
  return BigInt(Math.round(milliseconds)) * ticksPerMillisecond + epochTicks;
}
