import { CompileError } from '../binding/problem.js';
import { parseDesignation } from './parse-primary.js';
import { parseType } from './parse-types.js';
import type { TokenStream } from './token-stream.js';
import type {
  DeclarationNode,
  Expression,
  LocalFunctionNode,
  Statement,
  TypeNode,
} from './tree.js';
import type { Designation } from './tree-parts.js';

export interface StatementReaders {
  local(stream: TokenStream, inHeader: boolean): DeclarationNode | LocalFunctionNode | undefined;
  body(stream: TokenStream): Statement;
}

export function parseFor(stream: TokenStream, readers: StatementReaders): Statement {
  const { start } = stream.expect('for');
  stream.expect('(');
  const local = stream.at(';') ? undefined : readers.local(stream, true);
  const initial = local?.kind === 'local' ? local : parseExpressions(stream, ';');
  stream.expect(';');
  const test = stream.at(';') ? null : stream.grammar.expression(stream);
  stream.expect(';');
  const step = parseExpressions(stream, ')');
  stream.expect(')');
  return { kind: 'for', initial, test, step, body: readers.body(stream), start };
}

function parseExpressions(stream: TokenStream, close: string): Expression[] {
  const values: Expression[] = [];
  if (stream.at(close)) return values;
  do values.push(stream.grammar.expression(stream));
  while (stream.accept(','));
  return values;
}

export function parseForeach(
  stream: TokenStream,
  body: (stream: TokenStream) => Statement,
): Statement {
  const { start } = stream.expect('foreach');
  stream.expect('(');
  let type: TypeNode | null = null;
  let target: Designation | Expression;
  if (stream.at('(')) target = stream.grammar.expression(stream);
  else {
    if (stream.atIdentifier() && stream.at('in', 1)) {
      throw new CompileError(
        'CS0230',
        'Type and identifier are both required in a foreach statement',
        start,
      );
    }
    type = parseType(stream);
    target = parseDesignation(stream);
  }
  stream.expect('in');
  const source = stream.grammar.expression(stream);
  stream.expect(')');
  return { kind: 'foreach', type, target, source, body: body(stream), start };
}
