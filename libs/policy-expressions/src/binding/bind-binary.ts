import { Decimal } from '@isthmus/dotnet';
import { arithmetic, comparison, type Operation } from '../compile/arithmetic.js';
import type { Code } from '../compile/code.js';
import { operatorCode } from '../compile/operator-code.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { operatorError, type BinaryUse } from './binary-use.js';
import { constantValue } from './bind-literals.js';
import type { BoundValue } from './bound.js';
import { bindCoalesce, bindLogical } from './bind-logical.js';
import { bindEnumOperator } from './enum-operators.js';
import { bindEquality } from './bind-equality.js';
import { named } from './catalogue.js';
import { chooseNumeric, nullableOf, type NumericChoice } from './numeric-operators.js';
import {
  dynamicType,
  isEnumType,
  noType,
  nullableUnderlying,
  nullType,
  typeName,
  voidType,
  type NetType,
} from './net-type.js';
import { CompileError } from './problem.js';
import { bindStringConcat } from './string-concat.js';
import { userOperator } from './user-operators.js';
import { bindDelegateCombination } from './delegate-operators.js';
import { bindShift } from './bind-shift.js';

/** `left operator right`. Long chains of `+` are bound in a loop: they nest to the left. */
export function bindBinary(binder: Binder, node: ExpressionOf<'binary'>): BoundValue {
  const chain: ExpressionOf<'binary'>[] = [node];
  let first = node.left;
  while (
    first.kind === 'binary' &&
    first.operator !== '&&' &&
    first.operator !== '||' &&
    first.operator !== '??'
  ) {
    chain.push(first);
    first = first.left;
  }
  if (node.operator === '&&' || node.operator === '||') return bindLogical(binder, node);
  if (node.operator === '??') return bindCoalesce(binder, node);
  let left = operand(binder, first, node.operator);
  for (const link of chain.reverse()) {
    const right = operand(binder, link.right, link.operator);
    left = binaryValue(binder, { operator: link.operator, left, right, start: link.start });
  }
  return left;
}

function operand(
  binder: Binder,
  node: ExpressionOf<'binary'>['left'],
  operator: string,
): BoundValue {
  const bound = binder.bind(node);
  if (bound.kind === 'value') {
    if (bound.type === voidType)
      throw new CompileError(
        'CS0019',
        `Operator '${operator}' cannot be applied to operands of type 'void'`,
        node.start,
      );
    return bound;
  }
  if (bound.kind === 'lambda' || bound.kind === 'methods') {
    throw new CompileError(
      'CS0019',
      `Operator '${operator}' cannot be applied to operands of type '${bound.kind === 'lambda' ? 'lambda expression' : 'method group'}'`,
      node.start,
    );
  }
  throw binder.notAValue(bound);
}

/** Chooses the operator by the operands' types. */
export function binaryValue(binder: Binder, use: BinaryUse): BoundValue {
  const { operator, left, right } = use;
  if (left.type === dynamicType || right.type === dynamicType)
    throw new CompileError('CS1969', 'Dynamic operations are not supported', use.start);
  if (operator === '==' || operator === '!=') return bindEquality(binder, use);
  if (operator === '<<' || operator === '>>') return bindShift(binder, use);
  const isString = (type: NetType): boolean => type === named('string');
  const bothStrings = isString(left.type) && isString(right.type);
  const custom = bothStrings ? null : userOperator(`op_${operator}`, [left, right], use.start);
  if (custom !== null) return custom;
  if (operator === '+' && (isString(left.type) || isString(right.type)))
    return bindStringConcat(binder, use);
  if (
    isEnumType(nullableUnderlying(left.type) ?? left.type) ||
    isEnumType(nullableUnderlying(right.type) ?? right.type)
  ) {
    const value = bindEnumOperator(binder, use);
    if (value !== null) return value;
  }
  if (operator === '&' || operator === '|' || operator === '^') {
    const logical = boolOperator(binder, use);
    if (logical !== null) return logical;
  }
  const combined =
    operator === '+' || operator === '-' ? bindDelegateCombination(binder, use) : null;
  if (combined !== null) return combined;
  return numericOperator(binder, use);
}

const threeValued: Readonly<
  Record<string, (a: boolean | null, b: boolean | null) => boolean | null>
> = {
  '&': (a, b) => (a === false || b === false ? false : a === null || b === null ? null : true),
  '|': (a, b) => (a === true || b === true ? true : a === null || b === null ? null : false),
  '^': (a, b) => (a === null || b === null ? null : a !== b),
};

function boolOperator(binder: Binder, use: BinaryUse): BoundValue | null {
  const bool = named('bool');
  const isBool = (type: NetType): boolean => (nullableUnderlying(type) ?? type) === bool;
  if (
    !(isBool(use.left.type) || use.left.type === nullType) ||
    !(isBool(use.right.type) || use.right.type === nullType) ||
    (use.left.type === use.right.type && use.left.type === nullType)
  )
    return null;
  const lifted = use.left.type !== bool || use.right.type !== bool;
  const type = lifted ? nullableOf(bool) : bool;
  const left = binder.convert(use.left, type);
  const right = binder.convert(use.right, type);
  const run = threeValued[use.operator]!;
  if (left.constant !== undefined && right.constant !== undefined && !lifted) {
    return constantValue(
      run(left.constant.value as boolean, right.constant.value as boolean),
      bool,
      use.start,
    );
  }
  return {
    kind: 'value',
    type,
    start: use.start,
    emit: () => {
      const a = left.emit();
      const b = right.emit();
      return (frame) =>
        run((a(frame) ?? null) as boolean | null, (b(frame) ?? null) as boolean | null);
    },
  };
}

const comparisons = new Set(['<', '>', '<=', '>=']);

function numericOperator(binder: Binder, use: BinaryUse): BoundValue {
  const { operator, left, right, start } = use;
  if (left.type === noType || right.type === noType) throw operatorError(use);
  const choice = chooseNumeric(left, right, '&|^'.includes(operator));
  if (choice === 'ambiguous')
    throw new CompileError(
      'CS0034',
      `Operator '${operator}' is ambiguous on operands of type '${typeName(left.type)}' and '${typeName(right.type)}'`,
      start,
    );
  if (choice === null) {
    // null converts to string, so that `+` is a concatenation.
    if (operator === '+' && (left.type === nullType) !== (right.type === nullType))
      return bindStringConcat(binder, use);
    if (left.type === nullType && right.type === nullType)
      throw new CompileError(
        'CS0034',
        `Operator '${operator}' is ambiguous on operands of type '<null>' and '<null>'`,
        start,
      );
    throw operatorError(use);
  }
  const isComparison = comparisons.has(operator);
  const checked = binder.scope.checking === true;
  const run = isComparison
    ? comparison(operator, choice.kind)
    : arithmetic(operator, choice.kind, checked);
  if (run === undefined) throw operatorError(use);
  const operandType = choice.lifted ? nullableOf(named(choice.kind)) : named(choice.kind);
  const a = binder.convert(left, operandType);
  const b = binder.convert(right, operandType);
  const result = isComparison ? named('bool') : operandType;
  const folded = choice.lifted
    ? null
    : foldNumeric(binder, { ...use, left: a, right: b }, choice, result);
  if (folded !== null) return folded;
  return {
    kind: 'value',
    type: result,
    start,
    emit: () => {
      const [x, y] = [a.emit(), b.emit()];
      return choice.lifted
        ? liftedCode(run, isComparison, [x, y])
        : operatorCode(
            { operator, kind: choice.kind, run, checked, start },
            { left: x, right: y, constant: b.constant?.value },
          );
    },
  };
}

/** Null when an operand is null, but false from comparisons. */
function liftedCode(
  operation: Operation,
  isComparison: boolean,
  [a, b]: readonly [Code, Code],
): Code {
  const run = operation as (x: unknown, y: unknown) => unknown;
  return (frame) => {
    const x = a(frame);
    const y = b(frame);
    if (x === null || y === null || x === undefined || y === undefined)
      return isComparison ? false : null;
    return run(x, y);
  };
}

/** Constant folding: overflow and division by zero are compile errors (CS0220, CS0020, CS0463). */
function foldNumeric(
  binder: Binder,
  use: BinaryUse,
  choice: NumericChoice,
  type: NetType,
): BoundValue | null {
  const { operator, left, right, start } = use;
  const divisor = right.constant?.value;
  const isZero =
    divisor === 0 || divisor === 0n || (divisor instanceof Decimal && divisor.mantissa === 0n);
  if (
    (operator === '/' || operator === '%') &&
    isZero &&
    choice.kind !== 'double' &&
    choice.kind !== 'float'
  ) {
    throw new CompileError('CS0020', 'Division by constant zero', start);
  }
  if (left.constant === undefined || right.constant === undefined) return null;
  const checked = binder.scope.checking !== false;
  const run = (
    comparisons.has(operator)
      ? comparison(operator, choice.kind)
      : arithmetic(operator, choice.kind, checked)
  ) as (x: unknown, y: unknown) => unknown;
  try {
    return constantValue(run(left.constant.value, right.constant.value), type, start);
  } catch {
    const code = choice.kind === 'decimal' ? 'CS0463' : 'CS0220';
    throw new CompileError(code, 'The operation overflows at compile time in checked mode', start);
  }
}
