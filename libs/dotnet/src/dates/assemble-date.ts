import { fullYear, isDate } from './date-result.js';
import type { DateGrammar, DateOrder } from './date-words.js';

/** A number or a month name in the order of the text. `digits` is the length of a number. */
export interface DateItem {
  readonly kind: 'number' | 'month';
  readonly value: number;
  readonly digits: number;
}

interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const isYear = (item: DateItem): boolean => item.kind === 'number' && item.digits >= 3;

const dated = (year: number, month: number, day: number): CivilDate | undefined =>
  isDate(year, month, day) ? { year, month, day } : undefined;

/** The date that numbers and month names mean in a culture; undefined when they mean none. */
export function assembleDate(
  items: readonly DateItem[],
  grammar: DateGrammar,
  thisYear: number,
): CivilDate | undefined {
  const months = items.filter((item) => item.kind === 'month');
  const numbers = items.filter((item) => item.kind === 'number');
  if (months.length > 1 || numbers.some((item) => item.digits > 4)) return undefined;
  const month = months[0]?.value;
  if (month !== undefined) return withMonthName(items, numbers, grammar, thisYear);
  if (numbers.length === 3) return threeNumbers(numbers, grammar.order);
  if (numbers.length === 2) return twoNumbers(numbers, grammar, thisYear);
  return undefined;
}

function threeNumbers(numbers: readonly DateItem[], order: DateOrder): CivilDate | undefined {
  const [a, b, c] = numbers;
  if (!a || !b || !c) return undefined;
  if (isYear(a)) {
    return order === 'YDM' ? dated(a.value, c.value, b.value) : dated(a.value, b.value, c.value);
  }
  if (isYear(b)) return undefined;
  if (isYear(c)) {
    const monthFirst = order === 'MDY' || order === 'YMD';
    return monthFirst ? dated(c.value, a.value, b.value) : dated(c.value, b.value, a.value);
  }
  switch (order) {
    case 'YMD':
      return dated(fullYear(a.value), b.value, c.value);
    case 'MDY':
      return dated(fullYear(c.value), a.value, b.value);
    case 'DMY':
      return dated(fullYear(c.value), b.value, a.value);
    case 'YDM':
      return dated(fullYear(a.value), c.value, b.value);
  }
}

function twoNumbers(
  numbers: readonly DateItem[],
  grammar: DateGrammar,
  thisYear: number,
): CivilDate | undefined {
  const [a, b] = numbers;
  if (!a || !b) return undefined;
  if (isYear(a)) return dated(a.value, b.value, 1);
  if (isYear(b)) return dated(b.value, a.value, 1);
  return grammar.dayBeforeMonth
    ? dated(thisYear, b.value, a.value)
    : dated(thisYear, a.value, b.value);
}

function withMonthName(
  items: readonly DateItem[],
  numbers: readonly DateItem[],
  grammar: DateGrammar,
  thisYear: number,
): CivilDate | undefined {
  const month = items.find((item) => item.kind === 'month')?.value ?? 0;
  const [a, b] = numbers;
  if (!a || numbers.length > 2) return undefined;
  if (!b) {
    if (isYear(a)) return dated(a.value, month, 1);
    const monthFirst = items[0]?.kind === 'month';
    const { dayBeforeMonth, yearBeforeMonth } = grammar;
    const isTwoDigitYear = monthFirst
      ? dayBeforeMonth && !yearBeforeMonth
      : !dayBeforeMonth && yearBeforeMonth;
    return isTwoDigitYear ? dated(fullYear(a.value), month, 1) : dated(thisYear, month, a.value);
  }
  if (isYear(a)) return dated(a.value, month, b.value);
  if (isYear(b)) return dated(b.value, month, a.value);
  const dayThenYear = dated(fullYear(b.value), month, a.value);
  const yearThenDay = dated(fullYear(a.value), month, b.value);
  return grammar.order === 'YMD' ? (yearThenDay ?? dayThenYear) : (dayThenYear ?? yearThenDay);
}
