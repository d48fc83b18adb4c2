import { CompileError } from '../binding/problem.js';
import { parseLambda, startsLambda } from './parse-lambda.js';
import { parseUnary } from './parse-unary.js';
import { parseQuery, startsQuery } from './parse-query.js';
import { parseType } from './parse-types.js';
import type { TokenStream } from './token-stream.js';
import type { BinaryOperator, Expression } from './tree.js';
import type { Pattern } from './tree-parts.js';

const assignments = new Set(['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=']);

/** Reads an expression: assignment, lambda, query, conditional, … */
export function parseExpression(stream: TokenStream): Expression {
  return stream.nested(() => {
    const start = stream.current.start;
    if (startsLambda(stream)) return parseLambda(stream);
    if (startsQuery(stream)) return parseQuery(stream);
    if (stream.at('throw')) {
      stream.advance();
      return { kind: 'throw', value: parseExpression(stream), start };
    }
    if (stream.at('ref')) {
      stream.advance();
      return { kind: 'ref', value: parseExpression(stream), start };
    }
    const target = parseConditional(stream);
    const operator = assignmentOperator(stream);
    if (operator === null) return target;
    return { kind: 'assign', operator, target, value: parseExpression(stream), start };
  });
}

function assignmentOperator(stream: TokenStream): BinaryOperator | '' | null {
  const token = stream.current;
  if (token.kind !== 'punctuation') return null;
  if (token.text === '??=') {
    throw new CompileError(
      'CS8370',
      "Feature 'coalescing assignment' is not available in C# 7.3. Please use language version 8.0 or greater.",
      token.start,
    );
  }
  if (stream.adjacent('>', '>=')) {
    stream.advance();
    stream.advance();
    return '>>';
  }
  if (!assignments.has(token.text)) return null;
  stream.advance();
  return token.text.slice(0, -1) as BinaryOperator | '';
}

function parseConditional(stream: TokenStream): Expression {
  const test = parseBinary(stream, 0);
  if (!stream.at('?')) return test;
  stream.advance();
  const yes = parseExpression(stream);
  stream.expect(':');
  const no = parseExpression(stream);
  return { kind: 'conditional', test, yes, no, start: test.start };
}

const precedence: Readonly<Record<string, number>> = {
  '??': 1,
  '||': 2,
  '&&': 3,
  '|': 4,
  '^': 5,
  '&': 6,
  '==': 7,
  '!=': 7,
  '<': 8,
  '>': 8,
  '<=': 8,
  '>=': 8,
  is: 8,
  as: 8,
  '<<': 9,
  '>>': 9,
  '+': 10,
  '-': 10,
  '*': 11,
  '/': 11,
  '%': 11,
};

/** The binary operator at the cursor; `>` `>` written together is a shift. */
function binaryOperator(stream: TokenStream): string | null {
  const token = stream.current;
  if (token.kind !== 'punctuation' && token.kind !== 'keyword') return null;
  if (stream.adjacent('>', '>')) return '>>';
  if (stream.adjacent('>', '>=')) return null;
  return Object.hasOwn(precedence, token.text) ? token.text : null;
}

/** Precedence climbing; `minimum` is the lowest precedence that may be taken. */
function parseBinary(stream: TokenStream, minimum: number): Expression {
  let left = parseUnary(stream);
  for (;;) {
    const operator = binaryOperator(stream);
    const level = operator === null ? 0 : (precedence[operator] ?? 0);
    if (operator === null || level <= minimum) return left;
    const { start } = left;
    stream.advance();
    if (operator === 'is') {
      left = { kind: 'is', operand: left, pattern: parsePattern(stream), start };
    } else if (operator === 'as') {
      left = { kind: 'as', operand: left, type: parseType(stream, 'afterIs'), start };
    } else {
      if (operator === '>>') stream.advance();
      // `??` is right-associative.
      const right =
        operator === '??'
          ? stream.nested(() => coalesceOperand(stream))
          : parseBinary(stream, level);
      left = { kind: 'binary', operator: operator as BinaryOperator, left, right, start };
    }
  }
}

function coalesceOperand(stream: TokenStream): Expression {
  if (stream.at('throw')) return parseExpression(stream);
  return parseBinary(stream, 0);
}

/** A pattern after `is` or `case`. */
export function parsePattern(stream: TokenStream): Pattern {
  const { start } = stream.current;
  if (stream.atWord('not') && (stream.at('null', 1) || stream.atIdentifier(1))) {
    throw new CompileError(
      'CS8370',
      "Feature 'not pattern' is not available in C# 7.3. Please use language version 9.0 or greater.",
      start,
    );
  }
  if (stream.at('{') || stream.at('<') || stream.at('>') || stream.at('<=') || stream.at('>=')) {
    throw new CompileError(
      'CS8370',
      "Feature 'recursive patterns' is not available in C# 7.3. Please use language version 8.0 or greater.",
      start,
    );
  }
  if (stream.atWord('var') && stream.atIdentifier(1)) {
    stream.advance();
    return { kind: 'varPattern', name: designationName(stream), start };
  }
  const declared = stream.attempt(() => {
    const type = parseType(stream, 'afterIs');
    if (
      !stream.atIdentifier() ||
      stream.atWord('when') ||
      stream.atWord('and') ||
      stream.atWord('or')
    )
      return undefined;
    return { kind: 'declarationPattern' as const, type, name: designationName(stream), start };
  });
  if (declared !== undefined) return declared;
  return parseTypeOrConstant(stream, start);
}

function parseTypeOrConstant(stream: TokenStream, start: number): Pattern {
  const before = stream.position;
  let afterType = -1;
  const type =
    stream.attempt(() => {
      const read = parseType(stream, 'afterIs');
      afterType = stream.position;
      return read;
    }) ?? null;
  stream.position = before;
  const value = stream.attempt(() => parseBinary(stream, 8)) ?? null;
  if (type !== null && (value === null || stream.position < afterType)) {
    stream.position = afterType;
    return { kind: 'typePattern', type, start };
  }
  if (value === null)
    throw new CompileError('CS1525', `Invalid expression term '${stream.current.text}'`, start);
  return {
    kind: 'constantPattern',
    value,
    type: type !== null && stream.position === afterType ? type : null,
    start,
  };
}

function designationName(stream: TokenStream): string | null {
  const name = stream.identifier().text;
  return name === '_' ? null : name;
}
