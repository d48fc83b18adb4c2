/** Names and patterns of System.Globalization.DateTimeFormatInfo (Gregorian calendar). */
export interface DateFormat {
  readonly amDesignator: string;
  readonly pmDesignator: string;
  readonly dateSeparator: string;
  readonly timeSeparator: string;
  readonly shortDatePattern: string;
  readonly longDatePattern: string;
  readonly shortTimePattern: string;
  readonly longTimePattern: string;
  readonly monthDayPattern: string;
  readonly yearMonthPattern: string;
  /** Sunday first. */
  readonly dayNames: readonly string[];
  readonly abbreviatedDayNames: readonly string[];
  readonly monthNames: readonly string[];
  readonly abbreviatedMonthNames: readonly string[];
  /** The forms used beside a day number. */
  readonly monthGenitiveNames: readonly string[];
  readonly abbreviatedMonthGenitiveNames: readonly string[];
  /** Text of the era of the common era (`g`). */
  readonly eraName: string;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const short = (name: string): string => name.slice(0, 3);

/** DateTimeFormatInfo.InvariantInfo. */
export const invariantDateFormat: DateFormat = {
  amDesignator: 'AM',
  pmDesignator: 'PM',
  dateSeparator: '/',
  timeSeparator: ':',
  shortDatePattern: 'MM/dd/yyyy',
  longDatePattern: 'dddd, dd MMMM yyyy',
  shortTimePattern: 'HH:mm',
  longTimePattern: 'HH:mm:ss',
  monthDayPattern: 'MMMM dd',
  yearMonthPattern: 'yyyy MMMM',
  dayNames: DAYS,
  abbreviatedDayNames: DAYS.map(short),
  monthNames: MONTHS,
  abbreviatedMonthNames: MONTHS.map(short),
  monthGenitiveNames: MONTHS,
  abbreviatedMonthGenitiveNames: MONTHS.map(short),
  eraName: 'A.D.',
};
