import { DotNetError } from '../dotnet-error.js';

/** One token of an XPath expression. */
export interface XPathToken {
  readonly kind: 'name' | 'operator' | 'number' | 'string' | 'symbol' | 'variable' | 'end';
  readonly text: string;
  readonly at: number;
}

/** System.Xml.XPath.XPathException. */
export function xpathException(message: string): DotNetError {
  return new DotNetError('System.Xml.XPath.XPathException', message);
}

const nameChars = '[\\p{L}_][\\p{L}\\p{N}\\p{M}._·-]*';
const pattern = new RegExp(
  [
    `(?<blank>[ \\t\\r\\n]+)`,
    `(?<number>\\d+(?:\\.\\d*)?|\\.\\d+)`,
    `(?<string>"[^"]*"|'[^']*')`,
    `(?<variable>\\$${nameChars}(?::${nameChars})?)`,
    `(?<name>${nameChars}(?::(?:${nameChars}|\\*)(?!:))?)`,
    `(?<symbol>::|\\.\\.|//|!=|<=|>=|[()[\\].@,/|+=<>*-])`,
  ].join('|'),
  'uy',
);

const operatorNames = new Set(['and', 'or', 'mod', 'div']);

/** Splits an expression into tokens; names that stand where an operator must are operators. */
export function tokenize(text: string): XPathToken[] {
  const tokens: XPathToken[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (!groups) throw invalidToken(text, at);
    if (groups['blank'] !== undefined) continue;
    tokens.push(tokenOf(groups, at, tokens.at(-1)));
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function tokenOf(
  groups: Record<string, string | undefined>,
  at: number,
  before: XPathToken | undefined,
): XPathToken {
  const { number, string, variable, name, symbol } = groups;
  if (number !== undefined) return { kind: 'number', text: number, at };
  if (string !== undefined) return { kind: 'string', text: string.slice(1, -1), at };
  if (variable !== undefined) return { kind: 'variable', text: variable.slice(1), at };
  if (name !== undefined) {
    const operator = operatorNames.has(name) && operandEnds(before);
    return { kind: operator ? 'operator' : 'name', text: name, at };
  }
  const text = symbol!;
  const multiply = text === '*' && operandEnds(before);
  return { kind: multiply ? 'operator' : 'symbol', text, at };
}

// Disambiguation of XPath 3.7: after these an operator follows.
function operandEnds(before: XPathToken | undefined): boolean {
  if (!before || before.kind === 'operator') return false;
  if (before.kind !== 'symbol') return true;
  return [')', ']', '.', '..', '*'].includes(before.text);
}

function invalidToken(text: string, at: number): DotNetError {
  const char = text.charAt(at);
  return xpathException(
    char === '"' || char === "'"
      ? 'This is an unclosed string.'
      : `'${text}' has an invalid token.`,
  );
}
