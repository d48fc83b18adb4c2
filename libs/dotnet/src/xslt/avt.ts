import { compileXPath, type StaticScope } from './expression.js';
import type { Frame } from './runtime.js';
import { loadError } from './xslt-error.js';

/** A compiled attribute value template. */
export type TextTemplate = (frame: Frame) => string;

/** Compiles an attribute value template: `a{expression}b`, doubled braces stand for themselves. */
export function compileTextTemplate(text: string, scope: StaticScope): TextTemplate {
  const parts: (string | TextTemplate)[] = [];
  let literal = '';
  for (let i = 0; i < text.length;) {
    const char = text.charAt(i);
    if ((char === '{' || char === '}') && text.charAt(i + 1) === char) {
      literal += char;
      i += 2;
    } else if (char === '}') {
      throw loadError(
        `The right curly brace in an attribute value template '${text}' outside an expression must be doubled.`,
      );
    } else if (char === '{') {
      const end = expressionEnd(text, i + 1);
      const expression = compileXPath(text.slice(i + 1, end), scope);
      parts.push(literal, expression.text);
      literal = '';
      i = end + 1;
    } else {
      literal += char;
      i++;
    }
  }
  parts.push(literal);
  if (parts.length === 1) return () => literal;
  return (frame) => parts.map((part) => (typeof part === 'string' ? part : part(frame))).join('');
}

function expressionEnd(text: string, start: number): number {
  let quote = '';
  for (let i = start; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '}') return i;
  }
  throw loadError(`Unexpected token '<eof>' in the expression.`);
}
