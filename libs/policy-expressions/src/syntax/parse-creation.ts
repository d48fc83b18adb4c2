import { CompileError } from '../binding/problem.js';
import { parseRanks, parseType } from './parse-types.js';
import type { TokenStream } from './token-stream.js';
import type { Argument, Expression, TypeNode } from './tree.js';
import type { ArrayInitializer, Initializer, MemberInitializer } from './tree-parts.js';

/** Everything that begins with `new`. */
export function parseCreation(stream: TokenStream): Expression {
  const { start } = stream.expect('new');
  if (stream.at('{')) return parseAnonymous(stream, start);
  if (stream.at('[')) {
    stream.advance();
    let rank = 1;
    while (stream.accept(',')) rank += 1;
    stream.expect(']');
    return { kind: 'newImplicitArray', rank, initializer: parseArrayInitializer(stream), start };
  }
  if (stream.at('(') && stream.at(')', 1)) {
    throw new CompileError(
      'CS8370',
      "Feature 'target-typed object creation' is not available in C# 7.3. Please use language version 9.0 or greater.",
      start,
    );
  }
  if (stream.current.kind === 'end')
    throw new CompileError(
      'CS1526',
      'A new expression requires an argument list or (), [], or {} after type',
      start,
    );
  const type = parseType(stream, 'creation');
  if (stream.at('[')) return parseArrayCreation(stream, type, start);
  const args: readonly Argument[] | null = stream.at('(') ? parseCreationArguments(stream) : null;
  const initializer = stream.at('{') ? parseInitializer(stream) : null;
  if (args === null && initializer === null) {
    throw new CompileError(
      'CS1526',
      'A new expression requires an argument list or (), [], or {} after type',
      start,
    );
  }
  return { kind: 'new', type, args: args ?? [], initializer, start };
}

function parseCreationArguments(stream: TokenStream): readonly Argument[] {
  stream.expect('(');
  const args: Argument[] = [];
  while (!stream.at(')')) {
    if (args.length > 0) stream.expect(',');
    const { start } = stream.current;
    let name: string | null = null;
    if (stream.atIdentifier() && stream.at(':', 1)) {
      name = stream.advance().text;
      stream.advance();
    }
    const word = stream.current.text;
    const mode =
      stream.current.kind === 'keyword' && (word === 'ref' || word === 'out' || word === 'in')
        ? word
        : 'value';
    if (mode !== 'value') stream.advance();
    args.push({ name, mode, value: stream.grammar.expression(stream), start });
  }
  stream.expect(')');
  return args;
}

function parseArrayCreation(stream: TokenStream, element: TypeNode, start: number): Expression {
  if (stream.at(']', 1) || stream.at(',', 1)) {
    const type = parseRanks(stream, element);
    if (!stream.at('{'))
      throw new CompileError(
        'CS1586',
        'Array creation must have array size or array initializer',
        start,
      );
    return { kind: 'newArray', type, sizes: [], initializer: parseArrayInitializer(stream), start };
  }
  stream.expect('[');
  const sizes = [stream.grammar.expression(stream)];
  while (stream.accept(',')) sizes.push(stream.grammar.expression(stream));
  stream.expect(']');
  if (stream.at('[') && !(stream.at(']', 1) || stream.at(',', 1))) {
    throw new CompileError(
      'CS0178',
      "Invalid rank specifier: expected ',' or ']'",
      stream.peek(1).start,
    );
  }
  const type: TypeNode = {
    kind: 'arrayType',
    element: parseRanks(stream, element),
    rank: sizes.length,
    start,
  };
  const initializer = stream.at('{') ? parseArrayInitializer(stream) : null;
  return { kind: 'newArray', type, sizes, initializer, start };
}

/** `{ a, { b, c } }` of an array. */
function parseArrayInitializer(stream: TokenStream): ArrayInitializer {
  return stream.nested(() => {
    const { start } = stream.expect('{');
    const elements: Expression[] = [];
    while (!stream.at('}')) {
      elements.push(
        stream.at('{') ? parseArrayInitializer(stream) : stream.grammar.expression(stream),
      );
      if (!stream.accept(',')) break;
    }
    stream.expect('}');
    return { kind: 'arrayInitializer', elements, start };
  });
}

function parseAnonymous(stream: TokenStream, start: number): Expression {
  stream.expect('{');
  const members: { name: string | null; value: Expression }[] = [];
  while (!stream.at('}')) {
    let name: string | null = null;
    if (stream.atIdentifier() && stream.at('=', 1)) {
      name = stream.advance().text;
      stream.advance();
    }
    members.push({ name, value: stream.grammar.expression(stream) });
    if (!stream.accept(',')) break;
  }
  stream.expect('}');
  return { kind: 'newAnonymous', members, start };
}

/** An object initialiser (`Name = …`, `[key] = …`) or a collection initialiser. */
function parseInitializer(stream: TokenStream): Initializer {
  return stream.nested(() => {
    const { start } = stream.current;
    const isObject =
      (stream.atIdentifier(1) && stream.at('=', 2)) || stream.at('[', 1) || stream.at('}', 1);
    stream.expect('{');
    if (isObject) {
      const members: MemberInitializer[] = [];
      while (!stream.at('}')) {
        members.push(parseMemberInitializer(stream));
        if (!stream.accept(',')) break;
      }
      stream.expect('}');
      return { kind: 'objectInitializer', members, start };
    }
    const elements: (readonly Expression[])[] = [];
    while (!stream.at('}')) {
      elements.push(parseElement(stream));
      if (!stream.accept(',')) break;
    }
    stream.expect('}');
    return { kind: 'collectionInitializer', elements, start };
  });
}

function parseElement(stream: TokenStream): readonly Expression[] {
  if (!stream.at('{')) {
    const value = stream.grammar.expression(stream);
    if (value.kind === 'assign')
      throw new CompileError('CS0747', 'Invalid initializer member declarator', value.start);
    return [value];
  }
  stream.advance();
  const values: Expression[] = [];
  while (!stream.at('}')) {
    values.push(stream.grammar.expression(stream));
    if (!stream.accept(',')) break;
  }
  stream.expect('}');
  return values;
}

function parseMemberInitializer(stream: TokenStream): MemberInitializer {
  const { start } = stream.current;
  let name: string | null = null;
  let index: Argument[] | null = null;
  if (stream.at('[')) {
    stream.advance();
    index = [];
    do index.push({ name: null, mode: 'value', value: stream.grammar.expression(stream), start });
    while (stream.accept(','));
    stream.expect(']');
  } else {
    if (!(stream.atIdentifier() && stream.at('=', 1)))
      throw new CompileError('CS0747', 'Invalid initializer member declarator', start);
    name = stream.advance().text;
  }
  stream.expect('=');
  return {
    name,
    index,
    value: stream.at('{') ? parseInitializer(stream) : stream.grammar.expression(stream),
    start,
  };
}
