import {
  isArray,
  isObject,
  memberOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { addMonths } from '../calls/duration.js';
import { readStart } from '../triggers/recurrence-rule.js';
import { invalidTemplate } from './check-shape.js';
import type { Report } from './problem.js';
import { isKnownLater } from './known-later.js';

/** The trigger whose recurrence is checked, and when (milliseconds since 1970; undefined: no time is known). */
export interface RecurrenceHolder {
  readonly name: string;
  /** Of the recurrence. */
  readonly pointer: string;
  readonly now: number | undefined;
}

/** Periods may be at most 500 days long (measured). */
const longestPeriods: ReadonlyMap<string, number> = new Map(
  Object.entries({
    year: 1,
    month: 16,
    week: 71,
    day: 500,
    hour: 12_000,
    minute: 720_000,
    second: 43_200_000,
  }),
);

/** How far a start may be away, in months: with a schedule, and without (measured). */
const farthestScheduled = 18;
const farthest = 49 * 12;

const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** Members of a schedule: where they are allowed, and their values. */
const scheduleMembers: Readonly<
  Record<string, { readonly only?: string; readonly isValue: (value: WorkflowValue) => boolean }>
> = {
  hours: { isValue: (value) => isBetween(value, 0, 23) },
  minutes: { isValue: (value) => isBetween(value, 0, 59) },
  weekDays: { only: 'Week', isValue: isDayName },
  monthDays: {
    only: 'Month',
    isValue: (value) => isBetween(value, -31, 31) && Number(value) !== 0,
  },
  monthlyOccurrences: { only: 'Month', isValue: isOccurrence },
};

function isBetween(value: WorkflowValue, least: number, most: number): boolean {
  const number = typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= least && number <= most;
}

function isDayName(value: WorkflowValue): boolean {
  return typeof value === 'string' && dayNames.includes(value.toLowerCase());
}

function isOccurrence(value: WorkflowValue): boolean {
  if (!isObject(value)) return false;
  const occurrence = memberOf(value, 'occurrence') ?? null;
  return (
    isDayName(memberOf(value, 'day') ?? null) &&
    isBetween(occurrence, -5, 5) &&
    Number(occurrence) !== 0
  );
}

/** Frequency, interval, start and schedule of a recurrence, as far as they are literal. */
export function checkRecurrence(
  recurrence: WorkflowObject,
  holder: RecurrenceHolder,
  report: Report,
): void {
  const error = (member: string, message: string): void =>
    report.error(
      invalidTemplate,
      `${holder.pointer}${member}`,
      `The recurrence of '${holder.name}' ${message}`,
      holder.name,
    );
  const frequency = memberOf(recurrence, 'frequency');
  if (typeof frequency === 'string' && isKnownLater(frequency)) return;
  if (typeof frequency !== 'string') return error('', "needs a 'frequency'.");
  const most = longestPeriods.get(frequency.toLowerCase());
  if (most === undefined)
    return error('/frequency', `has the frequency '${frequency}', which is not known.`);
  checkInterval(memberOf(recurrence, 'interval'), { frequency, most }, error);
  const schedule = memberOf(recurrence, 'schedule');
  const isScheduled = isObject(schedule) && Object.keys(schedule).length > 0;
  if (isScheduled) checkSchedule(schedule, frequency.toLowerCase(), error);
  checkStart(memberOf(recurrence, 'startTime'), { isScheduled, now: holder.now }, error);
}

type Say = (member: string, message: string) => void;

function checkInterval(
  interval: WorkflowValue | undefined,
  { frequency, most }: { frequency: string; most: number },
  error: Say,
): void {
  if (interval === undefined || interval === null || isKnownLater(interval)) return;
  if (!isBetween(interval, 1, most) || !Number.isInteger(Number(interval)))
    error(
      '/interval',
      `has the interval '${textOf(interval)}'; with the frequency '${frequency}' it must be between 1 and ${most}.`,
    );
}

function checkSchedule(schedule: WorkflowObject, frequency: string, error: Say): void {
  if (!['day', 'week', 'month'].includes(frequency))
    error('/schedule', "can have a schedule only with the frequency 'Day', 'Week' or 'Month'.");
  for (const [member, { only, isValue }] of Object.entries(scheduleMembers)) {
    const value = memberOf(schedule, member) ?? null;
    if (value === null || isKnownLater(value) || (isArray(value) && value.length === 0)) continue;
    const pointer = `/schedule/${member}`;
    if (only !== undefined && frequency !== only.toLowerCase())
      error(pointer, `can have '${member}' only with the frequency '${only}'.`);
    const wrong = isArray(value)
      ? value.find((one) => !isKnownLater(one) && !isValue(one))
      : isValue(value)
        ? undefined
        : value;
    if (wrong !== undefined) error(pointer, `has '${textOf(wrong)}' in '${member}'.`);
  }
}

function checkStart(
  start: WorkflowValue | undefined,
  { isScheduled, now }: { isScheduled: boolean; now: number | undefined },
  error: Say,
): void {
  if (typeof start !== 'string' || start === '' || isKnownLater(start)) return;
  const time = readStart(start)?.time;
  if (time === undefined) return error('/startTime', `has the start '${start}', which is no time.`);
  if (now === undefined) return;
  if (isScheduled && time > addMonths(now, farthestScheduled))
    error(
      '/startTime',
      `starts at '${start}'; with a schedule that must be within ${farthestScheduled} months.`,
    );
  else if (time > addMonths(now, farthest) || time < addMonths(now, -farthest))
    error('/startTime', `starts at '${start}'; that must be within ${farthest / 12} years.`);
}
