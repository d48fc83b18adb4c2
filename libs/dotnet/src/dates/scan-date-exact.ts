import { invariantCulture } from '../culture/culture.js';
import type { DateFormat } from '../culture/date-format.js';
import { formatException } from '../dotnet-error.js';
import { isInvariantPattern, MOST_FORMAT, standardDatePattern } from './format-date-time.js';
import { DateTimeStyles } from './date-styles.js';
import { fullYear, notADate, type ParseDateOptions, type ScannedDate } from './date-result.js';

/** Reads date text by one standard or custom format; throws FormatException. */
export function scanDateExact(
  text: string,
  format: string,
  options: ParseDateOptions,
): ScannedDate {
  if (format === '') throw formatException("Format specifier '' was invalid.");
  if (text === '' || format.length > MOST_FORMAT) throw notADate(text);
  const isStandard = format.length === 1;
  const dates =
    isStandard && isInvariantPattern(format) ? invariantCulture.dates : options.culture.dates;
  const pattern = isStandard ? standardDatePattern(format, dates) : format;
  return new ExactScanner(text, pattern, dates, options.styles ?? 0).scan();
}

type Field = keyof ScannedDate;

class ExactScanner {
  private readonly found: ScannedDate = {};
  private at = 0;
  private half: 'am' | 'pm' | undefined;

  constructor(
    private readonly text: string,
    private readonly format: string,
    private readonly dates: DateFormat,
    private readonly styles: number,
  ) {}

  scan(): ScannedDate {
    if (this.allows(DateTimeStyles.AllowLeadingWhite)) this.skipWhite();
    let index = 0;
    while (index < this.format.length) index += this.part(this.format, index);
    if (this.allows(DateTimeStyles.AllowTrailingWhite)) this.skipWhite();
    if (this.at !== this.text.length) throw this.refused();
    this.applyHalf();
    return this.found;
  }

  private allows(flag: number): boolean {
    return (this.styles & flag) !== 0;
  }

  private refused(): Error {
    return notADate(this.text);
  }

  private skipWhite(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private applyHalf(): void {
    if (this.half === undefined || this.found.hour === undefined) return;
    const hour = this.found.hour;
    if (this.half === 'am' && hour === 12) this.found.hour = 0;
    if (this.half === 'pm' && hour < 12) this.found.hour = hour + 12;
  }

  private set(field: Field, value: number): void {
    const before = this.found[field];
    if (before !== undefined && before !== value) throw this.refused();
    Object.assign(this.found, { [field]: value });
  }

  private literal(expected: string): void {
    if (!this.text.startsWith(expected, this.at)) throw this.refused();
    this.at += expected.length;
  }

  /** `length` 1 takes one or two digits, more exactly as many. */
  private digits(length: number): number {
    const pattern = length === 1 ? /^\d{1,2}/ : new RegExp(`^\\d{${length}}`);
    const match = pattern.exec(this.text.slice(this.at));
    if (!match) throw this.refused();
    this.at += match[0].length;
    return Number(match[0]);
  }

  private name(lists: readonly (readonly string[])[]): number {
    const rest = this.text.slice(this.at).toLowerCase();
    let best = { length: 0, index: -1 };
    for (const list of lists) {
      list.forEach((name, index) => {
        if (name.length > best.length && rest.startsWith(name.toLowerCase())) {
          best = { length: name.length, index };
        }
      });
    }
    if (best.index < 0) throw this.refused();
    this.at += best.length;
    return best.index;
  }

  /** Matches the part of the format at `index`; returns its length. */
  private part(format: string, index: number): number {
    const char = format[index] ?? '';
    let length = 1;
    while (format[index + length] === char) length++;
    switch (char) {
      case "'":
      case '"':
        return this.quoted(format, index, char);
      case '\\':
        this.literal(format[index + 1] ?? '\uffff');
        return 2;
      case '%':
        return 1 + Math.min(1, this.part(format[index + 1] ?? '%', 0));
      case ':':
        this.separator(':', this.dates.timeSeparator);
        return 1;
      case '/':
        this.separator('/', this.dates.dateSeparator);
        return 1;
      case '.':
        return this.point(format, index);
      case ' ':
        if (this.allows(DateTimeStyles.AllowInnerWhite)) this.skipWhite();
        else this.literal(' ');
        return 1;
      default:
        return this.field(char, length);
    }
  }

  private separator(plain: string, own: string): void {
    if (this.text.startsWith(own, this.at)) this.at += own.length;
    else this.literal(plain);
  }

  /** A point before an absent optional fraction is optional too. */
  private point(format: string, index: number): number {
    const optional = /^F+/.exec(format.slice(index + 1));
    if (this.text[this.at] === '.' || !optional) {
      this.literal('.');
      return 1;
    }
    return 1 + optional[0].length;
  }

  private quoted(format: string, start: number, quote: string): number {
    let at = start + 1;
    for (; at < format.length && format[at] !== quote; at++) {
      if (format[at] === '\\') at++;
      this.literal(format[at] ?? '');
    }
    if (at >= format.length) throw formatException('Input string was not in a correct format.');
    return at + 1 - start;
  }

  private field(char: string, length: number): number {
    const two = Math.min(length, 2);
    switch (char) {
      case 'y':
        this.set(
          'year',
          length <= 2 ? fullYear(this.digits(length)) : this.digits(Math.max(4, length)),
        );
        return length;
      case 'M':
        this.set('month', this.month(length));
        return length;
      case 'd':
        this.day(length);
        return length;
      case 'h': {
        const hour = this.digits(two);
        if (hour < 1 || hour > 12) throw this.refused();
        this.set('hour', hour);
        return length;
      }
      case 'H':
        this.set('hour', this.digits(two));
        return length;
      case 'm':
        this.set('minute', this.digits(two));
        return length;
      case 's':
        this.set('second', this.digits(two));
        return length;
      case 'f':
      case 'F':
        this.fraction(char, length);
        return length;
      case 't':
        this.designator(length);
        return length;
      default:
        return this.zoneField(char, length);
    }
  }

  private zoneField(char: string, length: number): number {
    switch (char) {
      case 'z':
        this.offset(length);
        return length;
      case 'K':
        if (/[zZ]/.test(this.text[this.at] ?? '')) this.utc();
        else if (/[+-]/.test(this.text[this.at] ?? '')) this.offset(3);
        return 1;
      case 'Z':
        this.utc();
        return 1;
      default:
        this.literal(char);
        return 1;
    }
  }

  private utc(): void {
    if (!/[zZ]/.test(this.text[this.at] ?? '')) throw this.refused();
    this.at++;
    this.set('offsetMinutes', 0);
    this.found.utcMark = true;
  }

  private month(length: number): number {
    if (length <= 2) return this.digits(length);
    const { dates } = this;
    return length === 3
      ? this.name([dates.abbreviatedMonthNames, dates.abbreviatedMonthGenitiveNames]) + 1
      : this.name([dates.monthNames, dates.monthGenitiveNames]) + 1;
  }

  private day(length: number): void {
    if (length <= 2) {
      this.set('day', this.digits(length));
      return;
    }
    const { abbreviatedDayNames, dayNames } = this.dates;
    this.set('dayOfWeek', this.name([length === 3 ? abbreviatedDayNames : dayNames]));
  }

  private fraction(char: string, length: number): void {
    if (length > 7) throw formatException('Input string was not in a correct format.');
    const pattern = new RegExp(char === 'f' ? `^\\d{${length}}` : `^\\d{0,${length}}`);
    const match = pattern.exec(this.text.slice(this.at));
    if (!match) throw this.refused();
    this.at += match[0].length;
    this.found.fraction = BigInt(match[0].padEnd(7, '0'));
  }

  private designator(length: number): void {
    const { amDesignator, pmDesignator } = this.dates;
    // The one-letter form is case-sensitive, the whole word is not.
    const cut = (mark: string): string => (length === 1 ? mark.slice(0, 1) : mark.toLowerCase());
    const plain = this.text.slice(this.at);
    const rest = length === 1 ? plain : plain.toLowerCase();
    const half = rest.startsWith(cut(amDesignator))
      ? 'am'
      : rest.startsWith(cut(pmDesignator))
        ? 'pm'
        : undefined;
    if (half === undefined) throw this.refused();
    this.half = half;
    this.at += cut(half === 'am' ? amDesignator : pmDesignator).length;
  }

  private offset(length: number): void {
    const pattern =
      length === 3
        ? /^([+-])(\d{1,2}):?(\d{2})/
        : length === 2
          ? /^([+-])(\d{2})/
          : /^([+-])(\d{1,2})/;
    const match = pattern.exec(this.text.slice(this.at));
    if (!match || Number(match[3] ?? 0) > 59) throw this.refused();
    this.at += match[0].length;
    const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
    this.set('offsetMinutes', match[1] === '-' ? -minutes : minutes);
  }
}
