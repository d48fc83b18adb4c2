import type { NumberFormat } from '../culture/number-format.js';
import { NumberStyles } from './number-styles.js';

/** Digits of a number text: value = ±0.digits × 10^scale. */
export interface ScannedNumber {
  readonly negative: boolean;
  /** Without leading zeros; trailing zeros kept. */
  readonly digits: string;
  readonly scale: number;
}

const isWhite = (char: string | undefined): boolean =>
  char === ' ' || (char !== undefined && char >= '\t' && char <= '\r');
const isDigit = (char: string | undefined): boolean =>
  char !== undefined && char >= '0' && char <= '9';

/** Reads number text as Number.TryParseNumber of .NET does; undefined when the form is wrong. */
export function scanNumber(
  text: string,
  styles: number,
  info: NumberFormat,
): ScannedNumber | undefined {
  return new Scanner(text, styles, info).scan();
}

class Scanner {
  private at = 0;
  private negative = false;
  private hasSign = false;
  private parens = false;
  private hasCurrency = false;
  private currencySymbol: string | undefined;
  private hasDigits = false;
  private hasDecimal = false;
  private digits = '';
  private scale = 0;

  constructor(
    private readonly text: string,
    private readonly styles: number,
    private readonly info: NumberFormat,
  ) {
    if (this.allows(NumberStyles.AllowCurrencySymbol)) this.currencySymbol = info.currencySymbol;
  }

  scan(): ScannedNumber | undefined {
    while (this.leading());
    while (this.digitOrSeparator());
    if (!this.hasDigits) return undefined;
    this.exponent();
    while (this.trailing());
    if (this.parens || /[^\0]/.test(this.text.slice(this.at))) return undefined;
    return { negative: this.negative, digits: this.digits, scale: this.scale };
  }

  private allows(flag: number): boolean {
    return (this.styles & flag) !== 0;
  }

  /** Consumes `expected`; a no-break space in it also matches a plain space. */
  private take(expected: string): boolean {
    if (expected === '') return false;
    const found = this.text.slice(this.at, this.at + expected.length);
    const same = found === expected || found === expected.replace(/[\u00a0\u202f]/g, ' ');
    if (same) this.at += expected.length;
    return same;
  }

  private takeSign(): boolean {
    if (this.take(this.info.positiveSign)) return true;
    const hyphen = /^[-\u2012\u2212\u207b\u208b\u2796\ufe63\uff0d]$/.test(this.info.negativeSign);
    if (this.take(this.info.negativeSign) || (hyphen && this.take('-'))) {
      this.negative = true;
      return true;
    }
    return false;
  }

  private takeCurrency(): boolean {
    if (this.currencySymbol === undefined || !this.take(this.currencySymbol)) return false;
    this.hasCurrency = true;
    this.currencySymbol = undefined;
    return true;
  }

  private leading(): boolean {
    const char = this.text[this.at];
    // "-Kr 12" is legal, "- 12" is not.
    const whiteAllowed =
      this.allows(NumberStyles.AllowLeadingWhite) && (!this.hasSign || this.hasCurrency);
    if (isWhite(char) && whiteAllowed) {
      this.at++;
      return true;
    }
    if (this.allows(NumberStyles.AllowLeadingSign) && !this.hasSign && this.takeSign()) {
      this.hasSign = true;
      return true;
    }
    if (char === '(' && this.allows(NumberStyles.AllowParentheses) && !this.hasSign) {
      this.hasSign = this.parens = this.negative = true;
      this.at++;
      return true;
    }
    return this.takeCurrency();
  }

  private digitOrSeparator(): boolean {
    const char = this.text[this.at];
    if (isDigit(char)) {
      this.hasDigits = true;
      this.at++;
      if (char !== '0' || this.digits !== '') {
        this.digits += char;
        if (!this.hasDecimal) this.scale++;
      } else if (this.hasDecimal) this.scale--;
      return true;
    }
    if (
      this.allows(NumberStyles.AllowDecimalPoint) &&
      !this.hasDecimal &&
      this.separator('decimal')
    ) {
      this.hasDecimal = true;
      return true;
    }
    return (
      this.allows(NumberStyles.AllowThousands) &&
      this.hasDigits &&
      !this.hasDecimal &&
      this.separator('group')
    );
  }

  private separator(which: 'decimal' | 'group'): boolean {
    const { info } = this;
    const plain = which === 'decimal' ? info.decimalSeparator : info.groupSeparator;
    if (!this.allows(NumberStyles.AllowCurrencySymbol)) return this.take(plain);
    const money = which === 'decimal' ? info.currencyDecimalSeparator : info.currencyGroupSeparator;
    return this.take(money) || (!this.hasCurrency && this.take(plain));
  }

  private exponent(): void {
    const char = this.text[this.at];
    if ((char !== 'E' && char !== 'e') || !this.allows(NumberStyles.AllowExponent)) return;
    const start = this.at++;
    const wasNegative = this.negative;
    this.negative = false;
    this.takeSign();
    const negativeExponent = this.negative;
    this.negative = wasNegative;
    if (!isDigit(this.text[this.at])) {
      this.at = start;
      return;
    }
    let exponent = 0;
    for (; isDigit(this.text[this.at]); this.at++) {
      exponent = Math.min(99_999, exponent * 10 + Number(this.text[this.at]));
    }
    this.scale += negativeExponent ? -exponent : exponent;
  }

  private trailing(): boolean {
    const char = this.text[this.at];
    if (isWhite(char) && this.allows(NumberStyles.AllowTrailingWhite)) {
      this.at++;
      return true;
    }
    if (this.allows(NumberStyles.AllowTrailingSign) && !this.hasSign && this.takeSign()) {
      this.hasSign = true;
      return true;
    }
    if (char === ')' && this.parens) {
      this.parens = false;
      this.at++;
      return true;
    }
    return this.takeCurrency();
  }
}

/** Digits without the zeros at their end, in one pass. */
export function withoutEndingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
