import { notADate, unknownWord, type ParseDateOptions, type ScannedDate } from './date-result.js';
import { assembleDate, type DateItem } from './assemble-date.js';
import { trimText, WHITE_SPACE } from '../text/trim-split.js';
import { dateGrammarOf, type DateGrammar, type DateWord } from './date-words.js';

/** Ticks of a decimal fraction of a second, rounded to the nearest tick. */
const fractionTicks = (digits: string): bigint =>
  BigInt(Math.round(Number(`0.${digits}`) * 10_000_000));

/** No date is longer; longer text is not looked at. */
const MOST_CHARACTERS = 1000;

const ISO_TIME =
  /^[tT](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(?:([zZ])|([+-])(\d{1,2})(?::?(\d{2}))?)?\s*$/;
const CLOCK = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?/;
const OFFSET = /^([+-])(?:(\d{1,2}):(\d{2})|(\d{4})|(\d{1,2}))(?!\d)/;
const SUFFIXES: Readonly<Record<string, keyof ScannedDate>> = {
  年: 'year',
  년: 'year',
  月: 'month',
  월: 'month',
  日: 'day',
  일: 'day',
  時: 'hour',
  时: 'hour',
  시: 'hour',
  分: 'minute',
  분: 'minute',
  秒: 'second',
  초: 'second',
};

/** Reads date text in any of the forms DateTime.Parse understands; throws FormatException. */
export function scanDate(text: string, options: ParseDateOptions): ScannedDate {
  return new DateScanner(text, options).scan();
}

class DateScanner {
  private readonly grammar: DateGrammar;
  private readonly found: ScannedDate = {};
  private readonly items: DateItem[] = [];
  private at = 0;
  /** A time after date items closes the date. */
  private dateClosed = false;

  constructor(
    private readonly text: string,
    private readonly options: ParseDateOptions,
  ) {
    this.grammar = dateGrammarOf(options.culture);
  }

  scan(): ScannedDate {
    const end = trimText(this.text, `${WHITE_SPACE}\0`, 'end').length;
    if (end === 0 || end > MOST_CHARACTERS) throw this.refused();
    while (this.at < end) {
      const start = this.at;
      this.skipBlanks();
      if (this.at >= end) break;
      this.next(this.text.slice(this.at, end));
      if (this.at === start) throw this.refused();
    }
    if (this.items.length > 0) {
      const date = assembleDate(this.items, this.grammar, this.options.now.year);
      if (!date) throw this.refused();
      Object.assign(this.found, date);
    } else if (this.found.year === undefined && this.found.hour === undefined) {
      throw this.refused();
    }
    return this.found;
  }

  private refused(): Error {
    return notADate(this.text);
  }

  private skipBlanks(): void {
    this.at += /^[\s,]*/.exec(this.text.slice(this.at))?.[0].length ?? 0;
  }

  private next(rest: string): void {
    if (this.items.length === 3 && this.isoTime(rest)) return;
    if (/^[+-]/.test(rest) && this.offset(rest)) return;
    if (/^\d/.test(rest)) {
      if (this.clock(rest) || this.hourWithMark(rest) || this.suffixed(rest)) return;
      this.number(rest);
      return;
    }
    this.word(rest);
  }

  private isoTime(rest: string): boolean {
    if (!/^[tT]\d/.test(rest)) return false;
    const match = ISO_TIME.exec(rest);
    const [year, ...others] = this.items;
    const isIso =
      year?.kind === 'number' && year.digits >= 3 && others.every((o) => o.kind === 'number');
    if (!match || !isIso) throw this.refused();
    this.setClock(match.slice(1, 5));
    if (match[5]) this.setOffset(0, true);
    else if (match[6]) this.setOffset(this.minutesOf(match[6], match[7], match[8]), false);
    this.at += rest.length;
    return true;
  }

  private minutesOf(sign: string, hours = '0', minutes = '0'): number {
    if (Number(minutes) > 59) throw this.refused();
    const total = Number(hours) * 60 + Number(minutes);
    return sign === '-' ? -total : total;
  }

  private setOffset(minutes: number, utcMark: boolean): void {
    if (this.found.offsetMinutes !== undefined) throw this.refused();
    this.found.offsetMinutes = minutes;
    if (utcMark) this.found.utcMark = true;
  }

  private offset(rest: string): boolean {
    const hasTime = this.found.hour !== undefined;
    if (!hasTime && this.items.length < 3) return false;
    const match = OFFSET.exec(rest);
    if (!match) throw this.refused();
    const [all, sign = '+', hours, minutes, compact, bare] = match;
    if (compact) this.setOffset(this.minutesOf(sign, compact.slice(0, 2), compact.slice(2)), false);
    else this.setOffset(this.minutesOf(sign, hours ?? bare, minutes), false);
    this.at += all.length;
    return true;
  }

  private setClock(parts: readonly (string | undefined)[]): void {
    if (this.found.hour !== undefined) throw this.refused();
    const [hour = '0', minute = '0', second = '0', fraction] = parts;
    this.found.hour = Number(hour);
    this.found.minute = Number(minute);
    this.found.second = Number(second);
    if (fraction !== undefined) this.found.fraction = fractionTicks(fraction);
    if (this.items.length > 0) this.dateClosed = true;
  }

  private clock(rest: string): boolean {
    const { timeSeparator } = this.options.culture.dates;
    let match = CLOCK.exec(rest);
    if (!match && timeSeparator !== ':' && this.items.length >= 3) {
      match = CLOCK.exec(rest.replaceAll(timeSeparator, ':'));
    }
    if (!match) return false;
    this.setClock(match.slice(1, 5));
    this.at += match[0].length;
    this.mark(rest.slice(match[0].length));
    return true;
  }

  /** AM or PM after a clock time. */
  private mark(rest: string): boolean {
    const blank = /^\s*/.exec(rest)?.[0].length ?? 0;
    const found = this.wordAt(rest.slice(blank));
    const [text, word] = found ?? [];
    if (text === undefined || (word?.kind !== 'am' && word?.kind !== 'pm')) return false;
    const hour = this.found.hour ?? 0;
    if (word.kind === 'am') {
      if (hour > 12) throw this.refused();
      this.found.hour = hour === 12 ? 0 : hour;
    } else if (hour < 12) this.found.hour = hour + 12;
    this.at += blank + text.length;
    return true;
  }

  /** `4pm`, `4 PM`. */
  private hourWithMark(rest: string): boolean {
    const digits = /^\d{1,2}(?!\d)/.exec(rest)?.[0];
    if (digits === undefined || this.found.hour !== undefined) return false;
    const after = rest.slice(digits.length);
    const word = this.wordAt(after.trimStart())?.[1];
    if (word?.kind !== 'am' && word?.kind !== 'pm') return false;
    this.setClock([digits]);
    this.at += digits.length;
    return this.mark(after);
  }

  /** East Asian `2026年2月3日`. */
  private suffixed(rest: string): boolean {
    if (!this.grammar.hasSuffixes) return false;
    const match = /^(\d{1,4})\s*([年년月월日일時时시分분秒초])/.exec(rest);
    if (!match) return false;
    const field = SUFFIXES[match[2] ?? ''];
    if (field === undefined) return false;
    Object.assign(this.found, { [field]: Number(match[1]) });
    this.at += match[0].length;
    return true;
  }

  private number(rest: string): void {
    const digits = /^\d+/.exec(rest)?.[0] ?? '';
    if (digits.length > 8) throw this.refused();
    this.add({ kind: 'number', value: Number(digits), digits: digits.length });
    this.at += digits.length;
    this.separator();
  }

  private add(item: DateItem): void {
    if (this.dateClosed) throw this.refused();
    this.items.push(item);
  }

  private separator(): void {
    const rest = this.text.slice(this.at);
    const isZone = this.items.length >= 3 && /^\s*-\s*\d{1,2}:?\d{2}\s*$/.test(rest);
    if (isZone) return;
    const match = /^(?:\s*[/\-.]\s*|[\s,.]+)/.exec(rest)?.[0];
    this.at += match?.length ?? 0;
  }

  private wordAt(rest: string): readonly [string, DateWord] | undefined {
    const lower = rest.toLowerCase();
    return this.grammar.words.find(
      ([word]) =>
        lower.startsWith(word) &&
        !/^\p{L}/u.test(/\p{L}$/u.test(word) ? lower.slice(word.length) : ''),
    );
  }

  private word(rest: string): void {
    const found = this.wordAt(rest);
    if (!found) {
      if (/^\p{L}/u.test(rest)) throw unknownWord(this.text, this.at);
      throw this.refused();
    }
    const [text, word] = found;
    this.at += text.length;
    switch (word.kind) {
      case 'month':
        this.add({ kind: 'month', value: word.value, digits: 0 });
        this.separator();
        break;
      case 'weekday':
        if (this.found.dayOfWeek !== undefined) throw this.refused();
        this.found.dayOfWeek = word.value;
        this.at += /^[.,\s]*/.exec(this.text.slice(this.at))?.[0].length ?? 0;
        break;
      case 'utc':
        this.utc(text);
        break;
      case 'am':
      case 'pm':
        throw this.refused();
      case 'era':
      case 'filler':
        break;
    }
  }

  private utc(text: string): void {
    if (this.found.hour === undefined && this.items.length < 3)
      throw unknownWord(this.text, this.at - text.length);
    this.setOffset(0, true);
  }
}
