import { comparison } from '../compile/arithmetic.js';
import type { Code } from '../compile/code.js';
import type { Binder } from './binder.js';
import { operatorError, type BinaryUse } from './binary-use.js';
import { constantValue } from './bind-literals.js';
import type { Bound, BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { bindEnumOperator } from './enum-operators.js';
import { explicitConversion, implicitConversion } from './conversion.js';
import {
  isEnumType,
  isReferenceType,
  noType,
  nullableUnderlying,
  nullType,
  typeName,
  voidType,
  type NetType,
} from './net-type.js';
import { chooseNumeric, nullableOf } from './numeric-operators.js';
import { CompileError } from './problem.js';
import { userOperator } from './user-operators.js';

/** `==` and `!=`. */
export function bindEquality(binder: Binder, use: BinaryUse): BoundValue {
  const { left, right, operator, start } = use;
  if (
    left.tuple !== undefined ||
    right.tuple !== undefined ||
    (isTuple(left.type) && isTuple(right.type))
  )
    return tupleEquality(binder, use);
  if (left.type === voidType || right.type === voidType) throw operatorError(use);
  const aligned = alignDefault(binder, use);
  if (aligned !== null) return bindEquality(binder, aligned);
  if (left.type === noType || right.type === noType) throw operatorError(use);
  const string = named('string');
  if (
    left.type === string &&
    right.type === string &&
    left.constant !== undefined &&
    right.constant !== undefined
  ) {
    return constantValue(
      (left.constant.value === right.constant.value) === (operator === '=='),
      named('bool'),
      start,
    );
  }
  if (left.type === string && right.type === string)
    return pair(binder, use, string, (a, b) => a === b);
  const custom = userOperator(`op_${operator}`, [left, right], start);
  if (custom !== null) return custom;
  const inner = [left, right].map((v) => nullableUnderlying(v.type) ?? v.type);
  if (inner.some(isEnumType)) {
    const value = bindEnumOperator(binder, use);
    if (value !== null) return value;
  }
  return primitiveEquality(binder, use) ?? nullEquality(use) ?? referenceEquality(binder, use);
}

function isTuple(type: NetType): boolean {
  return type.kind === 'named' && type.definition.fullName === 'System.ValueTuple';
}

/** `x == default` compares with the default of the other side. */
function alignDefault(binder: Binder, use: BinaryUse): BinaryUse | null {
  const { left, right } = use;
  if (left.literal === 'default' && right.literal === 'default')
    throw new CompileError(
      'CS8315',
      `Operator '${use.operator}' is ambiguous on operands 'default' and 'default'`,
      use.start,
    );
  if (left.literal === 'default') return { ...use, left: binder.convert(left, right.type) };
  if (right.literal === 'default') return { ...use, right: binder.convert(right, left.type) };
  return null;
}

function pair(
  binder: Binder,
  use: BinaryUse,
  type: NetType,
  equal: (a: unknown, b: unknown) => boolean,
): BoundValue {
  const a = binder.convert(use.left, type);
  const b = binder.convert(use.right, type);
  const wanted = use.operator === '==';
  if (a.constant !== undefined && b.constant !== undefined && type !== named('object')) {
    return constantValue(
      equal(a.constant.value, b.constant.value) === wanted,
      named('bool'),
      use.start,
    );
  }
  return {
    kind: 'value',
    type: named('bool'),
    start: use.start,
    emit: () => {
      const x: Code = a.emit();
      const y: Code = b.emit();
      return (frame) => equal(x(frame) ?? null, y(frame) ?? null) === wanted;
    },
  };
}

function primitiveEquality(binder: Binder, use: BinaryUse): BoundValue | null {
  const { left, right, start } = use;
  const bool = named('bool');
  const isBool = (t: NetType): boolean => (nullableUnderlying(t) ?? t) === bool;
  if (
    (isBool(left.type) || isBool(right.type)) &&
    [left, right].every((v) => isBool(v.type) || v.type === nullType)
  ) {
    const lifted = left.type !== bool || right.type !== bool;
    return pair(binder, use, lifted ? nullableOf(bool) : bool, (a, b) => a === b);
  }
  if (left.type === nullType && right.type === nullType)
    return constantValue(use.operator === '==', bool, start);
  const choice = chooseNumeric(left, right, false);
  if (choice === 'ambiguous')
    throw new CompileError(
      'CS0034',
      `Operator '${use.operator}' is ambiguous on operands of type '${typeName(left.type)}' and '${typeName(right.type)}'`,
      start,
    );
  if (
    choice === null ||
    (isReferenceType(left.type) && left.type !== nullType) ||
    (isReferenceType(right.type) && right.type !== nullType)
  )
    return null;
  const type = choice.lifted ? nullableOf(named(choice.kind)) : named(choice.kind);
  const equal = comparison('==', choice.kind) as (a: unknown, b: unknown) => boolean;
  return pair(binder, use, type, (a, b) => (a === null || b === null ? a === b : equal(a, b)));
}

/** `x == null` for nullable structs of any type. */
function nullEquality(use: BinaryUse): BoundValue | null {
  const { left, right, operator, start } = use;
  const value = left.type === nullType ? right : right.type === nullType ? left : null;
  if (value === null) return null;
  if (
    nullableUnderlying(value.type) === undefined &&
    !isReferenceType(value.type) &&
    value.type.kind !== 'parameter'
  )
    return null;
  return {
    kind: 'value',
    type: named('bool'),
    start,
    emit: () => {
      const code = value.emit();
      return (frame) => ((code(frame) ?? null) === null) === (operator === '==');
    },
  };
}

/** References: the same object. Strings held as objects are equal by value, as interned literals are. */
function referenceEquality(binder: Binder, use: BinaryUse): BoundValue {
  const { left, right } = use;
  if (!isReferenceType(left.type) || !isReferenceType(right.type)) throw operatorError(use);
  if (
    explicitConversion(left.type, right.type, false) === null &&
    explicitConversion(right.type, left.type, false) === null
  )
    throw operatorError(use);
  if (left.type === named('string') || right.type === named('string')) {
    const both = left.type === right.type;
    if (!both && implicitConversion(left.type, named('object')) === null) throw operatorError(use);
  }
  const shared = [left, right].every(
    (v) =>
      v.constant !== undefined ||
      v.interned === true ||
      v.place?.isVariable === true ||
      v.type === nullType,
  );
  return pair(binder, use, named('object'), (a, b) => a === b && (shared || !hasNoIdentity(a)));
}

/** Text and boxed truth values that come from elsewhere are other objects in .NET, whatever they hold. */
function hasNoIdentity(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean';
}

function tupleEquality(binder: Binder, use: BinaryUse): BoundValue {
  const { left, right, operator, start } = use;
  const a = elements(binder, left);
  const b = elements(binder, right);
  if (a === null || b === null) throw operatorError(use);
  if (a.items.length !== b.items.length)
    throw new CompileError(
      'CS8384',
      'Tuple types used as operands of an == or != operator must have matching cardinalities.',
      start,
    );
  const parts = a.items.map((x, i) =>
    bindEquality(binder, {
      operator,
      left: binder.asValue(x),
      right: binder.asValue(b.items[i]!),
      start,
    }),
  );
  return {
    kind: 'value',
    type: named('bool'),
    start,
    emit: () => {
      const before = [a.prepare(), b.prepare()];
      const codes = parts.map((p) => p.emit());
      return (frame) => {
        for (const run of before) run(frame);
        return operator === '=='
          ? codes.every((c) => c(frame) === true)
          : codes.some((c) => c(frame) === true);
      };
    },
  };
}

const nothing: Code = () => null;

/** The elements of a tuple literal, or of a tuple value kept in a temporary. */
function elements(
  binder: Binder,
  value: BoundValue,
): { items: readonly Bound[]; prepare: () => Code } | null {
  if (value.tuple !== undefined) return { items: value.tuple, prepare: () => nothing };
  if (!isTuple(value.type) || value.type.kind !== 'named') return null;
  const { slot, value: kept } = binder.temporary(value.type, value.start);
  const items = value.type.args.map((type, i): BoundValue => ({
    kind: 'value',
    type,
    start: value.start,
    emit: () => {
      const code = kept.emit();
      return (frame) => (code(frame) as { items: unknown[] }).items[i];
    },
  }));
  return {
    items,
    prepare: () => {
      const code = value.emit();
      return (frame) => (frame.slots[slot] = code(frame));
    },
  };
}
