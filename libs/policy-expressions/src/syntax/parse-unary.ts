import { CompileError } from '../binding/problem.js';
import { parsePrimary } from './parse-primary.js';
import { parseType } from './parse-types.js';
import type { TokenStream } from './token-stream.js';
import type { Expression, TypeNode } from './tree.js';

const prefix = new Set(['+', '-', '!', '~', '++', '--']);

/** Prefix operators, casts, primaries. */
export function parseUnary(stream: TokenStream): Expression {
  const token = stream.current;
  const { start } = token;
  if (token.kind === 'punctuation') {
    if (prefix.has(token.text)) {
      return stream.nested(() => {
        stream.advance();
        const operator = token.text as '+' | '-' | '!' | '~' | '++' | '--';
        return { kind: 'unary', operator, operand: parseUnary(stream), start };
      });
    }
    if (token.text === '*')
      throw new CompileError('CS0193', 'The * or -> operator must be applied to a pointer', start);
    if (token.text === '&')
      throw new CompileError(
        'CS0214',
        'Pointers and fixed size buffers may only be used in an unsafe context',
        start,
      );
    if (token.text === '(') {
      const cast = tryCast(stream);
      if (cast !== undefined) return cast;
    }
  }
  if (stream.atWord('await') && stream.atIdentifier(1)) {
    throw new CompileError(
      'CS4032',
      "The 'await' operator can only be used within an async method.",
      start,
    );
  }
  return parsePrimary(stream);
}

/** A cast, decided by what stands after the bracket (C# 7.3, "Cast expressions"). */
function tryCast(stream: TokenStream): Expression | undefined {
  const { start } = stream.current;
  const type = stream.attempt(() => {
    stream.advance();
    const read = parseType(stream);
    if (!stream.accept(')')) return undefined;
    return isCertain(read) ? castFollows(stream, true, read) : castFollows(stream, false, read);
  });
  if (type === undefined) return undefined;
  return stream.nested(() => ({ kind: 'cast', type, operand: parseUnary(stream), start }));
}

function castFollows(stream: TokenStream, certain: boolean, type: TypeNode): TypeNode | undefined {
  const next = stream.current;
  if (next.kind === 'end') return undefined;
  if (next.kind === 'punctuation') {
    if (next.text === '(' || next.text === '!' || next.text === '~') return type;
    return certain && ['+', '-', '++', '--', '&', '*'].includes(next.text) ? type : undefined;
  }
  if (next.kind === 'keyword') return ['is', 'as', 'in'].includes(next.text) ? undefined : type;
  return type;
}

/** `(int)-1` is a cast, `(x)-1` a subtraction: keywords, arrays and nullables can only be types. */
function isCertain(type: TypeNode): boolean {
  if (type.kind !== 'namedType') return true;
  const first = type.parts[0]?.name ?? '';
  return (
    type.parts.length === 1 &&
    /^(bool|byte|char|decimal|double|float|int|long|object|sbyte|short|string|uint|ulong|ushort)$/.test(
      first,
    )
  );
}
