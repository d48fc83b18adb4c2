/**
 * .NET reads pattern facets as its own regular expressions, so real schemas carry anchors,
 * groups without number and lazy quantifiers. This writes what XML Schema can say of that in its
 * own words; the rest is left for libxml2 to refuse.
 */
export function schemaPattern(pattern: string): string {
  const body = pattern.replace(/^(?:\^|\\A)/, '').replace(/(?<!\\)((?:\\\\)*)(?:\$|\\[zZ])$/, '$1');
  let translated = '';
  // Brackets open: a class may subtract another one.
  let classes = 0;
  for (let i = 0; i < body.length;) {
    const piece = classes > 0 ? classPiece(body, i) : plainPiece(body, i);
    translated += piece.text;
    classes += piece.opens ?? 0;
    i += piece.length;
  }
  return translated;
}

interface Piece {
  readonly text: string;
  readonly length: number;
  /** Brackets opened (1) or closed (-1). */
  readonly opens?: number;
}

function plainPiece(body: string, at: number): Piece {
  const rest = body.slice(at);
  const escaped = escapedPiece(rest);
  if (escaped) return escaped;
  if (rest.startsWith('(?:')) return { text: '(', length: 3 };
  const lazy = /^([*+?]|\{\d+(?:,\d*)?\})\?/.exec(rest);
  if (lazy) return { text: lazy[1]!, length: lazy[0].length };
  const repeat = /^\{\d+(?:,\d*)?\}/.exec(rest);
  if (repeat) return { text: repeat[0], length: repeat[0].length };
  // A `]` right behind the bracket stands for itself in .NET.
  const open = /^\[\^?\]?/.exec(rest);
  if (open) return { text: open[0].replace(']', '\\]'), length: open[0].length, opens: 1 };
  const char = rest.charAt(0);
  return { text: '{}]'.includes(char) ? `\\${char}` : char, length: 1 };
}

function classPiece(body: string, at: number): Piece {
  const rest = body.slice(at);
  const escaped = escapedPiece(rest);
  if (escaped) return escaped;
  const char = rest.charAt(0);
  return { text: char, length: 1, opens: char === '[' ? 1 : char === ']' ? -1 : 0 };
}

function escapedPiece(rest: string): Piece | undefined {
  if (!rest.startsWith('\\')) return undefined;
  const code = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(rest);
  if (code) {
    const char = String.fromCharCode(Number.parseInt(code[1] ?? code[2]!, 16));
    return { text: /[\\.*+?{}()|[\]^-]/.test(char) ? `\\${char}` : char, length: code[0].length };
  }
  const category = /^\\[pP]\{[^}]*\}/.exec(rest)?.[0];
  if (category) return { text: category, length: category.length };
  const next = rest.charAt(1);
  // Signs that need no escape in XML Schema may not have one there.
  const text = /[\s!"#$%&',/:;<=>@`~]/.test(next) ? next : `\\${next}`;
  return { text, length: 2 };
}
