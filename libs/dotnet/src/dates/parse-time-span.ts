import { invariantCulture, type Culture } from '../culture/culture.js';
import { formatException, overflowException } from '../dotnet-error.js';
import { TICKS_PER_DAY, TICKS_PER_SECOND, TimeSpan } from './time-span.js';

const notASpan = (text: string): Error =>
  formatException(`String '${text}' was not recognized as a valid TimeSpan.`);
const tooLarge = (text: string): Error =>
  overflowException(
    `The TimeSpan string '${text}' could not be parsed because at least one of the numeric components is out of range or contains too many digits.`,
  );
const badFormat = (): Error => formatException('Input string was not in a correct format.');

interface SpanDigits {
  readonly negative: boolean;
  readonly days: string;
  readonly hours: string;
  readonly minutes: string;
  readonly seconds: string;
  readonly fraction: string;
}

/** Undefined when a part is out of range. */
function spanOf(parts: SpanDigits): TimeSpan | undefined {
  const days = Number(parts.days);
  const hours = Number(parts.hours);
  const minutes = Number(parts.minutes);
  const seconds = Number(parts.seconds);
  const { fraction } = parts;
  if (days > 10_675_199 || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  if (fraction.replace(/^0+/, '').length > 7) return undefined;
  const below =
    fraction.length <= 7
      ? BigInt(fraction.padEnd(7, '0'))
      : BigInt(Math.round(Number(`0.${fraction}`) * 1e7));
  const ticks =
    BigInt(days) * TICKS_PER_DAY +
    BigInt(hours * 3600 + minutes * 60 + seconds) * TICKS_PER_SECOND +
    below;
  const signed = parts.negative ? -ticks : ticks;
  const inRange = signed <= TimeSpan.maxValue.ticks && signed >= TimeSpan.minValue.ticks;
  return inRange ? new TimeSpan(signed) : undefined;
}

/** `TimeSpan.Parse`: `[-][d.]hh:mm[:ss[.f]]`, `d:hh:mm:ss`, `d`. Throws FormatException or OverflowException. */
export function parseTimeSpan(text: string, culture: Culture = invariantCulture): TimeSpan {
  const point = culture.numbers.decimalSeparator === ',' ? '[.,]' : '\\.';
  const body = text.trim();
  const pattern = new RegExp(
    `^(-?)(?:(\\d+)|(?:(\\d+)\\.)?(\\d+):(\\d+)(?::(\\d+))?(?:${point}(\\d+))?|(\\d+):(\\d+):(\\d+):(\\d+)(?:${point}(\\d+))?)$`,
  );
  const match = body.length > 100 ? null : pattern.exec(body);
  if (!match) throw notASpan(text);
  const [, sign, onlyDays, days, first, second, third, fraction] = match;
  const base = {
    negative: sign === '-',
    days: '0',
    hours: '0',
    minutes: '0',
    seconds: '0',
    fraction: '',
  };
  let candidates: SpanDigits[];
  if (onlyDays !== undefined) candidates = [{ ...base, days: onlyDays }];
  else if (match[8] !== undefined) {
    candidates = [
      {
        ...base,
        days: match[8],
        hours: match[9] ?? '0',
        minutes: match[10] ?? '0',
        seconds: match[11] ?? '0',
        fraction: match[12] ?? '',
      },
    ];
  } else candidates = clockCandidates(base, [days, first, second, third, fraction]);
  for (const candidate of candidates) {
    const span = spanOf(candidate);
    if (span) return span;
  }
  throw candidates.length === 0 ? notASpan(text) : tooLarge(text);
}

/** `a:b:c` is hours, minutes and seconds or, when these do not fit, days, hours and minutes. */
function clockCandidates(base: SpanDigits, parts: readonly (string | undefined)[]): SpanDigits[] {
  const [days, first = '0', second = '0', third, fraction] = parts;
  const clock = { ...base, hours: first, minutes: second };
  if (fraction !== undefined && third === undefined) return [];
  if (days !== undefined) {
    return [{ ...clock, days, seconds: third ?? '0', fraction: fraction ?? '' }];
  }
  if (third === undefined) return [clock];
  const full = { ...clock, seconds: third, fraction: fraction ?? '' };
  return fraction === undefined
    ? [full, { ...base, days: first, hours: second, minutes: third }]
    : [full];
}

const STANDARD: Readonly<Record<string, RegExp>> = {
  c: /^(-?)(?:(\d+)\.)?(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?$/,
  g: /^(-?)(?:(\d+):)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,7}))?)?$/,
  G: /^(-?)(\d+):(\d{1,2}):(\d{1,2}):(\d{1,2})[.,](\d{7})$/,
};

/** `TimeSpan.ParseExact` with one format. Throws FormatException or OverflowException. */
export function parseExactTimeSpan(text: string, format: string): TimeSpan {
  if (text.length > 1000 || format.length > 1000) throw badFormat();
  if (format.length !== 1) return customSpan(text, format);
  const pattern = STANDARD[/[tT]/.test(format) ? 'c' : format];
  if (!pattern) throw formatException(`Format specifier '${format}' was invalid.`);
  if (format === 'g') {
    // The three-part form of "g" is h:mm:ss, the four-part form d:h:mm:ss.
    const counts = text.split(':').length;
    if (counts < 2) throw notASpan(text);
  }
  const match = pattern.exec(text);
  if (!match) throw notASpan(text);
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  const span = spanOf({ negative: sign === '-', days, hours, minutes, seconds, fraction });
  if (!span) throw tooLarge(text);
  return span;
}

const MOST: Readonly<Record<string, number>> = { d: 8, h: 2, m: 2, s: 2 };
const PART: Readonly<Record<string, 'days' | 'hours' | 'minutes' | 'seconds'>> = {
  d: 'days',
  h: 'hours',
  m: 'minutes',
  s: 'seconds',
};

function customSpan(text: string, format: string): TimeSpan {
  const found = {
    negative: false,
    days: '0',
    hours: '0',
    minutes: '0',
    seconds: '0',
    fraction: '',
  };
  let at = 0;
  let index = 0;
  const take = (pattern: RegExp): string => {
    const match = pattern.exec(text.slice(at));
    if (!match) throw badFormat();
    at += match[0].length;
    return match[0];
  };
  const literal = (expected: string): void => {
    if (!text.startsWith(expected, at)) throw badFormat();
    at += expected.length;
  };
  while (index < format.length) {
    const char = format[index] ?? '';
    let length = 1;
    while (format[index + length] === char) length++;
    const part = PART[char];
    if (part !== undefined) {
      if (length > (MOST[char] ?? 2)) throw badFormat();
      const upTo = char === 'd' ? 8 : 2;
      found[part] = take(new RegExp(length === 1 ? `^\\d{1,${upTo}}` : `^\\d{${length}}`));
      index += length;
    } else if (char === 'f' || char === 'F') {
      if (length > 7) throw badFormat();
      found.fraction = take(new RegExp(char === 'f' ? `^\\d{${length}}` : `^\\d{0,${length}}`));
      index += length;
    } else if (char === '%') index++;
    else if (char === '\\') {
      literal(format[index + 1] ?? '\uffff');
      index += 2;
    } else if (char === "'" || char === '"') {
      const end = format.indexOf(char, index + 1);
      if (end < 0) throw badFormat();
      literal(format.slice(index + 1, end));
      index = end + 1;
    } else throw badFormat();
  }
  if (at !== text.length) throw notASpan(text);
  const span = spanOf(found);
  if (!span) throw tooLarge(text);
  return span;
}
