import { WorkflowExpressionError } from '../error.js';
import { parseExpression } from './parser.js';
import type { ExpressionNode } from './tree.js';

/** What a JSON string of a definition means. */
export type StringTemplate =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'expression'; readonly expression: ParsedExpression }
  | { readonly kind: 'interpolation'; readonly parts: readonly (string | ParsedExpression)[] };

export interface ParsedExpression {
  /** The text of the expression without `@` or `@{ }`. */
  readonly text: string;
  readonly node: ExpressionNode;
}

function parsed(text: string): ParsedExpression {
  return { text, node: parseExpression(text) };
}

/** The index of the `}` that ends an interpolation: the first one outside of single quotes. */
function endOfInterpolation(text: string, start: number): number {
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 39) quoted = !quoted;
    else if (character === 125 && !quoted) return at;
  }
  throw new WorkflowExpressionError(
    `Unable to parse template language expression '${text.slice(start)}': the expression is not terminated by '}'.`,
    start,
  );
}

function interpolation(text: string): StringTemplate {
  const parts: (string | ParsedExpression)[] = [];
  let literal = '';
  let at = 0;
  for (;;) {
    const next = text.indexOf('@{', at);
    if (next < 0) break;
    if (text[next - 1] === '@' && next > at) {
      // `@@{` stands for the text `@{`.
      literal += `${text.slice(at, next - 1)}@{`;
      at = next + 2;
      continue;
    }
    literal += text.slice(at, next);
    if (literal !== '') parts.push(literal);
    literal = '';
    const end = endOfInterpolation(text, next + 2);
    parts.push(parsed(text.slice(next + 2, end)));
    at = end + 1;
  }
  literal += text.slice(at);
  if (parts.length === 0) return { kind: 'literal', text: literal };
  if (literal !== '') parts.push(literal);
  return { kind: 'interpolation', parts };
}

/** Whether a string can be anything but a literal that stands for itself. */
export function isTemplate(text: string): boolean {
  return text.charCodeAt(0) === 64 ? text.length > 1 : text.includes('@{');
}

/**
 * Reads one JSON string of a definition by the rules of workflow expressions: literal, `@expression`,
 * `text @{expression} text`, `@@` for a literal `@`.
 * @throws WorkflowExpressionError when an expression does not parse
 */
export function parseTemplate(text: string): StringTemplate {
  if (!isTemplate(text)) return { kind: 'literal', text };
  if (text.startsWith('@') && text[1] !== '{') {
    if (text[1] !== '@') return { kind: 'expression', expression: parsed(text.slice(1)) };
    // `@@{`: an escaped interpolation, others may follow; `@@`: one `@` is dropped, the rest is text.
    if (text[2] !== '{') return { kind: 'literal', text: text.slice(1) };
  }
  return interpolation(text);
}
