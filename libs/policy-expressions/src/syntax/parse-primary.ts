import { CompileError } from '../binding/problem.js';
import { parseType, tryTypeArguments } from './parse-types.js';
import { TokenStream } from './token-stream.js';
import { type InterpolationPart, type Token } from './token.js';
import type { Argument, Expression, Interpolation } from './tree.js';
import type { Designation } from './tree-parts.js';
import { parseKeyword } from './parse-keyword.js';

/** A primary expression with all its suffixes. */
export function parsePrimary(stream: TokenStream): Expression {
  return parseSuffixes(stream, parseAtom(stream));
}

function parseSuffixes(stream: TokenStream, atom: Expression): Expression {
  let target = atom;
  for (;;) {
    const { start } = target;
    const suffix = memberSuffix(stream, target);
    if (suffix !== null) {
      target = suffix;
    } else if (stream.at('?.') || (stream.at('?') && stream.at('[', 1))) {
      target = { kind: 'conditionalAccess', target, access: parseConditionalAccess(stream), start };
    } else if (stream.at('++') || stream.at('--')) {
      target = {
        kind: 'postfix',
        operator: stream.advance().text as '++' | '--',
        operand: target,
        start,
      };
    } else if (stream.at('->')) {
      throw new CompileError('CS0193', 'The * or -> operator must be applied to a pointer', start);
    } else return target;
  }
}

/** `.name`, `(…)`, `[…]` behind a target, or null. */
function memberSuffix(stream: TokenStream, target: Expression): Expression | null {
  const { start } = target;
  if (stream.at('.')) {
    stream.advance();
    const name = stream.identifier().text;
    return { kind: 'member', target, name, args: tryTypeArguments(stream), start };
  }
  if (stream.at('('))
    return { kind: 'invoke', target, args: parseArguments(stream, '(', ')'), start };
  if (stream.at('[')) {
    const args = parseArguments(stream, '[', ']');
    if (args.length === 0)
      throw new CompileError('CS0443', 'Syntax error; value expected', stream.current.start);
    return { kind: 'element', target, args, start };
  }
  return null;
}

/** What follows `?.` or `?`: a chain on the receiver, which takes all further suffixes. */
function parseConditionalAccess(stream: TokenStream): Expression {
  const token = stream.advance();
  let access: Expression = { kind: 'receiver', start: token.start };
  if (token.text === '?.') {
    const name = stream.identifier().text;
    access = {
      kind: 'member',
      target: access,
      name,
      args: tryTypeArguments(stream),
      start: token.start,
    };
  }
  for (;;) {
    const suffix = memberSuffix(stream, access);
    if (suffix !== null) access = suffix;
    else if (stream.at('?.') || (stream.at('?') && stream.at('[', 1))) {
      return {
        kind: 'conditionalAccess',
        target: access,
        access: parseConditionalAccess(stream),
        start: access.start,
      };
    } else return access;
  }
}

/** Arguments between brackets. */
function parseArguments(stream: TokenStream, open: string, close: string): Argument[] {
  stream.expect(open);
  const args: Argument[] = [];
  while (!stream.at(close)) {
    if (args.length > 0) stream.expect(',');
    args.push(parseArgument(stream));
  }
  stream.expect(close);
  return args;
}

function parseArgument(stream: TokenStream): Argument {
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
  if (mode === 'value') return { name, mode, value: stream.grammar.expression(stream), start };
  stream.advance();
  const declared = mode === 'out' ? tryDeclaration(stream) : undefined;
  return { name, mode, value: declared ?? stream.grammar.expression(stream), start };
}

/** `var x`, `int x`, `var (a, b)`, `_` is left to the binder. */
function tryDeclaration(stream: TokenStream): Expression | undefined {
  const { start } = stream.current;
  return stream.attempt(() => {
    const type = parseType(stream);
    const isVar = type.kind === 'namedType' && type.parts[0]?.name === 'var';
    if (!(stream.atIdentifier() || (isVar && stream.at('(')))) return undefined;
    return { kind: 'declaration' as const, type, designation: parseDesignation(stream), start };
  });
}

export function parseDesignation(stream: TokenStream): Designation {
  const { start } = stream.current;
  if (stream.accept('(')) {
    const parts: Designation[] = [];
    do parts.push(parseDesignation(stream));
    while (stream.accept(','));
    stream.expect(')');
    return { kind: 'several', parts, start };
  }
  const name = stream.identifier().text;
  return { kind: 'variable', name: name === '_' ? null : name, start };
}

function parseAtom(stream: TokenStream): Expression {
  const token = stream.current;
  const { start } = token;
  switch (token.kind) {
    case 'number':
      stream.advance();
      return { kind: 'number', number: token.number, digits: token.digits, start };
    case 'string':
      stream.advance();
      return { kind: 'string', value: token.value, start };
    case 'char':
      stream.advance();
      return { kind: 'char', value: token.value, start };
    case 'interpolated':
      stream.advance();
      return {
        kind: 'interpolated',
        parts: token.parts.map((part) => interpolation(part, stream)),
        start,
      };
    case 'identifier': {
      stream.advance();
      if (stream.accept('::')) return parseAtom(stream);
      return {
        kind: 'name',
        name: token.text,
        args: tryTypeArguments(stream),
        verbatim: token.verbatim,
        start,
      };
    }
    case 'keyword':
      return parseKeyword(stream, token);
    case 'punctuation':
      if (token.text === '(') return parseBracket(stream);
      break;
    case 'end':
      break;
  }
  throw new CompileError(
    'CS1525',
    `Invalid expression term '${token.text === '' ? ')' : token.text}'`,
    start,
  );
}

function interpolation(part: InterpolationPart, outer: TokenStream): string | Interpolation {
  if (typeof part === 'string') return part;
  return {
    value: whole(part.tokens, outer),
    alignment: part.alignment === null ? null : whole(part.alignment, outer),
    format: part.format,
    start: part.start,
  };
}

function whole(tokens: readonly Token[], outer: TokenStream): Expression {
  const inner = new TokenStream(tokens, outer.grammar);
  const value = inner.grammar.expression(inner);
  if (inner.current.kind !== 'end')
    throw new CompileError(
      'CS1073',
      `Unexpected token '${inner.current.text}'`,
      inner.current.start,
    );
  return value;
}

/** A parenthesised expression or a tuple. */
function parseBracket(stream: TokenStream): Expression {
  const { start } = stream.advance();
  const elements: { name: string | null; value: Expression }[] = [];
  do {
    let name: string | null = null;
    if (stream.atIdentifier() && stream.at(':', 1)) {
      name = stream.advance().text;
      stream.advance();
    }
    const value = tryDeclarationInTuple(stream) ?? stream.grammar.expression(stream);
    elements.push({ name, value });
  } while (stream.accept(','));
  stream.expect(')');
  const only = elements[0];
  if (elements.length === 1 && only !== undefined) {
    return { kind: 'parenthesized', operand: only.value, start };
  }
  return { kind: 'tuple', elements, start };
}

/** `(var a, int b) = …`: only where a comma or bracket follows the name. */
function tryDeclarationInTuple(stream: TokenStream): Expression | undefined {
  return stream.attempt(() => {
    const declared = tryDeclaration(stream);
    return declared !== undefined && (stream.at(',') || stream.at(')')) ? declared : undefined;
  });
}
