import type { DateFormat } from './date-format.js';

type Options = Intl.DateTimeFormatOptions;
type Part = Intl.DateTimeFormatPart;

/** 2026-03-05 09:07:08 UTC, a Thursday: every field needs one digit, so padding shows. */
const MORNING = Date.UTC(2026, 2, 5, 9, 7, 8);
const AFTERNOON = Date.UTC(2026, 2, 5, 15, 7, 8);

const LONG_MONTH = /\p{L}/u;

function formatter(locale: string, options: Options): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    calendar: 'gregory',
    numberingSystem: 'latn',
    ...options,
  });
}

const quoted = (literal: string): string => {
  const text = literal.replaceAll('\u202f', ' ').replaceAll("'", '');
  return text.replace(
    /[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f ]*[A-Za-z\u00c0-\u024f]|[A-Za-z]/g,
    "'$&'",
  );
};

/** The .NET custom format that gives the same text as an Intl format. */
function patternOf(locale: string, options: Options): string {
  const format = formatter(locale, options);
  const cycle = format.resolvedOptions().hourCycle;
  const hour = cycle === 'h11' || cycle === 'h12' ? 'h' : 'H';
  const padded = (value: string, letter: string): string =>
    value.length > 1 ? letter + letter : letter;
  const specifier = (part: Part): string => {
    // The engine's list of part types is open; unknown ones are literal text.
    const type: string = part.type;
    switch (type) {
      case 'year':
        return 'yyyy';
      case 'month':
        return LONG_MONTH.test(part.value) && options.dateStyle !== 'short'
          ? 'MMMM'
          : padded(part.value, 'M');
      case 'day':
        return padded(part.value, 'd');
      case 'weekday':
        return 'dddd';
      case 'hour':
        return padded(part.value, hour);
      case 'minute':
        return padded(part.value, 'm');
      case 'second':
        return padded(part.value, 's');
      case 'dayPeriod':
        return 'tt';
      default:
        return quoted(part.value);
    }
  };
  return format.formatToParts(MORNING).map(specifier).join('');
}

function names(
  count: number,
  instant: (index: number) => number,
  locale: string,
  options: Options,
): string[] {
  const format = formatter(locale, options);
  const type = options.weekday === undefined ? 'month' : 'weekday';
  return Array.from({ length: count }, (_, index) => {
    const parts = format.formatToParts(instant(index));
    const at = parts.findIndex((part) => part.type === type);
    const name = parts[at]?.value ?? '';
    // East Asian months are a number followed by a literal sign, which belongs to the name.
    const sign = parts[at + 1];
    return /^\d+$/.test(name) &&
      type === 'month' &&
      sign?.type === 'literal' &&
      /^\p{L}/u.test(sign.value)
      ? name + sign.value.slice(0, 1)
      : name;
  });
}

const monthInstant = (index: number): number => Date.UTC(2026, index, 15);
const dayInstant = (index: number): number => Date.UTC(2026, 1, 1 + index);

function designator(locale: string, instant: number): string {
  const parts = formatter(locale, { hour: 'numeric', hour12: true }).formatToParts(instant);
  const name = parts.find((part) => part.type === 'dayPeriod')?.value ?? '';
  return name.replace(/\s/g, '\u00a0');
}

/** The text between two fields of a pattern. */
const separatorIn = (pattern: string, fields: RegExp, fallback: string): string =>
  fields.exec(pattern.replaceAll("'", ''))?.[1] ?? fallback;

/** DateTimeFormatInfo of a locale from the ICU data of the JavaScript engine. */
export function intlDateFormat(locale: string): DateFormat {
  const months = (options: Options): string[] => names(12, monthInstant, locale, options);
  const days = (options: Options): string[] => names(7, dayInstant, locale, options);
  // Where a date writes the month as a number, the pattern and not the name says so.
  const named = (genitive: readonly string[], plain: readonly string[]): string[] =>
    genitive.map((name, index) => (/^\d/.test(name) ? (plain[index] ?? name) : name));
  const monthNames = months({ month: 'long' });
  const abbreviatedMonthNames = months({ month: 'short' });
  const shortDatePattern = patternOf(locale, { dateStyle: 'short' });
  const longTimePattern = patternOf(locale, { timeStyle: 'medium' });
  return {
    amDesignator: designator(locale, MORNING),
    pmDesignator: designator(locale, AFTERNOON),
    dateSeparator: separatorIn(shortDatePattern, /[dMy]([^dMy]+?)[dMy]/, '/'),
    timeSeparator: separatorIn(longTimePattern, /[Hhm]([^Hhms]+?)[ms]/, ':'),
    shortDatePattern,
    longDatePattern: patternOf(locale, { dateStyle: 'full' }),
    shortTimePattern: patternOf(locale, { timeStyle: 'short' }),
    longTimePattern,
    monthDayPattern: patternOf(locale, { month: 'long', day: 'numeric' }),
    yearMonthPattern: patternOf(locale, { year: 'numeric', month: 'long' }),
    dayNames: days({ weekday: 'long' }),
    abbreviatedDayNames: days({ weekday: 'short' }),
    monthNames,
    abbreviatedMonthNames,
    monthGenitiveNames: named(months({ month: 'long', day: 'numeric' }), monthNames),
    abbreviatedMonthGenitiveNames: named(
      months({ month: 'short', day: 'numeric' }),
      abbreviatedMonthNames,
    ),
    eraName:
      formatter(locale, { era: 'short', year: 'numeric' })
        .formatToParts(MORNING)
        .find((part) => part.type === 'era')?.value ?? 'AD',
  };
}
