import {
  argumentNull,
  convertOffsetTime,
  convertTime,
  convertTimeFromUtc,
  convertTimeToUtc,
  DateTime,
  DateTimeOffset,
  TimeSpan,
  TimeZone,
} from '@isthmus/dotnet';
import { newArray } from '../../runtime/runtime-type.js';
import { typeTable, type Facets, type MemberRecord } from '../table.js';
import { adjustmentMembers } from './adjustment-rule.js';

const facets: Facets = {
  instance: TimeZone,
  equals: (left: TimeZone, right: TimeZone) => left.id === right.id,
  key: (value: TimeZone) => value.id,
  text: (value: TimeZone) => value.displayName,
};

function given(zone: TimeZone | null, name: string): TimeZone {
  if (zone === null) throw argumentNull(name);
  return zone;
}

const properties: MemberRecord = {
  'static TimeZoneInfo Utc { get; }': { get: () => TimeZone.utc },
  'static TimeZoneInfo Local { get; }': { get: () => TimeZone.utc },
  'string Id { get; }': { get: (self: TimeZone) => self.id },
  'string DisplayName { get; }': { get: (self: TimeZone) => self.displayName },
  'string StandardName { get; }': { get: (self: TimeZone) => self.standardName },
  'string DaylightName { get; }': { get: (self: TimeZone) => self.daylightName },
  'TimeSpan BaseUtcOffset { get; }': { get: (self: TimeZone) => self.baseUtcOffset },
  'bool SupportsDaylightSavingTime { get; }': {
    get: (self: TimeZone) => self.supportsDaylightSavingTime,
  },
  'bool HasIanaId { get; }': { get: (self: TimeZone) => self.id === self.iana },
};

const questions: MemberRecord = {
  'TimeSpan GetUtcOffset(DateTime dateTime)': (self: TimeZone, value: DateTime) =>
    self.utcOffset(value),
  'TimeSpan GetUtcOffset(DateTimeOffset dateTimeOffset)': (self: TimeZone, value: DateTimeOffset) =>
    self.offsetAtUtc(value.utcTicks),
  'bool IsDaylightSavingTime(DateTime dateTime)': (self: TimeZone, value: DateTime) =>
    self.isDaylightSavingTime(value),
  'bool IsDaylightSavingTime(DateTimeOffset dateTimeOffset)': (
    self: TimeZone,
    value: DateTimeOffset,
  ) => self.isDaylightSavingTime(value.utcDateTime),
  'bool IsAmbiguousTime(DateTime dateTime)': (self: TimeZone, value: DateTime) =>
    self.isAmbiguousTime(value),
  'bool IsAmbiguousTime(DateTimeOffset dateTimeOffset)': (self: TimeZone, value: DateTimeOffset) =>
    self.isAmbiguousTime(value.utcDateTime),
  'bool IsInvalidTime(DateTime dateTime)': (self: TimeZone, value: DateTime) =>
    self.isInvalidTime(value),
  'TimeSpan[] GetAmbiguousTimeOffsets(DateTime dateTime)': (self: TimeZone, value: DateTime) =>
    newArray('TimeSpan', self.ambiguousTimeOffsets(value)),
  'bool HasSameRules(TimeZoneInfo other)': (self: TimeZone, other: TimeZone | null) =>
    self.iana === given(other, 'other').iana,
  'bool Equals(TimeZoneInfo other)': (self: TimeZone, other: TimeZone | null) =>
    self.id === other?.id,
};

/** The zone that a kind stands for, when no source is named. */
const sourceOf = (): TimeZone => TimeZone.utc;

const conversions: MemberRecord = {
  'static TimeZoneInfo FindSystemTimeZoneById(string id)': (id: string | null) => TimeZone.find(id),
  'static DateTime ConvertTimeFromUtc(DateTime dateTime, TimeZoneInfo destinationTimeZone)': (
    value: DateTime,
    zone: TimeZone | null,
  ) => convertTimeFromUtc(value, given(zone, 'destinationTimeZone')),
  'static DateTime ConvertTimeToUtc(DateTime dateTime)': (value: DateTime) =>
    convertTimeToUtc(value),
  'static DateTime ConvertTimeToUtc(DateTime dateTime, TimeZoneInfo sourceTimeZone)': (
    value: DateTime,
    zone: TimeZone | null,
  ) => convertTimeToUtc(value, given(zone, 'sourceTimeZone')),
  'static DateTime ConvertTime(DateTime dateTime, TimeZoneInfo destinationTimeZone)': (
    value: DateTime,
    zone: TimeZone | null,
  ) => convertTime(value.withKind('Unspecified'), sourceOf(), given(zone, 'destinationTimeZone')),
  'static DateTime ConvertTime(DateTime dateTime, TimeZoneInfo sourceTimeZone, TimeZoneInfo destinationTimeZone)':
    (value: DateTime, source: TimeZone | null, target: TimeZone | null) =>
      convertTime(value, given(source, 'sourceTimeZone'), given(target, 'destinationTimeZone')),
  'static DateTimeOffset ConvertTime(DateTimeOffset dateTimeOffset, TimeZoneInfo destinationTimeZone)':
    (value: DateTimeOffset, zone: TimeZone | null) =>
      convertOffsetTime(value, given(zone, 'destinationTimeZone')),
  'static DateTime ConvertTimeBySystemTimeZoneId(DateTime dateTime, string destinationTimeZoneId)':
    (value: DateTime, id: string | null) =>
      convertTime(value.withKind('Unspecified'), sourceOf(), TimeZone.find(id)),
  'static DateTime ConvertTimeBySystemTimeZoneId(DateTime dateTime, string sourceTimeZoneId, string destinationTimeZoneId)':
    (value: DateTime, source: string | null, target: string | null) =>
      convertTime(value, TimeZone.find(source), TimeZone.find(target)),
  'static DateTimeOffset ConvertTimeBySystemTimeZoneId(DateTimeOffset dateTimeOffset, string destinationTimeZoneId)':
    (value: DateTimeOffset, id: string | null) => convertOffsetTime(value, TimeZone.find(id)),
};

export const timeZoneInfoTable = typeTable(
  'class System.TimeZoneInfo : IEquatable<TimeZoneInfo>',
  facets,
  properties,
  questions,
  conversions,
  adjustmentMembers,
);

/** The old TimeZone class only knows the local zone, which is UTC. */
class CurrentZone {
  static readonly instance = new CurrentZone();
}

export const timeZoneTable = typeTable(
  'abstract class System.TimeZone',
  { instance: CurrentZone },
  {
    'static TimeZone CurrentTimeZone { get; }': { get: () => CurrentZone.instance },
    'string StandardName { get; }': { get: () => 'UTC' },
    'string DaylightName { get; }': { get: () => 'UTC' },
    'TimeSpan GetUtcOffset(DateTime time)': () => TimeSpan.zero,
    'bool IsDaylightSavingTime(DateTime time)': () => false,
    'DateTime ToUniversalTime(DateTime time)': (_self: CurrentZone, time: DateTime) =>
      time.toUniversalTime(),
    'DateTime ToLocalTime(DateTime time)': (_self: CurrentZone, time: DateTime) =>
      time.toLocalTime(),
  },
);
