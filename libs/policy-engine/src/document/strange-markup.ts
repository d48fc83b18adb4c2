import { startsExpression } from './scan-expression.js';

/** A mistake of the markup. */
export interface MarkupMistake {
  readonly message: string;
  readonly offset: number;
  readonly element?: string;
}

/** Behind a document type declaration that begins at `start`, with its internal subset. */
export function documentTypeEnd(text: string, start: number): number {
  let depth = 0;
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const char = text[at]!;
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '[') depth++;
    else if (char === ']') depth--;
    else if (char === '>' && depth <= 0) return at + 1;
  }
  return text.length;
}

/** Characters outside the production Char of XML 1.0. */
const outside =
  // oxlint-disable-next-line no-control-regex
  /[\0-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

function isOutside(code: number): boolean {
  if (code < 0x20) return code !== 9 && code !== 10 && code !== 13;
  return (code > 0xd7ff && code < 0xe000) || code === 0xfffe || code === 0xffff || code > 0x10ffff;
}

function invalid(code: number, offset: number, element: string | undefined): MarkupMistake {
  const hex = code.toString(16).toUpperCase();
  return {
    message: `'\\u${hex.padStart(4, '0')}', hexadecimal value 0x${hex}, is an invalid character.`,
    offset,
    ...(element === undefined ? {} : { element }),
  };
}

/** Characters that no XML document may hold. */
export function strangeCharacters(text: string): MarkupMistake[] {
  return Array.from(text.matchAll(outside), ({ 0: found, index }) =>
    invalid(found.charCodeAt(0), index, undefined),
  );
}

/** References to such characters between two offsets, unless an expression begins there: it is C#, not XML. */
export function strangeReferences(
  text: string,
  from: number,
  to: number,
  element: string | undefined,
): MarkupMistake[] {
  const raw = text.slice(from, to);
  if (!raw.includes('&#') || startsExpression(raw, raw.search(/\S/))) return [];
  return Array.from(raw.matchAll(/&#(?:(\d+)|[xX]([0-9a-fA-F]+));/g), (match) => ({
    code: match[1] ? Number.parseInt(match[1], 10) : Number.parseInt(match[2]!, 16),
    at: from + match.index,
  }))
    .filter(({ code }) => isOutside(code))
    .map(({ code, at }) => invalid(code, at, element));
}
