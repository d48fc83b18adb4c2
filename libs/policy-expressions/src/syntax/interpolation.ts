import { CompileError } from '../binding/problem.js';
import { isNewLine, readEscape } from './characters.js';
import type { Lexer } from './lexer.js';
import type { InterpolationPart, Token } from './token.js';

/** Reads the rest of an interpolated string; the lexer stands after the opening quote and ends after the closing one. */
export function readInterpolated(
  lexer: Lexer,
  verbatim: boolean,
  start: number,
): InterpolationPart[] {
  const { text } = lexer;
  const parts: InterpolationPart[] = [];
  let literal = '';
  for (;;) {
    const c = text[lexer.position];
    const next = text[lexer.position + 1];
    if (c === undefined || (!verbatim && isNewLine(c)))
      throw new CompileError('CS1010', 'Newline in constant', start);
    if (c === '"') {
      lexer.position += 1;
      if (verbatim && next === '"') {
        literal += '"';
        lexer.position += 1;
        continue;
      }
      if (literal !== '') parts.push(literal);
      return parts;
    }
    if (c === '{' && next !== '{') {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(readHole(lexer, verbatim));
      continue;
    }
    if (c === '}' && next !== '}') {
      throw new CompileError(
        'CS8086',
        "A '}' character must be escaped (by doubling) in an interpolated string.",
        lexer.position,
      );
    }
    if (c === '\\' && !verbatim) {
      const escape = readEscape(text, lexer.position);
      literal += escape.value;
      lexer.position = escape.next;
      continue;
    }
    literal += c;
    lexer.position += c === '{' || c === '}' ? 2 : 1;
  }
}

function missingBrace(at: number): CompileError {
  return new CompileError(
    'CS8076',
    "Missing close delimiter '}' for interpolated expression started with '{'.",
    at,
  );
}

function readHole(lexer: Lexer, verbatim: boolean): InterpolationPart {
  const start = lexer.position;
  lexer.position += 1;
  const tokens: Token[] = [];
  let alignment: Token[] | null = null;
  let format: string | null = null;
  let depth = 0;
  for (;;) {
    const before = lexer.position;
    const token = lexer.next();
    if (!verbatim && /[\r\n]/.test(lexer.text.slice(before, token.start)))
      throw new CompileError(
        'CS8967',
        'Newlines inside a non-verbatim interpolated string are not supported in C# 7.3.',
        before,
      );
    if (token.kind === 'end') throw missingBrace(start);
    const symbol = token.kind === 'punctuation' ? token.text : '';
    if (depth === 0 && symbol === '}') break;
    if (depth === 0 && symbol === ':') {
      format = readFormat(lexer, verbatim, start);
      break;
    }
    // Type arguments have commas too: an alignment is a number or name before the colon or brace.
    if (
      depth === 0 &&
      symbol === ',' &&
      alignment === null &&
      /^[^{}<>"']*?[:}]/.test(lexer.text.slice(lexer.position))
    ) {
      alignment = [];
      continue;
    }
    if ('([{'.includes(symbol) && symbol !== '') depth += 1;
    if (')]}'.includes(symbol) && symbol !== '') depth -= 1;
    (alignment ?? tokens).push(token);
  }
  const end: Token = { kind: 'end', text: '', start: lexer.position - 1, end: lexer.position - 1 };
  if (tokens.length === 0) throw new CompileError('CS1733', 'Expected expression', start);
  return { tokens: [...tokens, end], alignment: alignment && [...alignment, end], format, start };
}

function readFormat(lexer: Lexer, verbatim: boolean, start: number): string {
  const { text } = lexer;
  let format = '';
  for (;;) {
    const c = text[lexer.position];
    const next = text[lexer.position + 1];
    if (c === undefined || (!verbatim && isNewLine(c))) throw missingBrace(start);
    if (c === '"' && !(verbatim && next === '"')) throw missingBrace(start);
    if (c === '{') throw new CompileError('CS1056', "Unexpected character '{'", lexer.position);
    if (c === '}' && next !== '}') break;
    if (c === '\\' && !verbatim) {
      const escape = readEscape(text, lexer.position);
      format += escape.value;
      lexer.position = escape.next;
    } else {
      format += c;
      lexer.position += c === '}' || c === '"' ? 2 : 1;
    }
  }
  lexer.position += 1;
  if (format === '')
    throw new CompileError('CS8089', 'Empty format specifier.', lexer.position - 1);
  return format;
}
