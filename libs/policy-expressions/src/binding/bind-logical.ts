import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { constantValue } from './bind-literals.js';
import type { Bound, BoundValue } from './bound.js';
import { applyConversion, classify } from './classify.js';
import { named } from './catalogue.js';
import {
  isReferenceType,
  noType,
  nullableUnderlying,
  nullType,
  typeName,
  type NetType,
} from './net-type.js';
import { CompileError } from './problem.js';

/** `&&` and `||`. */
export function bindLogical(binder: Binder, node: ExpressionOf<'binary'>): BoundValue {
  const bool = named('bool');
  const left = side(binder, node, node.left);
  const right = side(binder, node, node.right);
  const isAnd = node.operator === '&&';
  if (left.constant !== undefined && right.constant !== undefined) {
    return constantValue(
      isAnd
        ? left.constant.value === true && right.constant.value === true
        : left.constant.value === true || right.constant.value === true,
      bool,
      node.start,
    );
  }
  return {
    kind: 'value',
    type: bool,
    start: node.start,
    emit: () => {
      const a = left.emit();
      const b = right.emit();
      return isAnd
        ? (frame) => a(frame) === true && b(frame) === true
        : (frame) => a(frame) === true || b(frame) === true;
    },
  };
}

function side(
  binder: Binder,
  node: ExpressionOf<'binary'>,
  operand: ExpressionOf<'binary'>['left'],
): BoundValue {
  const bound = binder.bind(operand);
  if (bound.kind === 'type' || bound.kind === 'namespace') throw binder.notAValue(bound);
  const conversion = classify(bound, named('bool'));
  if (conversion === null) {
    const type = bound.kind === 'value' ? typeName(bound.type, true) : bound.kind;
    throw new CompileError(
      'CS0019',
      `Operator '${node.operator}' cannot be applied to operands of type '${type}' and 'bool'`,
      node.start,
    );
  }
  return applyConversion(bound, named('bool'), conversion);
}

/** `a ?? b` (7.12). */
export function bindCoalesce(binder: Binder, node: ExpressionOf<'binary'>): BoundValue {
  const left = binder.bind(node.left);
  const right = binder.bind(node.right);
  const error = (): CompileError => {
    const name = (b: Bound): string =>
      b.kind === 'value' ? typeName(b.type, true) : b.kind === 'methods' ? 'method group' : b.kind;
    return new CompileError(
      'CS0019',
      `Operator '??' cannot be applied to operands of type '${name(left)}' and '${name(right)}'`,
      node.start,
    );
  };
  if (left.kind !== 'value')
    throw left.kind === 'type' || left.kind === 'namespace' ? binder.notAValue(left) : error();
  const inner = nullableUnderlying(left.type);
  if (
    (inner === undefined && !isReferenceType(left.type) && left.type.kind !== 'parameter') ||
    left.type === noType
  )
    throw error();
  if (inner !== undefined && classify(right, inner) !== null)
    return coalesce(left, { type: inner, right: binder.convert(right, inner), node });
  if (left.type !== nullType && classify(right, left.type) !== null)
    return coalesce(left, { type: left.type, right: binder.convert(right, left.type), node });
  if (right.kind === 'value' && right.type !== nullType && right.type !== noType) {
    const source: BoundValue = inner === undefined ? left : { ...left, type: inner };
    const conversion = classify(source, right.type);
    if (conversion !== null)
      return coalesceConverted({
        left,
        source,
        right,
        type: right.type,
        start: node.start,
        convert: (v) => applyConversion(v, right.type, conversion),
      });
  }
  throw error();
}

function coalesce(
  left: BoundValue,
  facts: { type: NetType; right: BoundValue; node: ExpressionOf<'binary'> },
): BoundValue {
  const { type, right, node } = facts;
  return {
    kind: 'value',
    type,
    start: node.start,
    emit: () => {
      const a = left.emit();
      const b = right.emit();
      return (frame) => a(frame) ?? b(frame);
    },
  };
}

interface ConvertedFacts {
  readonly left: BoundValue;
  readonly source: BoundValue;
  readonly right: BoundValue;
  readonly type: NetType;
  readonly start: number;
  readonly convert: (value: BoundValue) => BoundValue;
}

function coalesceConverted(facts: ConvertedFacts): BoundValue {
  return {
    kind: 'value',
    type: facts.type,
    start: facts.start,
    emit: () => {
      const a = facts.left.emit();
      const b = facts.right.emit();
      let current: unknown;
      const converted = facts
        .convert({ ...facts.source, constant: undefined, emit: () => () => current })
        .emit();
      return (frame) => {
        const value = a(frame);
        if (value === null || value === undefined) return b(frame);
        current = value;
        return converted(frame);
      };
    },
  };
}
