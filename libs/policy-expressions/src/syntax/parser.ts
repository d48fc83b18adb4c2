import { CompileError, CompileErrors } from '../binding/problem.js';
import { Lexer } from './lexer.js';
import { parseExpression } from './parse-operators.js';
import { parseBlock, parseStatement } from './parse-statements.js';
import { parseUnary } from './parse-unary.js';
import { TokenStream, type Grammar } from './token-stream.js';
import type { BlockNode, Expression, Statement } from './tree.js';

const grammar: Grammar = { expression: parseExpression, unary: parseUnary, block: parseBlock };

function streamOf(text: string): TokenStream {
  const broken: CompileError[] = [];
  return new TokenStream(new Lexer(text).all(broken), grammar, broken);
}

/** Throws what was noted while reading. */
function checked(stream: TokenStream): void {
  if (stream.errors.length > 0)
    throw new CompileErrors([...stream.errors].sort((a, b) => a.offset - b.offset));
}

/** Parses the inside of `@( … )`; throws CompileErrors. */
export function parseExpressionText(text: string): Expression {
  const stream = streamOf(text);
  const value = stream.recovered(() => wholeExpression(stream));
  checked(stream);
  return value!;
}

function wholeExpression(stream: TokenStream): Expression {
  const value = stream.grammar.expression(stream);
  const rest = stream.current;
  if (rest.kind === 'end') return value;
  if (rest.text === ';' || rest.kind === 'identifier')
    throw new CompileError('CS1026', ') expected', rest.start);
  throw new CompileError('CS1073', `Unexpected token '${rest.text}'`, rest.start);
}

/** Parses the inside of `@{ … }`; throws CompileErrors. */
export function parseBlockText(text: string): BlockNode {
  const stream = streamOf(text);
  const statements: Statement[] = [];
  while (stream.current.kind !== 'end') {
    if (stream.at('}')) {
      checked(stream);
      throw new CompileError(
        'CS1022',
        'Type or namespace definition, or end-of-file expected',
        stream.current.start,
      );
    }
    const statement = stream.recovered(() => parseStatement(stream, true));
    if (statement) statements.push(statement);
  }
  checked(stream);
  return { kind: 'block', statements, start: 0, end: text.length };
}
