import { UNIX_EPOCH_TICKS } from './date-time.js';
import { TICKS_PER_MILLISECOND, TICKS_PER_MINUTE } from './time-span.js';

/** Offsets of an IANA zone from the time zone data of the JavaScript engine. */
export class ZoneRules {
  private readonly formatter: Intl.DateTimeFormat;
  /** Offset by UTC hour: rules never change within one in practice, and lookups repeat. */
  private readonly cache = new Map<number, bigint>();

  constructor(readonly iana: string) {
    this.formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: iana,
      timeZoneName: 'longOffset',
      year: 'numeric',
    });
  }

  /** Offset in ticks at a UTC instant given in ticks. */
  offsetAt(utcTicks: bigint): bigint {
    const milliseconds = Number((utcTicks - UNIX_EPOCH_TICKS) / TICKS_PER_MILLISECOND);
    const quarter = Math.floor(milliseconds / 900_000);
    const cached = this.cache.get(quarter);
    if (cached !== undefined) return cached;
    const offset = this.readOffset(quarter * 900_000);
    if (this.cache.size >= 4096) this.cache.clear();
    this.cache.set(quarter, offset);
    return offset;
  }

  /** The offsets a local clock time can have: none in a gap, two when it repeats, smaller one first. */
  offsetsOfLocal(localTicks: bigint): bigint[] {
    const day = 864_000_000_000n;
    const around = new Set([this.offsetAt(localTicks - day), this.offsetAt(localTicks + day)]);
    return [...around]
      .filter((offset) => this.offsetAt(localTicks - offset) === offset)
      .toSorted((a, b) => (a < b ? -1 : 1));
  }

  /** The smaller offset of the middle of January and July of a year. */
  standardOffset(year: number): bigint {
    const [first, second] = this.seasons(year);
    return first < second ? first : second;
  }

  /** True when any year of tz history shows two offsets, or the offset changed between years. */
  get everChanged(): boolean {
    const base = this.seasons(2026)[0];
    for (let year = 1900; year <= 2037; year++) {
      if (this.seasons(year).some((offset) => offset !== base)) return true;
    }
    return false;
  }

  /** English name of the zone in standard or daylight-saving time. */
  name(style: 'long' | 'longGeneric', daylight: boolean): string {
    const [winter, summer] = this.seasons(2026);
    const summerIsDaylight = summer > winter;
    const month = summerIsDaylight === daylight ? 6 : 0;
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: this.iana,
      timeZoneName: style,
      year: 'numeric',
    }).formatToParts(Date.UTC(2026, month, 15, 12));
    return parts.find((part) => part.type === 'timeZoneName')?.value ?? this.iana;
  }

  private seasons(year: number): [bigint, bigint] {
    const at = (month: number): bigint => this.readOffset(Date.UTC(year, month, 15, 12));
    return [at(0), at(6)];
  }

  private readOffset(milliseconds: number): bigint {
    const parts = this.formatter.formatToParts(milliseconds);
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
    const match = /([+\-\u2212])(\d{2}):(\d{2})/.exec(name);
    if (!match) return 0n;
    const minutes = BigInt(Number(match[2]) * 60 + Number(match[3]));
    return (match[1] === '+' ? minutes : -minutes) * TICKS_PER_MINUTE;
  }
}
