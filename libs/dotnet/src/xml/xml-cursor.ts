import type { DotNetError } from '../dotnet-error.js';
import { findInvalidChar, isNamePart, isNameStart } from './chars.js';
import { characterText, xmlException, type XmlPlace } from './xml-error.js';

/** The text an XML parser walks over; line ends are normalised to LF before. */
export class XmlCursor {
  at = 0;

  constructor(readonly text: string) {}

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  get char(): string {
    return this.text.charAt(this.at);
  }

  placeOf(index: number): XmlPlace {
    const before = this.text.slice(0, index);
    return {
      line: before.split('\n').length,
      position: index - (before.lastIndexOf('\n') + 1) + 1,
    };
  }

  error(message: string, index = this.at): DotNetError {
    return xmlException(message, this.placeOf(Math.min(index, this.text.length)));
  }

  /** Reads over `text` if it comes next. */
  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Skips white space; whether there was any. */
  skipBlanks(): boolean {
    const start = this.at;
    while (/[ \t\n\r]/.test(this.char)) this.at++;
    return this.at > start;
  }

  expect(char: string): void {
    if (this.take(char)) return;
    if (this.ended) throw this.error('Unexpected end of file has occurred.');
    throw this.error(`'${this.char}' is an unexpected token. The expected token is '${char}'.`);
  }

  /** The text up to `end`, which is read over; invalid characters are refused. */
  until(end: string, what: string): string {
    const close = this.text.indexOf(end, this.at);
    if (close < 0)
      throw this.error(
        `Unexpected end of file while parsing ${what} has occurred.`,
        this.text.length,
      );
    const content = this.text.slice(this.at, close);
    this.checkChars(this.at, content);
    this.at = close + end.length;
    return content;
  }

  checkChars(start: number, content: string): void {
    const found = findInvalidChar(content);
    if (!found) return;
    throw this.error(`${characterText(found.char)}, is an invalid character.`, start + found.index);
  }

  /** A name without colon. */
  ncName(): string {
    const start = this.at;
    if (!isNameStart(this.char)) throw this.badName(true);
    while (isNamePart(this.char)) this.at++;
    return this.text.slice(start, this.at);
  }

  /** A name with an optional prefix. */
  qualifiedName(): { prefix: string; local: string } {
    const first = this.ncName();
    if (this.char !== ':') return { prefix: '', local: first };
    this.at++;
    const local = this.ncName();
    if (this.char === ':') throw this.badName(false);
    return { prefix: first, local };
  }

  badName(first: boolean): DotNetError {
    if (this.ended) throw this.error('Unexpected end of file has occurred.');
    const shown = characterText(this.char).replace(',', ' character,');
    return this.error(
      first
        ? `Name cannot begin with the ${shown}.`
        : `The ${shown}, cannot be included in a name.`,
    );
  }
}
