import type { BinaryOperator } from '../syntax/tree.js';
import type { BoundValue } from './bound.js';
import { typeName } from './net-type.js';
import { CompileError } from './problem.js';

/** An operator with its bound operands. */
export interface BinaryUse {
  readonly operator: BinaryOperator;
  readonly left: BoundValue;
  readonly right: BoundValue;
  readonly start: number;
}

export function operatorError(use: BinaryUse): CompileError {
  const { operator, left, right, start } = use;
  if (left.literal === 'default' || right.literal === 'default')
    return new CompileError(
      'CS8310',
      `Operator '${operator}' cannot be applied to operand 'default'`,
      start,
    );
  return new CompileError(
    'CS0019',
    `Operator '${operator}' cannot be applied to operands of type '${typeName(left.type, true)}' and '${typeName(right.type, true)}'`,
    start,
  );
}
