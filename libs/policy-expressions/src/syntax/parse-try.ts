import { CompileError } from '../binding/problem.js';
import type { StatementReaders } from './parse-loops.js';
import { parseType } from './parse-types.js';
import type { TokenStream } from './token-stream.js';
import type { CatchNode, Expression, Statement, TypeNode } from './tree.js';

export function parseTry(stream: TokenStream): Statement {
  const { start } = stream.expect('try');
  const body = stream.grammar.block(stream);
  const catches: CatchNode[] = [];
  while (stream.at('catch')) catches.push(parseCatch(stream));
  const last = stream.accept('finally') ? stream.grammar.block(stream) : null;
  if (catches.length === 0 && last === null)
    throw new CompileError('CS1524', 'Expected catch or finally', stream.current.start);
  return { kind: 'try', body, catches, finally: last, start };
}

function parseCatch(stream: TokenStream): CatchNode {
  const { start } = stream.expect('catch');
  let type: TypeNode | null = null;
  let name: string | null = null;
  if (stream.accept('(')) {
    type = parseType(stream);
    if (stream.atIdentifier()) name = stream.advance().text;
    stream.expect(')');
  }
  let when: Expression | null = null;
  if (stream.atWord('when')) {
    stream.advance();
    stream.expect('(');
    when = stream.grammar.expression(stream);
    stream.expect(')');
  }
  return { type, name, when, body: stream.grammar.block(stream), start };
}

export function parseUsing(stream: TokenStream, readers: StatementReaders): Statement {
  const { start } = stream.expect('using');
  if (!stream.at('(')) {
    throw new CompileError(
      'CS8370',
      "Feature 'using declarations' is not available in C# 7.3. Please use language version 8.0 or greater.",
      start,
    );
  }
  stream.expect('(');
  const local = readers.local(stream, true);
  const resource = local?.kind === 'local' ? local : stream.grammar.expression(stream);
  stream.expect(')');
  return { kind: 'using', resource, body: readers.body(stream), start };
}
