import type { DotNetError } from '../dotnet-error.js';
import { type JsonPosition, readerError } from './json-position.js';

/** White space of .NET (char.IsWhiteSpace); the reader also skips NUL between tokens. */
export function isBlank(char: string): boolean {
  return char !== '\ufeff' && (/\s/.test(char) || char === '\u0085' || char === '\0');
}

/** The text a JSON reader walks over, with line and position as Newtonsoft counts them. */
export class TextCursor {
  at = 0;
  line = 1;
  private lineStart = 0;

  constructor(
    readonly text: string,
    private readonly where: JsonPosition,
  ) {}

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  get char(): string {
    return this.text.charAt(this.at);
  }

  /** Steps over one character and counts lines; CR LF is one line end. */
  step(): void {
    const char = this.text.charCodeAt(this.at++);
    if (char === 13) {
      if (this.text.charCodeAt(this.at) === 10) this.at++;
      this.newLine();
    } else if (char === 10) this.newLine();
  }

  skipBlanks(): void {
    while (!this.ended && isBlank(this.char)) this.step();
  }

  /** Reads over `word` if it comes next and ends there. */
  word(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  error(message: string): DotNetError {
    return readerError(message, {
      path: this.where.toString(),
      // Nothing was read yet: Newtonsoft has no line.
      line: this.at === 0 ? 0 : this.line,
      position: this.at - this.lineStart,
    });
  }

  private newLine(): void {
    this.line++;
    this.lineStart = this.at;
  }
}
