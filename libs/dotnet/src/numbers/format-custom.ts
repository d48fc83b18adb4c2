import type { NumberFormat } from '../culture/number-format.js';
import { scanSection, sectionStart, skipQuoted, type Section } from './custom-section.js';
import { exponentText } from './format-standard.js';
import { roundBuffer, type NumberBuffer } from './number-buffer.js';

/** Positions (digits left of the point) after which a group separator stands, nearest first. */
function separatorPositions(digits: number, info: NumberFormat): number[] {
  const positions: number[] = [];
  let index = 0;
  let size = info.groupSizes[0] ?? 0;
  let total = size;
  while (digits > total && size !== 0) {
    positions.push(total);
    if (index < info.groupSizes.length - 1) size = info.groupSizes[++index] ?? 0;
    total += size;
  }
  return positions;
}

function chooseSection(number: NumberBuffer, format: string): Section {
  const wanted = number.digits === '' ? 2 : number.negative ? 1 : 0;
  let section = scanSection(format, sectionStart(format, wanted));
  for (;;) {
    if (number.digits === '') {
      if (number.kind !== 'float') number.negative = false;
      number.scale = 0;
      return section;
    }
    number.scale += section.scaleAdjust;
    const position = section.scientific
      ? section.digitCount
      : number.scale + section.digitCount - section.decimalPosition;
    roundBuffer(number, position, false);
    if (number.digits !== '') return section;
    const zero = sectionStart(format, 2);
    if (zero === section.start) return section;
    section = scanSection(format, zero);
  }
}

/** A digit buffer in a custom format such as `#,##0.00;(0);zero`. Changes the buffer. */
export function formatCustom(number: NumberBuffer, format: string, info: NumberFormat): string {
  const section = chooseSection(number, format);
  const text = new CustomWriter(number, section, info).write(format);
  const signed = number.negative && section.start === 0;
  return signed && (number.scale !== 0 || text !== '') ? info.negativeSign + text : text;
}

/** Second pass: writes the digits into the places of one section. */
class CustomWriter {
  private text = '';
  private next = 0;
  private readonly firstDigit: number;
  private readonly lastDigit: number;
  private place: number;
  private adjust: number;
  private readonly separators: number[];
  private wroteDecimal = false;
  private scientific: boolean;

  constructor(
    private readonly number: NumberBuffer,
    private readonly section: Section,
    private readonly info: NumberFormat,
  ) {
    const { decimalPosition, firstZero, lastZero } = section;
    this.scientific = section.scientific;
    this.firstDigit = firstZero < decimalPosition ? decimalPosition - firstZero : 0;
    this.lastDigit = lastZero > decimalPosition ? decimalPosition - lastZero : 0;
    this.place = this.scientific ? decimalPosition : Math.max(number.scale, decimalPosition);
    this.adjust = this.scientific ? 0 : number.scale - decimalPosition;
    const digits = Math.max(this.firstDigit, this.place + Math.min(0, this.adjust));
    this.separators = section.grouping ? separatorPositions(digits, info) : [];
  }

  write(format: string): string {
    let at = this.section.start;
    while (at < format.length && format[at] !== ';') {
      const char = format[at++] ?? '';
      switch (char) {
        case '#':
        case '0':
          this.writeSurplus();
          this.writeDigit();
          break;
        case '.':
          this.writeSurplus();
          this.writeDecimalPoint();
          break;
        case '\u2030':
          this.text += this.info.perMilleSymbol;
          break;
        case '%':
          this.text += this.info.percentSymbol;
          break;
        case ',':
          break;
        case "'":
        case '"': {
          const end = format.indexOf(char, at);
          this.text += format.slice(at, end < 0 ? undefined : end);
          at = skipQuoted(format, at, char);
          break;
        }
        case '\\':
          this.text += format[at++] ?? '';
          break;
        case 'E':
        case 'e':
          at = this.writeExponent(format, at, char);
          break;
        default:
          this.text += char;
      }
    }
    return this.text;
  }

  /** Digits beyond the places of the format stand before its first place. */
  private writeSurplus(): void {
    for (; this.adjust > 0; this.adjust--) {
      this.put(this.number.digits[this.next] ?? '0');
      this.next++;
      this.place--;
    }
  }

  private writeDigit(): void {
    let digit: string | undefined;
    if (this.adjust < 0) {
      this.adjust++;
      digit = this.place <= this.firstDigit ? '0' : undefined;
    } else {
      digit = this.number.digits[this.next] ?? (this.place > this.lastDigit ? '0' : undefined);
      if (this.next < this.number.digits.length) this.next++;
    }
    if (digit !== undefined) this.put(digit);
    this.place--;
  }

  private put(digit: string): void {
    this.text += digit;
    if (this.place > 1 && this.separators.at(-1) === this.place - 1) {
      this.text += this.info.groupSeparator;
      this.separators.pop();
    }
  }

  private writeDecimalPoint(): void {
    if (this.place !== 0 || this.wroteDecimal) return;
    const { decimalPosition, digitCount } = this.section;
    const more = this.next < this.number.digits.length;
    if (this.lastDigit < 0 || (decimalPosition < digitCount && more)) {
      this.text += this.info.decimalSeparator;
      this.wroteDecimal = true;
    }
  }

  /** Returns the position after the exponent places. */
  private writeExponent(format: string, start: number, letter: string): number {
    const places = /^([+-]?)(0*)/.exec(format.slice(start));
    const sign = places?.[1] ?? '';
    const zeros = places?.[2] ?? '';
    if (!this.scientific) {
      this.text += letter + sign + zeros;
      return start + sign.length + zeros.length;
    }
    if (zeros === '') {
      this.text += letter;
      return start;
    }
    const exponent =
      this.number.digits === '' ? 0 : this.number.scale - this.section.decimalPosition;
    this.text += exponentText(exponent, letter, Math.min(10, zeros.length), {
      positive: sign === '+' ? this.info.positiveSign : '',
      negative: this.info.negativeSign,
    });
    this.scientific = false;
    return start + sign.length + zeros.length;
  }
}
