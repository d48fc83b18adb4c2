import { DotNetError } from '../dotnet-error.js';

const escapes: Record<string, string> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '/': '/',
};

/** The characters of a JSONPath and the small pieces both paths and filters are made of. */
export class PathScanner {
  at = 0;
  /** How many queries the scanner is within. */
  depth = 0;

  constructor(readonly text: string) {}

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  get char(): string {
    return this.text.charAt(this.at);
  }

  skipBlanks(): void {
    while (this.char === ' ') this.at++;
  }

  requireMore(): void {
    if (this.ended) throw this.error('Path ended with open indexer.');
  }

  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** A name without quotes, up to what can follow it. */
  name(inQuery: boolean): string {
    const start = this.at;
    const stop = inQuery ? /[.[()\s=!<>&|]/ : /[.[( ]/;
    while (!this.ended && !stop.test(this.char)) {
      if (this.char === ']' || this.char === ')')
        throw this.error(`Unexpected character while parsing path: ${this.char}`);
      this.at++;
    }
    return this.text.slice(start, this.at);
  }

  /** A name or text in single quotes. */
  quoted(): string {
    this.at++;
    let value = '';
    while (!this.ended) {
      const { char } = this;
      this.at++;
      if (char === "'") return value;
      if (char !== '\\') {
        value += char;
        continue;
      }
      const escaped = escapes[this.char];
      if (escaped === undefined) throw this.error(`Unknown escape character: \\${this.char}`);
      value += escaped;
      this.at++;
    }
    throw this.error('Path ended with an open string.');
  }

  error(message: string): DotNetError {
    return new DotNetError('Newtonsoft.Json.JsonException', message);
  }
}
