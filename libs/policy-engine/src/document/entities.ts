import { skipOpaque } from './scan-expression.js';

const named: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};
const entity = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));/g;

/** Resolves the predefined and numeric entities; anything else after an ampersand stays text. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    entity,
    (all, name: string | undefined, decimal: string | undefined, hex: string | undefined) => {
      if (name) return named[name]!;
      const code = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex!, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}

/**
 * True when an expression cannot be well-formed XML as it stands (raw quotes of the attribute's kind, `<`, a bare
 * ampersand): then it was written raw, and entities inside its C# strings are text of the author.
 */
export function isRawExpression(text: string, quote: string | undefined): boolean {
  if (text.includes('<') || (quote !== undefined && text.includes(quote))) return true;
  return /&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)/.test(text);
}

/** Entities of a raw expression, outside its strings and comments only. */
export function decodeRawExpression(text: string): string {
  if (!text.includes('&')) return text;
  let result = '';
  let from = 0;
  let at = 0;
  while (at < text.length) {
    // The `@` that begins the expression is no verbatim string.
    const next = at === 0 ? 0 : skipOpaque(text, at);
    if (next > at) {
      result += decodeEntities(text.slice(from, at)) + text.slice(at, next);
      from = next;
      at = next;
    } else at++;
  }
  return result + decodeEntities(text.slice(from));
}
