/** What the first pass over one section of a custom number format finds. */
export interface Section {
  readonly start: number;
  readonly digitCount: number;
  readonly decimalPosition: number;
  readonly firstZero: number;
  readonly lastZero: number;
  readonly scientific: boolean;
  readonly grouping: boolean;
  readonly scaleAdjust: number;
}

/** End of a quoted literal, past its closing quote (or the end of the format). */
export function skipQuoted(format: string, start: number, quote: string): number {
  const end = format.indexOf(quote, start);
  return end < 0 ? format.length : end + 1;
}

/** Start of section 0, 1 or 2; 0 when the format has no such section or it is empty. */
export function sectionStart(format: string, section: number): number {
  let left = section;
  let at = 0;
  while (left > 0 && at < format.length) {
    const char = format[at++] ?? '';
    if (char === "'" || char === '"') at = skipQuoted(format, at, char);
    else if (char === '\\') at++;
    else if (char === ';' && --left === 0) {
      return at < format.length && format[at] !== ';' ? at : 0;
    }
  }
  return 0;
}

/** Reads the section that begins at `start`. */
export const scanSection = (format: string, start: number): Section =>
  new SectionScanner(format, start).scan();

class SectionScanner {
  private digitCount = 0;
  private decimalPosition = -1;
  private firstZero = Infinity;
  private lastZero = 0;
  private scientific = false;
  private grouping = false;
  private commaAt = -1;
  private commas = 0;
  private scaleAdjust = 0;
  private at: number;

  constructor(
    private readonly format: string,
    private readonly start: number,
  ) {
    this.at = start;
  }

  scan(): Section {
    while (this.at < this.format.length && this.format[this.at] !== ';') {
      this.read(this.format[this.at++] ?? '');
    }
    if (this.decimalPosition < 0) this.decimalPosition = this.digitCount;
    if (this.commaAt >= 0) {
      // Commas right before the decimal point divide by a thousand each.
      if (this.commaAt === this.decimalPosition) this.scaleAdjust -= this.commas * 3;
      else this.grouping = true;
    }
    const { start, digitCount, decimalPosition, firstZero, lastZero } = this;
    const { scientific, grouping, scaleAdjust } = this;
    return {
      start,
      digitCount,
      decimalPosition,
      firstZero,
      lastZero,
      scientific,
      grouping,
      scaleAdjust,
    };
  }

  private read(char: string): void {
    switch (char) {
      case '#':
        this.digitCount++;
        break;
      case '0':
        if (this.firstZero === Infinity) this.firstZero = this.digitCount;
        this.digitCount++;
        this.lastZero = this.digitCount;
        break;
      case '.':
        if (this.decimalPosition < 0) this.decimalPosition = this.digitCount;
        break;
      case ',':
        this.comma();
        break;
      case '%':
        this.scaleAdjust += 2;
        break;
      case '\u2030':
        this.scaleAdjust += 3;
        break;
      case "'":
      case '"':
        this.at = skipQuoted(this.format, this.at, char);
        break;
      case '\\':
        this.at++;
        break;
      case 'E':
      case 'e':
        this.exponent();
        break;
      default:
        break;
    }
  }

  private comma(): void {
    if (this.digitCount === 0 || this.decimalPosition >= 0) return;
    if (this.commaAt === this.digitCount) {
      this.commas++;
      return;
    }
    if (this.commaAt >= 0) this.grouping = true;
    this.commaAt = this.digitCount;
    this.commas = 1;
  }

  private exponent(): void {
    if (!/^[+-]?0/.test(this.format.slice(this.at, this.at + 2))) return;
    do this.at++;
    while (this.format[this.at] === '0');
    this.scientific = true;
  }
}
