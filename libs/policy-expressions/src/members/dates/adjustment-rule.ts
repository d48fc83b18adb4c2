import {
  AdjustmentRule,
  adjustmentRulesOf,
  DateTime,
  TransitionTime,
  type TimeSpan,
  type TimeZone,
} from '@isthmus/dotnet';
import { newArray } from '../../runtime/runtime-type.js';
import type { Runtime } from '../../runtime/runtime.js';
import { typeTable, type MemberRecord } from '../table.js';

export const transitionTimeTable = typeTable(
  'struct System.TimeZoneInfo.TransitionTime : IEquatable<TransitionTime>',
  {
    instance: TransitionTime,
    initial: TransitionTime.fixed(DateTime.minValue, 1, 1),
    equals: (left: TransitionTime, right: TransitionTime) => left.equals(right),
    key: (value: TransitionTime) => `${value.month} ${value.timeOfDay.ticks}`,
  },
  {
    'static TransitionTime CreateFixedDateRule(DateTime timeOfDay, int month, int day)': (
      time: DateTime,
      month: number,
      day: number,
    ) => TransitionTime.fixed(time, month, day),
    'static TransitionTime CreateFloatingDateRule(DateTime timeOfDay, int month, int week, DayOfWeek dayOfWeek)':
      (...[time, month, week, dayOfWeek]: [DateTime, number, number, number]) =>
        TransitionTime.floating(time, month, week, dayOfWeek),
    'bool IsFixedDateRule { get; }': { get: (self: TransitionTime) => self.isFixedDateRule },
    'DateTime TimeOfDay { get; }': { get: (self: TransitionTime) => self.timeOfDay },
    'int Month { get; }': { get: (self: TransitionTime) => self.month },
    'int Week { get; }': { get: (self: TransitionTime) => self.place.week },
    'int Day { get; }': { get: (self: TransitionTime) => self.place.day },
    'DayOfWeek DayOfWeek { get; }': { get: (self: TransitionTime) => self.place.dayOfWeek },
    'bool Equals(TransitionTime other)': (self: TransitionTime, other: TransitionTime) =>
      self.equals(other),
  },
);

export const adjustmentRuleTable = typeTable(
  'class System.TimeZoneInfo.AdjustmentRule',
  { instance: AdjustmentRule },
  {
    'static AdjustmentRule CreateAdjustmentRule(DateTime dateStart, DateTime dateEnd, TimeSpan daylightDelta, TransitionTime daylightTransitionStart, TransitionTime daylightTransitionEnd)':
      (
        ...[from, to, delta, start, end]: [
          DateTime,
          DateTime,
          TimeSpan,
          TransitionTime,
          TransitionTime,
        ]
      ) => new AdjustmentRule(from, to, delta, { start, end }),
    'DateTime DateStart { get; }': { get: (self: AdjustmentRule) => self.dateStart },
    'DateTime DateEnd { get; }': { get: (self: AdjustmentRule) => self.dateEnd },
    'TimeSpan DaylightDelta { get; }': { get: (self: AdjustmentRule) => self.daylightDelta },
    'TransitionTime DaylightTransitionStart { get; }': {
      get: (self: AdjustmentRule) => self.transitions.start,
    },
    'TransitionTime DaylightTransitionEnd { get; }': {
      get: (self: AdjustmentRule) => self.transitions.end,
    },
  },
);

/** Differs from Azure: only the rule of the present year is known, as one for all years. */
export const adjustmentMembers: MemberRecord = {
  'AdjustmentRule[] GetAdjustmentRules()': (self: TimeZone, runtime: Runtime) => {
    runtime.step(400);
    const { year } = new DateTime(runtime.now());
    return newArray('AdjustmentRule', adjustmentRulesOf(self, year));
  },
};
