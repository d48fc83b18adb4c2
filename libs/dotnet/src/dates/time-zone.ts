import { findIana, WINDOWS_TO_IANA_MAP } from 'windows-iana';
import { argumentException, argumentNull, DotNetError } from '../dotnet-error.js';
import { DateTime, MAX_DATE_TICKS } from './date-time.js';
import { DateTimeOffset } from './date-time-offset.js';
import { TICKS_PER_MINUTE, TimeSpan } from './time-span.js';
import { ZoneRules } from './zone-rules.js';

/** Windows ids by their lower-case form. */
const WINDOWS_IDS = new Map(
  WINDOWS_TO_IANA_MAP.map(({ windowsName: name }) => [name.toLowerCase(), name]),
);

const zones = new Map<string, TimeZone>();

/** Abbreviations ICU knows beside the tz database; .NET does not find them. */
const NOT_IN_TZ_DATABASE =
  /^(?:ACT|AET|AGT|ART|AST|BET|BST|CAT|CNT|CST|CTT|EAT|ECT|IET|IST|JST|MIT|NET|NST|PLT|PNT|PRT|PST|SST|VST|SystemV\/.*)$/i;

function ianaOf(id: string): string | undefined {
  const windows = findIana(id)[0] ?? findIana(windowsName(id))[0];
  if (windows !== undefined) return windows;
  if (NOT_IN_TZ_DATABASE.test(id) || !/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(id)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: id }).resolvedOptions().timeZone;
  } catch {
    return undefined; // an unknown zone
  }
}

/** Windows ids in any case, and the ids newer than the mapping's data. */
function windowsName(id: string): string {
  const lower = id.toLowerCase();
  if (lower === 'mid-atlantic standard time') return 'UTC-02';
  if (lower === 'kamchatka standard time') return 'Russia Time Zone 11';
  return WINDOWS_IDS.get(lower) ?? id;
}

const notFound = (id: string): DotNetError =>
  new DotNetError(
    'System.TimeZoneNotFoundException',
    `The time zone ID '${id}' was not found on the local computer.`,
  );

/** System.TimeZoneInfo: a Windows or IANA time zone. */
export class TimeZone {
  static readonly utc = new TimeZone('UTC', new ZoneRules('UTC'));

  private supportsDaylight: boolean | undefined;

  /** Unchecked: use the static functions. */
  constructor(
    readonly id: string,
    private readonly rules: ZoneRules,
  ) {}

  /** FindSystemTimeZoneById: throws TimeZoneNotFoundException. */
  static find(id: string | null): TimeZone {
    if (id === null) throw argumentNull('id');
    if (id.toLowerCase() === 'utc') return TimeZone.utc;
    const known = zones.get(id);
    if (known) return known;
    const iana = ianaOf(id);
    if (iana === undefined) throw notFound(id);
    const zone = new TimeZone(WINDOWS_IDS.get(id.toLowerCase()) ?? id, new ZoneRules(iana));
    zones.set(id, zone);
    return zone;
  }

  /** IANA name behind the id. */
  get iana(): string {
    return this.rules.iana;
  }

  /** `(UTC-08:00) Pacific Time (Los Angeles)`. */
  get displayName(): string {
    if (this.isUtc) return '(UTC) Coordinated Universal Time';
    const minutes = Number(this.baseUtcOffset.ticks / TICKS_PER_MINUTE);
    const two = (value: number): string => value.toString().padStart(2, '0');
    const size = Math.abs(minutes);
    const sign = minutes < 0 ? '-' : '+';
    const offset = size === 0 ? '' : `${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
    const place = this.iana.split('/').at(-1)?.replaceAll('_', ' ') ?? '';
    return `(UTC${offset}) ${this.rules.name('longGeneric', false)} (${place})`;
  }
  get standardName(): string {
    return this.isUtc ? 'Coordinated Universal Time' : this.rules.name('long', false);
  }
  get daylightName(): string {
    return this.isUtc ? 'Coordinated Universal Time' : this.rules.name('long', true);
  }

  get isUtc(): boolean {
    return this === TimeZone.utc;
  }

  /** Offset of standard time in the present rules. */
  get baseUtcOffset(): TimeSpan {
    return new TimeSpan(this.rules.standardOffset(2026));
  }

  /** True when the zone's history has changes, as on Linux. */
  get supportsDaylightSavingTime(): boolean {
    return (this.supportsDaylight ??= !this.isUtc && this.rules.everChanged);
  }

  /** Offset at a UTC instant. */
  offsetAtUtc(utcTicks: bigint): TimeSpan {
    return new TimeSpan(this.rules.offsetAt(utcTicks));
  }

  /** Offset of a clock time of this zone; repeated times and gaps take standard time. */
  offsetOfLocal(ticks: bigint): TimeSpan {
    const [first] = this.rules.offsetsOfLocal(ticks);
    if (first !== undefined) return new TimeSpan(first);
    const before = this.rules.offsetAt(ticks - 864_000_000_000n);
    const after = this.rules.offsetAt(ticks + 864_000_000_000n);
    return new TimeSpan(before < after ? before : after);
  }

  /** GetUtcOffset: UTC and local values are instants, others clock times of this zone. */
  utcOffset(value: DateTime): TimeSpan {
    return value.kind === 'Unspecified'
      ? this.offsetOfLocal(value.ticks)
      : this.offsetAtUtc(value.ticks);
  }

  isInvalidTime(value: DateTime): boolean {
    return value.kind === 'Unspecified' && this.rules.offsetsOfLocal(value.ticks).length === 0;
  }

  isAmbiguousTime(value: DateTime): boolean {
    return this.rules.offsetsOfLocal(this.clockOf(value)).length > 1;
  }

  /** The two offsets of a repeated clock time; throws ArgumentException for others. */
  ambiguousTimeOffsets(value: DateTime): TimeSpan[] {
    const offsets = this.rules.offsetsOfLocal(this.clockOf(value));
    if (offsets.length < 2) {
      throw argumentException(
        'The supplied DateTime is not in an ambiguous time range.',
        'dateTime',
      );
    }
    return offsets.map((offset) => new TimeSpan(offset));
  }

  isDaylightSavingTime(value: DateTime): boolean {
    if (this.isInvalidTime(value)) return false;
    return this.utcOffset(value).ticks !== this.rules.standardOffset(value.year);
  }

  private clockOf(value: DateTime): bigint {
    return value.kind === 'Unspecified'
      ? value.ticks
      : value.ticks + this.rules.offsetAt(value.ticks);
  }
}

const clamp = (ticks: bigint): bigint =>
  ticks < 0n ? 0n : ticks > MAX_DATE_TICKS ? MAX_DATE_TICKS : ticks;

/** ConvertTimeFromUtc: a local value is refused; only UTC keeps its kind. */
export function convertTimeFromUtc(value: DateTime, zone: TimeZone): DateTime {
  return convertTime(value, TimeZone.utc, zone);
}

/** ConvertTimeToUtc with a source zone: throws ArgumentException for gaps and for kinds that do not fit. */
export function convertTimeToUtc(value: DateTime, source?: TimeZone): DateTime {
  if (source === undefined) return value.toUniversalTime();
  return convertTime(value, source, TimeZone.utc);
}

/** ConvertTime between two zones; the source of UTC and local values must be UTC. */
export function convertTime(value: DateTime, source: TimeZone, target: TimeZone): DateTime {
  const fits = value.kind === 'Unspecified' || (value.kind === 'Utc' ? source.isUtc : false);
  if (!fits) {
    throw argumentException(
      'The conversion could not be completed because the supplied DateTime did not have the Kind property set correctly.  For example, when the Kind property is DateTimeKind.Local, the source time zone must be TimeZoneInfo.Local.',
      'sourceTimeZone',
    );
  }
  if (source.isInvalidTime(value.withKind('Unspecified'))) {
    throw argumentException(
      'The supplied DateTime represents an invalid time.  For example, when the clock is adjusted forward, any time in the period that is skipped is invalid.',
      'dateTime',
    );
  }
  if (source === target) return target.isUtc ? value.withKind('Utc') : value;
  const utc = clamp(value.ticks - source.offsetOfLocal(value.ticks).ticks);
  return convertInstant(utc, target);
}

/** A UTC instant as a clock time of a zone: kind Utc in UTC, Unspecified elsewhere. */
function convertInstant(utcTicks: bigint, target: TimeZone): DateTime {
  if (target.isUtc) return new DateTime(utcTicks, 'Utc');
  return new DateTime(clamp(utcTicks + target.offsetAtUtc(utcTicks).ticks));
}

/** ConvertTime of a DateTimeOffset: the same instant at the offset of a zone. */
export function convertOffsetTime(value: DateTimeOffset, target: TimeZone): DateTimeOffset {
  return value.toOffset(target.offsetAtUtc(value.utcTicks));
}
