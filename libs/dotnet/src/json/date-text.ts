import { argumentOutOfRange } from '../dotnet-error.js';
import { DateTime, type DateTimeKind } from '../dates/date-time.js';
import { DateTimeOffset } from '../dates/date-time-offset.js';
import {
  TICKS_PER_DAY,
  TICKS_PER_MILLISECOND,
  TICKS_PER_SECOND,
  TimeSpan,
} from '../dates/time-span.js';

const isoForm =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?:?)?$/;
const microsoftForm = /^\/Date\((-?\d+)(?:([+-])(\d\d)(\d\d)?)?\)\/$/;
const ticksPerMinute = 60n * TICKS_PER_SECOND;

/**
 * The date that Newtonsoft's reader sees in a string (DateParseHandling.DateTime, round-trip
 * kind), or undefined where the string stays one. An offset makes the kind Local; the local
 * zone is UTC.
 */
export function detectDate(text: string): DateTime | undefined {
  if (text.startsWith('/')) return microsoftDate(text);
  if (text.length < 19 || text.length > 40) return undefined;
  const parsed = isoParts(text);
  if (!parsed) return undefined;
  if (parsed.offsetMinutes === undefined) return new DateTime(parsed.ticks, parsed.kind);
  const utc = parsed.ticks - BigInt(parsed.offsetMinutes) * ticksPerMinute;
  return new DateTime(clampTicks(utc), 'Local');
}

/** The same with DateParseHandling.DateTimeOffset: an offset is kept, without one it is UTC. */
export function detectDateOffset(text: string): DateTimeOffset | undefined {
  const detected = detectDate(text);
  if (!detected) return undefined;
  const offset = text.startsWith('/') ? undefined : isoParts(text)?.offsetMinutes;
  const instant = DateTimeOffset.fromDateTime(new DateTime(detected.ticks, 'Utc'));
  return offset === undefined ? instant : instant.toOffset(TimeSpan.fromMinutes(offset));
}

interface IsoParts {
  readonly ticks: bigint;
  readonly kind: DateTimeKind;
  readonly offsetMinutes: number | undefined;
}

function isoParts(text: string): IsoParts | undefined {
  const match = isoForm.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > DateTime.daysInMonth(year, month))
    return undefined;
  const fraction = BigInt((match[7] ?? '').padEnd(7, '0'));
  const midnightAfter = hour === 24 && minute === 0 && second === 0 && fraction === 0n;
  if (!(hour < 24 || midnightAfter) || minute > 59 || second > 59) return undefined;
  const time = BigInt((hour * 60 + minute) * 60 + second) * TICKS_PER_SECOND + fraction;
  const ticks = DateTime.of({ year, month, day }).ticks + time;
  const sign = match[9] === '-' ? -1 : 1;
  const offsetMinutes = match[9]
    ? sign * (Number(match[10]) * 60 + Number(match[11] ?? '0'))
    : undefined;
  // Midnight after the last day there is.
  if (ticks > DateTime.maxValue.ticks)
    throw argumentOutOfRange(
      'value',
      'The added or subtracted value results in an un-representable DateTime.',
    );
  return { ticks, kind: match[8] ? 'Utc' : 'Unspecified', offsetMinutes };
}

function microsoftDate(text: string): DateTime | undefined {
  const match = microsoftForm.exec(text);
  if (!match) return undefined;
  const ticks = DateTime.unixEpoch.ticks + BigInt(match[1]!) * TICKS_PER_MILLISECOND;
  if (ticks < 0n || ticks > DateTime.maxValue.ticks)
    throw argumentOutOfRange(
      'ticks',
      'Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.',
    );
  return new DateTime(ticks, match[2] ? 'Local' : 'Utc');
}

function clampTicks(ticks: bigint): bigint {
  if (ticks < 0n) return 0n;
  return ticks > DateTime.maxValue.ticks ? DateTime.maxValue.ticks : ticks;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A date in JSON (DateFormatHandling.IsoDateFormat, round-trip kind), without quotes. */
export function jsonDate(value: DateTime | DateTimeOffset): string {
  const clock = value instanceof DateTimeOffset ? value.dateTime : value;
  const day = `${String(clock.year).padStart(4, '0')}-${two(clock.month)}-${two(clock.day)}`;
  const time = `${two(clock.hour)}:${two(clock.minute)}:${two(clock.second)}`;
  const rest = (clock.ticks % TICKS_PER_DAY) % TICKS_PER_SECOND;
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(7, '0').replace(/0+$/, '')}`;
  return `${day}T${time}${fraction}${zoneText(value)}`;
}

function zoneText(value: DateTime | DateTimeOffset): string {
  if (value instanceof DateTime) {
    if (value.kind === 'Utc') return 'Z';
    return value.kind === 'Local' ? '+00:00' : '';
  }
  const minutes = Number(value.offset.ticks / ticksPerMinute);
  const sign = minutes < 0 ? '-' : '+';
  const size = Math.abs(minutes);
  return `${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
