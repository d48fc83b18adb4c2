import { scanExpression, startsExpression } from '../document/scan-expression.js';

/**
 * The pieces of a value. An expression is the whole trimmed value (2.1); a value that begins with one may go on
 * with text and further expressions, which are joined. Text before an expression makes the whole value a literal
 * (apim-observed 6). Undefined: a literal.
 */
export function splitValue(
  text: string,
): { kind: 'text' | 'expression'; text: string; at: number }[] | undefined {
  const start = text.search(/\S/);
  if (start < 0 || !startsExpression(text, start)) return undefined;
  const trimmed = text.trimEnd();
  const pieces: { kind: 'text' | 'expression'; text: string; at: number }[] = [];
  let at = start;
  while (at < trimmed.length) {
    if (startsExpression(trimmed, at)) {
      const found = scanExpression(trimmed, at);
      // Does not close: the compiler says what is wrong with it.
      const end = found < 0 ? trimmed.length : found;
      pieces.push({ kind: 'expression', text: trimmed.slice(at, end), at });
      at = end;
    } else {
      const next = nextExpression(trimmed, at);
      pieces.push({ kind: 'text', text: trimmed.slice(at, next), at });
      at = next;
    }
  }
  return pieces;
}

function nextExpression(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (startsExpression(text, at)) return at;
  return text.length;
}
