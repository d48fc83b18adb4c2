import { CompileError } from '../binding/problem.js';
import { Lexer } from './lexer.js';
import { parseExpression } from './parse-operators.js';
import { parseBlock, parseStatement } from './parse-statements.js';
import { parseUnary } from './parse-unary.js';
import { TokenStream, type Grammar } from './token-stream.js';
import type { BlockNode, Expression, Statement } from './tree.js';

const grammar: Grammar = { expression: parseExpression, unary: parseUnary, block: parseBlock };

function streamOf(text: string): TokenStream {
  return new TokenStream(new Lexer(text).all(), grammar);
}

/** Parses the inside of `@( … )`; throws CompileError. */
export function parseExpressionText(text: string): Expression {
  const stream = streamOf(text);
  const value = stream.grammar.expression(stream);
  const rest = stream.current;
  if (rest.kind === 'end') return value;
  if (rest.text === ';' || rest.kind === 'identifier')
    throw new CompileError('CS1026', ') expected', rest.start);
  throw new CompileError('CS1073', `Unexpected token '${rest.text}'`, rest.start);
}

/** Parses the inside of `@{ … }`; throws CompileError. */
export function parseBlockText(text: string): BlockNode {
  const stream = streamOf(text);
  const statements: Statement[] = [];
  while (stream.current.kind !== 'end') {
    if (stream.at('}'))
      throw new CompileError(
        'CS1022',
        'Type or namespace definition, or end-of-file expected',
        stream.current.start,
      );
    statements.push(parseStatement(stream, true));
  }
  return { kind: 'block', statements, start: 0, end: text.length };
}
