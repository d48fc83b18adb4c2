import { CompileError } from '../binding/problem.js';
import { isIdentifierPart, isIdentifierStart, isNewLine, readEscape } from './characters.js';
import { readInterpolated } from './interpolation.js';
import { readNumber } from './numbers.js';
import { keywords, punctuators, type Token } from './token.js';

/** More mistakes of one expression tell nothing new. */
export const mostErrors = 20;

/** Splits C# text into tokens. `position` moves forward; interpolated strings lex their holes with the same lexer. */
export class Lexer {
  position: number;
  private depth = 0;

  constructor(
    readonly text: string,
    position = 0,
  ) {
    this.position = position;
  }

  /**
   * All tokens up to the end of the text, which is the last token. What is none is noted in `errors`; in place of a
   * broken literal stands an empty string, so that the rest can be read.
   */
  all(errors: CompileError[]): Token[] {
    const tokens: Token[] = [];
    for (;;) {
      const token = this.#nextOr(errors);
      tokens.push(token);
      if (token.kind === 'end') return tokens;
    }
  }

  #nextOr(errors: CompileError[]): Token {
    for (;;) {
      try {
        return this.next();
      } catch (error) {
        if (!(error instanceof CompileError) || error.code === 'CS8078') throw error;
        const start = error.offset;
        if (errors.length < mostErrors) errors.push(error);
        const behind = Math.max(this.position, start) + 1;
        if (error.code === 'CS1056') {
          this.position = behind;
          continue;
        }
        // The literal, comment or directive goes on to the end of its line.
        const rest = this.text.slice(behind).search(/[\r\n]/);
        this.position = rest < 0 ? this.text.length : behind + rest;
        return { kind: 'string', value: '', text: '""', start, end: this.position };
      }
    }
  }

  /** Runs `read` one nesting level of interpolated strings deeper. */
  nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > 20)
      throw new CompileError(
        'CS8078',
        'An expression is too long or complex to compile',
        this.position,
      );
    try {
      return read();
    } finally {
      this.depth -= 1;
    }
  }

  next(): Token {
    this.skipTrivia();
    const { text, position: start } = this;
    const c = text[start];
    if (c === undefined) return { kind: 'end', text: '', start, end: start };
    const two = text.slice(start, start + 2);
    if (c === '"') return this.regularString(start);
    if (two === '@"') return this.verbatimString(start);
    if (two === '$"' || text.startsWith('$@"', start))
      return this.interpolated(start, two !== '$"');
    if (text.startsWith('@$"', start)) {
      throw new CompileError(
        'CS8401',
        "To use '@$' instead of '$@' for an interpolated verbatim string, please use language version '8.0' or greater.",
        start,
      );
    }
    if (c === "'") return this.character(start);
    if ((c >= '0' && c <= '9') || (c === '.' && /\d/.test(text[start + 1] ?? ''))) {
      const { number, digits, end } = readNumber(text, start);
      this.position = end;
      return { kind: 'number', number, digits, text: text.slice(start, end), start, end };
    }
    if (isIdentifierStart(c) || c === '@' || (c === '\\' && two === '\\u'))
      return this.identifier(start);
    return this.punctuation(start);
  }

  private skipTrivia(): void {
    const { text } = this;
    for (;;) {
      const c = text[this.position];
      if (c === undefined) return;
      if (c === ' ' || c === '\t' || isNewLine(c) || c === '\u200b' || /\s/u.test(c))
        this.position += 1;
      else if (c === '/' && text[this.position + 1] === '/') {
        while (this.position < text.length && !isNewLine(text[this.position] ?? ''))
          this.position += 1;
      } else if (c === '/' && text[this.position + 1] === '*') {
        const end = text.indexOf('*/', this.position + 2);
        if (end < 0)
          throw new CompileError('CS1035', "End-of-file found, '*/' expected", this.position);
        this.position = end + 2;
      } else if (
        c === '#' &&
        /(^|[\r\n])[ \t]*$/.test(text.slice(Math.max(0, this.position - 200), this.position))
      ) {
        this.directive();
      } else return;
    }
  }

  /** `#region`, `#pragma` … on their own line mean nothing here; conditional compilation is refused. */
  private directive(): void {
    const line = /^#[ \t]*(\w*)[^\r\n]*/.exec(this.text.slice(this.position))!;
    if (!['region', 'endregion', 'pragma', 'nullable'].includes(line[1] ?? '')) {
      throw new CompileError('CS1024', 'Preprocessor directive expected', this.position);
    }
    this.position += line[0].length;
  }

  private regularString(start: number): Token {
    const { text } = this;
    let value = '';
    let at = start + 1;
    for (;;) {
      const c = text[at];
      if (c === undefined || isNewLine(c))
        throw new CompileError('CS1010', 'Newline in constant', start);
      if (c === '"') break;
      if (c === '\\') {
        const escape = readEscape(text, at);
        value += escape.value;
        at = escape.next;
      } else {
        value += c;
        at += 1;
      }
    }
    this.position = at + 1;
    return { kind: 'string', value, text: text.slice(start, at + 1), start, end: at + 1 };
  }

  private verbatimString(start: number): Token {
    const { text } = this;
    let value = '';
    let at = start + 2;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote < 0) throw new CompileError('CS1039', 'Unterminated string literal', start);
      value += text.slice(at, quote);
      at = quote + 1;
      if (text[at] !== '"') break;
      value += '"';
      at += 1;
    }
    this.position = at;
    return { kind: 'string', value, text: text.slice(start, at), start, end: at };
  }

  private interpolated(start: number, verbatim: boolean): Token {
    this.position = start + (verbatim ? 3 : 2);
    const parts = this.nested(() => readInterpolated(this, verbatim, start));
    return {
      kind: 'interpolated',
      parts,
      text: this.text.slice(start, this.position),
      start,
      end: this.position,
    };
  }

  private character(start: number): Token {
    const { text } = this;
    const c = text[start + 1];
    if (c === "'") throw new CompileError('CS1011', 'Empty character literal', start);
    if (c === undefined || isNewLine(c))
      throw new CompileError('CS1010', 'Newline in constant', start);
    const { value, next } =
      c === '\\' ? readEscape(text, start + 1) : { value: c, next: start + 2 };
    if (text[next] !== "'" || value.length !== 1) {
      throw new CompileError('CS1012', 'Too many characters in character literal', start);
    }
    this.position = next + 1;
    return {
      kind: 'char',
      value: value.charCodeAt(0),
      text: text.slice(start, next + 1),
      start,
      end: next + 1,
    };
  }

  private identifier(start: number): Token {
    const { text } = this;
    const verbatim = text[start] === '@';
    let at = start + (verbatim ? 1 : 0);
    let name = '';
    for (;;) {
      const c = text[at] ?? '';
      if (c === '\\' && /^\\u[0-9a-fA-F]{4}|^\\U[0-9a-fA-F]{8}/.test(text.slice(at, at + 10))) {
        const escape = readEscape(text, at);
        name += escape.value;
        at = escape.next;
      } else if (name === '' ? isIdentifierStart(c) : isIdentifierPart(c)) {
        name += c;
        at += 1;
      } else break;
    }
    if (name === '')
      throw new CompileError('CS1056', `Unexpected character '${text[start]}'`, start);
    this.position = at;
    if (!verbatim && keywords.has(name)) return { kind: 'keyword', text: name, start, end: at };
    return { kind: 'identifier', verbatim, text: name, start, end: at };
  }

  private punctuation(start: number): Token {
    const { text } = this;
    for (const p of punctuators) {
      if (!text.startsWith(p, start)) continue;
      // `a ?.5 : b` is a conditional with a real literal; in `a?\n.b` space may stand between the two characters.
      if (p === '?.' && /\d/.test(text[start + 2] ?? '')) continue;
      if (p === '?' && /^\s+\.(?!\d)/.test(text.slice(start + 1, start + 200))) {
        this.position = text.indexOf('.', start) + 1;
        return { kind: 'punctuation', text: '?.', start, end: this.position };
      }
      if (p === '..' || p === '...' || '@$#`\\'.includes(p)) break;
      this.position = start + p.length;
      return { kind: 'punctuation', text: p, start, end: this.position };
    }
    throw new CompileError('CS1056', `Unexpected character '${text[start]}'`, start);
  }
}
