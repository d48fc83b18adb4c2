import { invariantCulture, type Culture } from '../culture/culture.js';

/** Meaning of a word in date text. */
export interface DateWord {
  readonly kind: 'month' | 'weekday' | 'am' | 'pm' | 'utc' | 'filler' | 'era';
  readonly value: number;
}

export type DateOrder = 'YMD' | 'MDY' | 'DMY' | 'YDM';

/** Order and words that parsing needs, derived once per culture. */
export interface DateGrammar {
  /** Lower-case words, longest first. */
  readonly words: readonly (readonly [string, DateWord])[];
  readonly order: DateOrder;
  /** Whether a month's pattern puts the day before the month, and the year before the month. */
  readonly dayBeforeMonth: boolean;
  readonly yearBeforeMonth: boolean;
  readonly hasSuffixes: boolean;
}

const grammars = new WeakMap<Culture, DateGrammar>();

/** The parsing grammar of a culture; the invariant culture's words are understood everywhere. */
export function dateGrammarOf(culture: Culture): DateGrammar {
  const cached = grammars.get(culture);
  if (cached) return cached;
  const grammar = makeGrammar(culture);
  grammars.set(culture, grammar);
  return grammar;
}

function orderOf(pattern: string): DateOrder {
  const bare = pattern.replace(/'[^']*'/g, '');
  const letters = ['y', 'M', 'd']
    .map((letter) => ({ letter, at: bare.indexOf(letter) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ letter }) => letter.toUpperCase())
    .join('');
  return letters === 'YMD' || letters === 'DMY' || letters === 'YDM' ? letters : 'MDY';
}

function makeGrammar(culture: Culture): DateGrammar {
  const words = new Map<string, DateWord>();
  const add = (text: string, kind: DateWord['kind'], value: number): void => {
    const key = text.trim().toLowerCase();
    if (key !== '' && !/^\d/.test(key) && !words.has(key)) words.set(key, { kind, value });
  };
  for (const { dates } of [culture, invariantCulture]) {
    const months = [
      dates.monthNames,
      dates.monthGenitiveNames,
      dates.abbreviatedMonthNames,
      dates.abbreviatedMonthGenitiveNames,
    ];
    for (const list of months) list.forEach((name, index) => add(name, 'month', index + 1));
    for (const list of [dates.dayNames, dates.abbreviatedDayNames]) {
      list.forEach((name, index) => add(name, 'weekday', index));
    }
    add(dates.amDesignator, 'am', 0);
    add(dates.pmDesignator, 'pm', 0);
    for (const pattern of [dates.longDatePattern, dates.yearMonthPattern, dates.monthDayPattern]) {
      for (const [, literal = ''] of pattern.matchAll(/'([^']*)'/g)) add(literal, 'filler', 0);
    }
  }
  add('a', 'am', 0);
  add('p', 'pm', 0);
  add('gmt', 'utc', 0);
  add('z', 'utc', 0);
  add('a.d.', 'era', 0);
  add('ad', 'era', 0);
  const { monthDayPattern, yearMonthPattern, shortDatePattern } = culture.dates;
  return {
    words: [...words].toSorted((a, b) => b[0].length - a[0].length),
    order: orderOf(shortDatePattern),
    dayBeforeMonth: monthDayPattern.indexOf('d') < monthDayPattern.indexOf('M'),
    yearBeforeMonth: yearMonthPattern.indexOf('y') < yearMonthPattern.indexOf('M'),
    hasSuffixes: /^(?:ja|zh|ko)\b/.test(culture.name),
  };
}
