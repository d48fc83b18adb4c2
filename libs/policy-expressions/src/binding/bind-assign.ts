import type { Code } from '../compile/code.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { binaryValue } from './bind-binary.js';
import { castTo } from './bind-casts.js';
import type { BoundValue, Place } from './bound.js';
import { classify } from './classify.js';
import { numberKind } from '../compile/numeric-kinds.js';
import {
  isEnumType,
  noType,
  nullableUnderlying,
  nullType,
  voidType,
  type NetType,
} from './net-type.js';
import { CompileError } from './problem.js';
import { requireWritable, copied } from './places.js';
import { varDeconstruction, bindDeconstruction } from './deconstruct.js';

/** `a = b`, `a += b`, `(a, b) = c`, `_ = c`. */
export function bindAssign(binder: Binder, node: ExpressionOf<'assign'>): BoundValue {
  const { target, operator, start } = node;
  if (operator === '' && (target.kind === 'tuple' || target.kind === 'declaration'))
    return bindDeconstruction(binder, { target, value: node.value, start });
  if (
    operator === '' &&
    target.kind === 'invoke' &&
    target.target.kind === 'name' &&
    target.target.name === 'var' &&
    binder.scope.find('var') === undefined
  ) {
    return bindDeconstruction(binder, {
      target: varDeconstruction(target),
      value: node.value,
      start,
    });
  }
  if (
    operator === '' &&
    target.kind === 'name' &&
    target.name === '_' &&
    binder.scope.find('_') === undefined
  )
    return bindDiscard(binder, node);
  const bound = binder.bind(target);
  if (bound.kind === 'type' || bound.kind === 'namespace') throw binder.notAValue(bound);
  const place = requireWritable(bound);
  const type = (bound as BoundValue).type;
  if (operator !== '') return compound(binder, { node, target: bound as BoundValue, place });
  const value = binder.convert(binder.bind(node.value), type);
  return { kind: 'value', type, start, emit: () => place.store(copied(value)) };
}

function bindDiscard(binder: Binder, node: ExpressionOf<'assign'>): BoundValue {
  const value = binder.value(node.value);
  if (value.type === nullType || value.type === noType || value.type === voidType)
    throw new CompileError(
      'CS8183',
      'Cannot infer the type of implicitly-typed discard.',
      node.start,
    );
  return { kind: 'value', type: value.type, start: node.start, emit: value.emit };
}

interface CompoundUse {
  readonly node: ExpressionOf<'assign'>;
  readonly target: BoundValue;
  readonly place: Place;
}

/** `x op= y`: x = (T)(x op y), with x evaluated once; the cast is implicit where the operands allow it (7.17.2). */
function compound(binder: Binder, { node, target, place }: CompoundUse): BoundValue {
  const { start } = node;
  let current: unknown;
  const read: BoundValue = {
    kind: 'value',
    type: target.type,
    start,
    emit: (): Code => () => current,
  };
  const right = binder.bind(node.value);
  if (right.kind === 'type' || right.kind === 'namespace') throw binder.notAValue(right);
  const operand = right.kind === 'value' ? right : binder.convert(right, target.type);
  const result = binaryValue(binder, {
    operator: node.operator as '+',
    left: read,
    right: operand,
    start,
  });
  const next = compoundResult(binder, {
    result,
    right: operand,
    target,
    isShift: node.operator === '<<' || node.operator === '>>',
  });
  return {
    kind: 'value',
    type: target.type,
    start,
    emit: () => {
      const slot = place.slot?.() ?? null;
      const code = next.emit();
      if (slot !== null) {
        return (frame) => {
          current = frame.slots[slot];
          return (frame.slots[slot] = code(frame));
        };
      }
      const refer = place.reference();
      return (frame) => {
        const reference = refer(frame);
        // Read before the right operand runs; the operator takes it at once.
        current = reference.value;
        const stored = code(frame);
        reference.value = stored;
        return stored;
      };
    },
  };
}

interface CompoundResult {
  readonly result: BoundValue;
  readonly right: BoundValue;
  readonly target: BoundValue;
  readonly isShift: boolean;
}

function compoundResult(
  binder: Binder,
  { result, right, target, isShift }: CompoundResult,
): BoundValue {
  const plain: BoundValue = { ...result, constant: undefined };
  if (classify(plain, target.type) !== null) return binder.convert(plain, target.type);
  const isNumeric = (t: NetType): boolean =>
    numberKind(nullableUnderlying(t) ?? t) !== undefined || isEnumType(t);
  const fits = classify(right, target.type) !== null || isShift;
  if (isNumeric(target.type) && isNumeric(result.type) && fits)
    return castTo(binder, plain, target.type, plain.start);
  throw binder.noConversion(plain, target.type);
}
