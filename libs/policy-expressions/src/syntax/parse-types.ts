import { CompileError } from '../binding/problem.js';
import type { TokenStream } from './token-stream.js';
import { typeKeywords } from './token.js';
import type { TypeNode } from './tree.js';

/** How far a type may reach: after `is`/`as` a `?` may begin a conditional; `new T[5]` leaves the brackets. */
export type TypeContext = 'plain' | 'afterIs' | 'creation';

/** Reads a type, or throws CS1031. */
export function parseType(stream: TokenStream, context: TypeContext = 'plain'): TypeNode {
  return stream.nested(() => {
    const start = stream.current.start;
    let type = parseElementType(stream);
    if (context === 'creation') {
      if (stream.at('?') && (stream.at('[', 1) || stream.at('(', 1)))
        type = nullable(stream, type, start);
      return type;
    }
    for (;;) {
      if (
        stream.at('?') &&
        type.kind !== 'nullableType' &&
        (context === 'plain' || !startsOperand(stream))
      ) {
        type = nullable(stream, type, start);
      } else if (
        stream.at('*') &&
        context === 'plain' &&
        (stream.atIdentifier(1) || stream.at('*', 1) || stream.at(')', 1))
      ) {
        throw new CompileError(
          'CS0214',
          'Pointers and fixed size buffers may only be used in an unsafe context',
          start,
        );
      } else if (stream.at('[') && (stream.at(']', 1) || stream.at(',', 1))) {
        type = parseRanks(stream, type);
      } else return type;
    }
  });
}

function nullable(stream: TokenStream, element: TypeNode, start: number): TypeNode {
  stream.advance();
  return { kind: 'nullableType', element, start };
}

/** Whether what follows the `?` can begin an operand: then `x is T ? a : b` is a conditional. */
function startsOperand(stream: TokenStream): boolean {
  const next = stream.peek(1);
  if (next.kind === 'punctuation') return ['(', '!', '~', '+', '-', '++', '--'].includes(next.text);
  if (next.kind === 'keyword') return !['is', 'as', 'in'].includes(next.text);
  return next.kind !== 'end';
}

/** Rank specifiers: `int[][,]` is an array of two-dimensional arrays, written outermost first. */
export function parseRanks(stream: TokenStream, element: TypeNode): TypeNode {
  const ranks: number[] = [];
  while (stream.at('[') && (stream.at(']', 1) || stream.at(',', 1))) {
    stream.advance();
    let rank = 1;
    while (stream.accept(',')) rank += 1;
    stream.expect(']');
    ranks.push(rank);
  }
  let type = element;
  for (const rank of ranks.reverse())
    type = { kind: 'arrayType', element: type, rank, start: element.start };
  return type;
}

function parseElementType(stream: TokenStream): TypeNode {
  const token = stream.current;
  if (token.kind === 'keyword' && typeKeywords.has(token.text)) {
    stream.advance();
    return {
      kind: 'namedType',
      parts: [{ name: token.text, args: [] }],
      omitted: false,
      start: token.start,
    };
  }
  if (stream.at('(')) return parseTupleType(stream);
  if (token.kind !== 'identifier') throw new CompileError('CS1031', 'Type expected', token.start);
  const parts: { name: string; args: readonly TypeNode[] }[] = [];
  let omitted = false;
  for (;;) {
    const name = stream.identifier().text;
    if (stream.at('::')) {
      stream.advance();
      continue;
    }
    let args: readonly TypeNode[] = [];
    if (stream.at('<')) {
      const list = parseTypeArguments(stream);
      args = list.args;
      omitted = list.omitted;
    }
    parts.push({ name, args });
    if (!(stream.at('.') && stream.atIdentifier(1)))
      return { kind: 'namedType', parts, omitted, start: token.start };
    stream.advance();
  }
}

/** `<A, B>`, or `<,>` as in `typeof(Dictionary<,>)`. */
function parseTypeArguments(stream: TokenStream): {
  args: readonly TypeNode[];
  omitted: boolean;
} {
  stream.expect('<');
  const args: TypeNode[] = [];
  if (stream.at('>') || stream.at(',')) {
    const start = stream.current.start;
    do
      args.push({
        kind: 'namedType',
        parts: [{ name: 'object', args: [] }],
        omitted: false,
        start,
      });
    while (stream.accept(','));
    stream.expect('>');
    return { args, omitted: true };
  }
  do args.push(parseType(stream));
  while (stream.accept(','));
  stream.expect('>');
  return { args, omitted: false };
}

function parseTupleType(stream: TokenStream): TypeNode {
  const start = stream.expect('(').start;
  const elements: { type: TypeNode; name: string | null }[] = [];
  do {
    const type = parseType(stream);
    elements.push({ type, name: stream.atIdentifier() ? stream.advance().text : null });
  } while (stream.accept(','));
  stream.expect(')');
  if (elements.length < 2)
    throw new CompileError('CS8124', 'Tuple must contain at least two elements.', start);
  return { kind: 'tupleType', elements, start };
}

/** Type arguments of a name in an expression, when what follows shows that they are meant (C# 7.3, 7.8.4.2). */
export function tryTypeArguments(stream: TokenStream): readonly TypeNode[] | null {
  if (!stream.at('<')) return null;
  const args = stream.attempt(() => {
    const list = parseTypeArguments(stream);
    const next = stream.current;
    if (list.omitted) return omittedArguments;
    if (next.kind === 'end') return list.args;
    const follows = [
      '(',
      ')',
      ']',
      '}',
      ':',
      ';',
      ',',
      '.',
      '?',
      '?.',
      '==',
      '!=',
      '|',
      '^',
      '&&',
      '||',
      '&',
      '[',
    ];
    return next.kind === 'punctuation' && follows.includes(next.text) ? list.args : undefined;
  });
  if (args === omittedArguments)
    throw new CompileError(
      'CS0305',
      'Using the generic method group requires type arguments',
      stream.current.start,
    );
  return args ?? null;
}

const omittedArguments: readonly TypeNode[] = [];
