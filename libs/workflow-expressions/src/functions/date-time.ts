import {
  convertTime,
  countWork,
  convertTimeFromUtc,
  convertTimeToUtc,
  DateTime,
  DateTimeStyles,
  DotNetError,
  formatDateTime,
  formatTimeSpan,
  parseDateTime,
  parseExactDateTime,
  parseTimeSpan,
  TimeZone,
  UNIX_EPOCH_TICKS,
} from '@isthmus/dotnet';
import type { EvaluationScope } from '../scope.js';
import { integerOf, type WorkflowValue } from '../value.js';
import { integerAt, optionalStringAt, stringAt } from './arguments.js';
import { WorkflowExpressionError } from '../error.js';
import { eager, failure, type EagerFunction, type WorkflowFunction } from './function.js';
import { cultureAt } from './number-text.js';

const ticksPerMillisecond = 10_000n;

/** The clock of the scope as a UTC time, with its fractions of a millisecond. */
function nowOf(scope: EvaluationScope): DateTime {
  const now = scope.now();
  const whole = Math.floor(now);
  const ticks = BigInt(whole) * ticksPerMillisecond + BigInt(Math.floor((now - whole) * 10_000));
  return DateTime.fromTicks(UNIX_EPOCH_TICKS + ticks, 'Utc');
}

/** Steps of reading or converting a date. */
const stepsOfDate = 32;

/** Runs .NET code on the dates of a call; its exceptions become the failure of the function. */
function guarded<T>(run: () => T, fail: (error: DotNetError) => Error): T {
  countWork(stepsOfDate);
  try {
    return run();
  } catch (error) {
    throw error instanceof DotNetError ? fail(error) : error;
  }
}

/** The arguments of a date function with the clock that fills what a text leaves out. */
class DateCall {
  constructor(
    readonly name: string,
    readonly args: readonly WorkflowValue[],
    private readonly scope: EvaluationScope,
  ) {}

  /** A timestamp: `Z` stays UTC, an offset is converted to UTC (and written `+00:00`), anything else has no zone. */
  time(index: number): DateTime {
    const text = stringAt(this.name, this.args, index);
    const culture = cultureAt(this.name, [], 0);
    return guarded(
      () =>
        parseDateTime(text, {
          culture,
          styles: DateTimeStyles.RoundtripKind,
          now: nowOf(this.scope),
        }),
      () =>
        new WorkflowExpressionError(
          `In function '${this.name}', the value provided for date time string '${text}' was not valid. The datetime string must match ISO 8601 format.`,
        ),
    );
  }

  /** A timestamp for a conversion of zones: one with an offset is the same instant in UTC. */
  instant(index: number): DateTime {
    const time = this.time(index);
    return time.kind === 'Local' ? time.withKind('Utc') : time;
  }

  zone(index: number): TimeZone {
    const id = stringAt(this.name, this.args, index);
    return guarded(
      () => TimeZone.find(id),
      () => failure(this.name, `was invoked with a time zone id that is not valid: '${id}'.`),
    );
  }

  /** The time in the format of an argument; the round-trip form without one. */
  write(time: DateTime, formatIndex: number, localeIndex?: number): string {
    const format = optionalStringAt(this.name, this.args, formatIndex) ?? 'o';
    const culture =
      localeIndex === undefined
        ? cultureAt(this.name, [], 0)
        : cultureAt(this.name, this.args, localeIndex);
    return guarded(
      () => formatDateTime(time, format === '' ? 'o' : format, culture),
      () =>
        failure(
          this.name,
          `was invoked with a format that is not valid: '${format}'. The value must be a valid date time format.`,
        ),
    );
  }

  /** `time` moved by a number of units; beyond the calendar it fails. */
  moved(time: DateTime, amount: number, unit: string): DateTime {
    const key = unit.toLowerCase().replace(/s$/, '');
    const move = Object.hasOwn(units, key) ? units[key] : undefined;
    if (move === undefined) {
      throw failure(
        this.name,
        `was invoked with a time unit that is not valid: '${unit}'. The value must be one of 'Second', 'Minute', 'Hour', 'Day', 'Week', 'Month', 'Year'.`,
      );
    }
    return guarded(
      () => move(time, amount),
      () => failure(this.name, 'failed: the resulting date time is out of range.'),
    );
  }
}

const units: Readonly<Record<string, (time: DateTime, amount: number) => DateTime>> = {
  second: (time, amount) => time.addSeconds(amount),
  minute: (time, amount) => time.addMinutes(amount),
  hour: (time, amount) => time.addHours(amount),
  day: (time, amount) => time.addDays(amount),
  week: (time, amount) => time.addDays(amount * 7),
  month: (time, amount) => time.addMonths(amount),
  year: (time, amount) => time.addYears(amount),
};

function dateFunction(
  name: string,
  arity: readonly [number, number],
  apply: (call: DateCall) => WorkflowValue,
): EagerFunction {
  return eager(name, arity, (args, scope) => apply(new DateCall(name, args, scope)));
}

/** `addDays` and its like: (timestamp, amount, format?). */
function adding(name: string, unit: string): EagerFunction {
  return dateFunction(name, [2, 3], (call) =>
    call.write(call.moved(call.time(0), integerAt(name, call.args, 1), unit), 2),
  );
}

/** `addToTime`, `subtractFromTime`: (timestamp, amount, unit, format?). */
function shifting(name: string, sign: 1 | -1): EagerFunction {
  return dateFunction(name, [3, 4], (call) => {
    const amount = sign * integerAt(name, call.args, 1);
    return call.write(call.moved(call.time(0), amount, stringAt(name, call.args, 2)), 3);
  });
}

/** `getFutureTime`, `getPastTime`: (amount, unit, format?) from now. */
function fromNow(name: string, sign: 1 | -1): EagerFunction {
  return eager(name, [2, 3], (args, scope) => {
    const call = new DateCall(name, args, scope);
    const amount = sign * integerAt(name, args, 0);
    return call.write(call.moved(nowOf(scope), amount, stringAt(name, args, 1)), 2);
  });
}

/** `startOfDay` and its like: (timestamp, format?). */
function starting(name: string, start: (time: DateTime) => DateTime): EagerFunction {
  return dateFunction(name, [1, 2], (call) => call.write(start(call.time(0)), 1));
}

const ticksPerHour = 36_000_000_000n;
const ticksPerDay = 24n * ticksPerHour;

function parsed(call: DateCall, now: DateTime): DateTime {
  const text = stringAt('parseDateTime', call.args, 0);
  const culture = cultureAt('parseDateTime', call.args, 1);
  const format = optionalStringAt('parseDateTime', call.args, 2);
  const options = { culture, styles: DateTimeStyles.RoundtripKind, now };
  return guarded(
    () =>
      format === undefined
        ? parseDateTime(text, options)
        : parseExactDateTime(text, format, options),
    () =>
      failure('parseDateTime', `was invoked with a date time string that is not valid: '${text}'.`),
  );
}

function timeSpanText(args: readonly WorkflowValue[]): string {
  const text = stringAt('formatTimeSpan', args, 0);
  const format = stringAt('formatTimeSpan', args, 1);
  const culture = cultureAt('formatTimeSpan', args, 2);
  return guarded(
    () => formatTimeSpan(parseTimeSpan(text, culture), format, culture),
    () =>
      failure(
        'formatTimeSpan',
        `was invoked with parameters that are not valid: '${text}', '${format}'.`,
      ),
  );
}

/** Date and time functions: timestamps are text, written in the round-trip form unless a format is given. */
export const dateTimeFunctions: readonly WorkflowFunction[] = [
  eager('utcNow', [0, 2], (args, scope) =>
    new DateCall('utcNow', args, scope).write(nowOf(scope), 0, 1),
  ),
  adding('addSeconds', 'second'),
  adding('addMinutes', 'minute'),
  adding('addHours', 'hour'),
  adding('addDays', 'day'),
  shifting('addToTime', 1),
  shifting('subtractFromTime', -1),
  fromNow('getFutureTime', 1),
  fromNow('getPastTime', -1),
  starting('startOfHour', (time) => time.addTicks(-(time.ticks % ticksPerHour))),
  starting('startOfDay', (time) => time.addTicks(-(time.ticks % ticksPerDay))),
  starting('startOfMonth', (time) =>
    time.addTicks(-(time.ticks % ticksPerDay) - BigInt(time.day - 1) * ticksPerDay),
  ),
  dateFunction('dayOfWeek', [1, 1], (call) => call.time(0).dayOfWeek),
  dateFunction('dayOfMonth', [1, 1], (call) => call.time(0).day),
  dateFunction('dayOfYear', [1, 1], (call) => call.time(0).dayOfYear),
  dateFunction('ticks', [1, 1], (call) => integerOf(call.time(0).ticks) ?? null),
  dateFunction('formatDateTime', [1, 3], (call) => call.write(call.time(0), 1, 2)),
  eager('parseDateTime', [1, 3], (args, scope) => {
    const call = new DateCall('parseDateTime', args, scope);
    return call.write(parsed(call, nowOf(scope)), 3);
  }),
  dateFunction('dateDifference', [2, 2], (call) => call.time(1).subtract(call.time(0)).toString()),
  eager('formatTimeSpan', [2, 3], timeSpanText),
  dateFunction('convertFromUtc', [2, 3], (call) => {
    const time = call.instant(0);
    return call.write(convertTimeFromUtc(time, call.zone(1)), 2);
  }),
  dateFunction('convertToUtc', [2, 3], (call) => {
    const time = call.instant(0);
    return call.write(convertTimeToUtc(time, call.zone(1)), 2);
  }),
  dateFunction('convertTimeZone', [3, 4], (call) => {
    const time = call.instant(0);
    return call.write(convertTime(time, call.zone(1), call.zone(2)), 3);
  }),
];
