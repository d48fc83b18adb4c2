import { DotNetError } from '../dotnet-error.js';
import { isWord } from './char-class.js';
import { RegexOptions } from './regex-options.js';

/** A cursor over pattern text; every syntax error of the parser is made here. */
export class PatternReader {
  at = 0;

  constructor(
    readonly pattern: string,
    public options: number,
  ) {}

  has(option: number): boolean {
    return (this.options & option) !== 0;
  }

  get ended(): boolean {
    return this.at >= this.pattern.length;
  }

  /** The character `offset` places ahead; empty at the end. */
  peek(offset = 0): string {
    return this.pattern[this.at + offset] ?? '';
  }

  next(): string {
    return this.pattern[this.at++] ?? '';
  }

  /** Consumes `text` when it comes next. */
  take(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Consumes what a sticky pattern matches. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.pattern);
    if (found) this.at += found[0].length;
    return found ?? undefined;
  }

  error(message: string): DotNetError {
    return new DotNetError(
      'System.Text.RegularExpressions.RegexParseException',
      `Invalid pattern '${this.pattern}' at offset ${this.at}. ${message}`,
    );
  }

  /** A number up to Int32.MaxValue; undefined when no digit comes next. */
  number(): number | undefined {
    const digits = this.match(/\d+/y)?.[0];
    if (digits === undefined) return undefined;
    if (Number(digits) > 2147483647) {
      throw this.error(
        'Quantifier and capture group numbers must be less than or equal to Int32.MaxValue.',
      );
    }
    return Number(digits);
  }

  /** A group name: word characters; empty when none comes next. */
  name(): string {
    const start = this.at;
    while (!this.ended && isWord(this.pattern.charCodeAt(this.at))) this.at++;
    return this.pattern.slice(start, this.at);
  }

  /** Skips `(?#…)` comments and, with IgnorePatternWhitespace, blanks and `#` comments. */
  skipBlanks(): void {
    for (;;) {
      if (this.has(RegexOptions.IgnorePatternWhitespace)) {
        this.match(/[ \t-\r\u0085]+/y);
        if (this.peek() === '#') {
          this.match(/#[^\n]*/y);
          continue;
        }
      }
      if (!this.pattern.startsWith('(?#', this.at)) return;
      const end = this.pattern.indexOf(')', this.at);
      if (end < 0) {
        this.at = this.pattern.length;
        throw this.error('Unterminated (?#...) comment.');
      }
      this.at = end + 1;
    }
  }
}
