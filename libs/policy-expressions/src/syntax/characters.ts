import { CompileError } from '../binding/problem.js';

const identifierStart = /[\p{L}\p{Nl}_]/u;
const identifierPart = /[\p{L}\p{Nl}\p{Nd}\p{Pc}\p{Mn}\p{Mc}\p{Cf}_]/u;

export function isIdentifierStart(c: string): boolean {
  return (
    (c >= 'a' && c <= 'z') ||
    (c >= 'A' && c <= 'Z') ||
    c === '_' ||
    (c > '\u007f' && identifierStart.test(c))
  );
}

export function isIdentifierPart(c: string): boolean {
  return isIdentifierStart(c) || (c >= '0' && c <= '9') || (c > '\u007f' && identifierPart.test(c));
}

export function isNewLine(c: string): boolean {
  return c === '\n' || c === '\r' || c === '\u0085' || c === '\u2028' || c === '\u2029';
}

const simpleEscapes: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '\\': '\\',
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Reads an escape sequence that starts at `at` (the backslash). */
export function readEscape(text: string, at: number): { value: string; next: number } {
  const letter = text[at + 1] ?? '';
  const simple = Object.hasOwn(simpleEscapes, letter) ? simpleEscapes[letter] : undefined;
  if (simple !== undefined) return { value: simple, next: at + 2 };
  const match =
    letter === 'x'
      ? /^[0-9a-fA-F]{1,4}/.exec(text.slice(at + 2, at + 6))
      : letter === 'u'
        ? /^[0-9a-fA-F]{4}/.exec(text.slice(at + 2, at + 6))
        : letter === 'U'
          ? /^[0-9a-fA-F]{8}/.exec(text.slice(at + 2, at + 10))
          : null;
  const code = match === null ? Number.NaN : Number.parseInt(match[0], 16);
  if (match === null || code > 0x10ffff)
    throw new CompileError('CS1009', 'Unrecognized escape sequence', at);
  return { value: String.fromCodePoint(code), next: at + 2 + match[0].length };
}
