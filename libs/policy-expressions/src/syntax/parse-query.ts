import { CompileError } from '../binding/problem.js';
import { parseType } from './parse-types.js';
import type { TokenStream } from './token-stream.js';
import type { Expression, TypeNode } from './tree.js';
import type { QueryClause } from './tree-parts.js';

/** `from x in …` or `from Type x in …`. */
export function startsQuery(stream: TokenStream): boolean {
  if (!stream.atWord('from')) return false;
  if (stream.atIdentifier(1) && stream.at('in', 2)) return true;
  const before = stream.position;
  stream.advance();
  const typed = stream.attempt(() => {
    parseType(stream);
    return stream.atIdentifier() && stream.at('in', 1) ? true : undefined;
  });
  stream.position = before;
  return typed === true;
}

export function parseQuery(stream: TokenStream): Expression {
  const { start } = stream.current;
  const clauses: QueryClause[] = [];
  for (;;) {
    const clause = parseClause(stream);
    clauses.push(clause);
    if (clause.kind !== 'select' && clause.kind !== 'group') continue;
    if (!stream.atWord('into')) return { kind: 'query', clauses, start };
    const at = stream.advance().start;
    clauses.push({ kind: 'into', name: stream.identifier().text, start: at });
  }
}

function parseRange(stream: TokenStream): {
  type: TypeNode | null;
  name: string;
  source: Expression;
} {
  const type = stream.at('in', 1) ? null : parseType(stream);
  const name = stream.identifier().text;
  stream.expect('in');
  return { type, name, source: stream.grammar.expression(stream) };
}

function expectWord(stream: TokenStream, word: string): void {
  if (!stream.atWord(word))
    throw new CompileError('CS1003', `Syntax error, '${word}' expected`, stream.current.start);
  stream.advance();
}

function parseClause(stream: TokenStream): QueryClause {
  const token = stream.current;
  const { start } = token;
  if (token.kind !== 'identifier')
    throw new CompileError(
      'CS0742',
      'A query body must end with a select clause or a group clause',
      start,
    );
  stream.advance();
  switch (token.text) {
    case 'from':
      return { kind: 'from', ...parseRange(stream), start };
    case 'let': {
      const name = stream.identifier().text;
      stream.expect('=');
      return { kind: 'let', name, value: stream.grammar.expression(stream), start };
    }
    case 'where':
      return { kind: 'where', test: stream.grammar.expression(stream), start };
    case 'join':
      return parseJoin(stream, start);
    case 'orderby': {
      const keys: { key: Expression; descending: boolean }[] = [];
      do {
        const key = stream.grammar.expression(stream);
        const descending = stream.atWord('descending');
        if (descending || stream.atWord('ascending')) stream.advance();
        keys.push({ key, descending });
      } while (stream.accept(','));
      return { kind: 'orderby', keys, start };
    }
    case 'select':
      return { kind: 'select', value: stream.grammar.expression(stream), start };
    case 'group': {
      const value = stream.grammar.expression(stream);
      expectWord(stream, 'by');
      return { kind: 'group', value, by: stream.grammar.expression(stream), start };
    }
    default:
      throw new CompileError(
        'CS0742',
        'A query body must end with a select clause or a group clause',
        start,
      );
  }
}

function parseJoin(stream: TokenStream, start: number): QueryClause {
  const range = parseRange(stream);
  expectWord(stream, 'on');
  const on = stream.grammar.expression(stream);
  expectWord(stream, 'equals');
  const equals = stream.grammar.expression(stream);
  let into: string | null = null;
  if (stream.atWord('into')) {
    stream.advance();
    into = stream.identifier().text;
  }
  return { kind: 'join', ...range, on, equals, into, start };
}
