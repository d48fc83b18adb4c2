const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
const DAYS_BEFORE_LEAP = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366];

/** Gregorian leap year. */
export const isLeap = (year: number): boolean =>
  year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const daysBefore = (year: number, month: number): number =>
  (isLeap(year) ? DAYS_BEFORE_LEAP : DAYS_BEFORE)[month - 1] ?? 0;

/** Days of a month, 1 to 12. */
export const daysInMonth = (year: number, month: number): number =>
  daysBefore(year, month + 1) - daysBefore(year, month);

/** Days from 0001-01-01 to a date. */
export function dayNumber(year: number, month: number, day: number): number {
  const y = year - 1;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leaps + daysBefore(year, month) + day - 1;
}

/** Year, month, day and day of the year of a day number. */
export function civilDate(dayCount: number): {
  year: number;
  month: number;
  day: number;
  dayOfYear: number;
} {
  const n400 = Math.floor(dayCount / 146097);
  let rest = dayCount - n400 * 146097;
  const n100 = Math.min(3, Math.floor(rest / 36524));
  rest -= n100 * 36524;
  const n4 = Math.floor(rest / 1461);
  rest -= n4 * 1461;
  const n1 = Math.min(3, Math.floor(rest / 365));
  rest -= n1 * 365;
  const year = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1;
  let month = Math.floor(rest / 32) + 1;
  while (daysBefore(year, month + 1) <= rest) month++;
  return { year, month, day: rest - daysBefore(year, month) + 1, dayOfYear: rest + 1 };
}
