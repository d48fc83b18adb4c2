import type { WorkflowExpressionError } from '../error.js';
import { kindOf, type WorkflowValue } from '../value.js';
import { isNumber } from './arguments.js';
import { compareNumbers, deepEquals } from './equality.js';
import { eager, failure, lazy, many, type WorkflowFunction } from './function.js';
import { compareIgnoringCase } from './ordinal.js';

function noBoolean(name: string, value: WorkflowValue): WorkflowExpressionError {
  return failure(
    name,
    `expects all of its parameters to be booleans. Found invalid parameter types: '${kindOf(value)}'.`,
  );
}

function booleanOf(name: string, value: WorkflowValue): boolean {
  if (typeof value === 'boolean') return value;
  throw noBoolean(name, value);
}

/** Two numbers by value or two strings without regard to case; nothing else can be ordered. */
function compare(name: string, args: readonly WorkflowValue[]): number {
  const [left = null, right = null] = args;
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string')
    return compareIgnoringCase(left, right);
  const isOrdered = (value: WorkflowValue): boolean => isNumber(value) || typeof value === 'string';
  if (isOrdered(left) && isOrdered(right)) {
    throw failure(
      name,
      `expects two parameter of matching types. The function was invoked with values of type '${kindOf(left)}' and '${kindOf(right)}' that do not match.`,
    );
  }
  const invalid = [left, right].filter((value) => !isOrdered(value)).map(kindOf);
  throw failure(
    name,
    'expects all of its parameters to be either integer or decimal numbers. ' +
      `Found invalid parameter types: '${invalid.join(',')}'.`,
  );
}

/** Logical functions: comparison, and what decides by comparisons. */
export const logicalFunctions: readonly WorkflowFunction[] = [
  lazy('and', [1, many], (args) => args.every((arg) => booleanOf('and', arg()))),
  lazy('or', [1, many], (args) => args.some((arg) => booleanOf('or', arg()))),
  eager('not', [1, 1], ([value = null]) => !booleanOf('not', value)),
  lazy('if', [3, 3], ([condition, yes, no]) => {
    const value = condition?.() ?? null;
    if (typeof value !== 'boolean') {
      throw failure(
        'if',
        `expects its first parameter to be a boolean. The provided value is of type '${kindOf(value)}'.`,
      );
    }
    return (value ? yes : no)?.() ?? null;
  }),
  lazy('coalesce', [1, many], (args) => {
    for (const arg of args) {
      const value = arg();
      if (value !== null) return value;
    }
    return null;
  }),
  eager('equals', [2, many], ([first = null, ...others]) =>
    others.every((other) => deepEquals(first, other)),
  ),
  eager('greater', [2, 2], (args) => compare('greater', args) > 0),
  eager('greaterOrEquals', [2, 2], (args) => compare('greaterOrEquals', args) >= 0),
  eager('less', [2, 2], (args) => compare('less', args) < 0),
  eager('lessOrEquals', [2, 2], (args) => compare('lessOrEquals', args) <= 0),
];
