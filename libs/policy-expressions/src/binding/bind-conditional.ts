import { nullReference } from '../compile/casts.js';
import type { Code } from '../compile/code.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import type { Bound, BoundValue } from './bound.js';
import { classify } from './classify.js';
import { named } from './catalogue.js';
import { implicitConversion } from './conversion.js';
import { noType, nullType, typeName, voidType, type NetType } from './net-type.js';
import { CompileError } from './problem.js';

/** `test ? yes : no`: one branch must convert to the type of the other (C# 7.3 knows no target typing). */
export function bindConditional(binder: Binder, node: ExpressionOf<'conditional'>): BoundValue {
  const test = binder.condition(node.test);
  const yes = binder.bind(node.yes);
  const no = binder.bind(node.no);
  const type = commonType(yes, no);
  if (type === null) throw noCommonType(binder, yes, no, node.start);
  const a = binder.convert(yes, type);
  const b = binder.convert(no, type);
  const constant =
    test.constant === undefined ? undefined : (test.constant.value === true ? a : b).constant;
  return {
    kind: 'value',
    type,
    start: node.start,
    ...(constant === undefined || a.constant === undefined || b.constant === undefined
      ? {}
      : { constant }),
    emit: () => {
      const t = test.emit();
      const x = a.emit();
      const y = b.emit();
      return (frame) => (t(frame) === true ? x(frame) : y(frame));
    },
  };
}

const hasType = (b: Bound): b is BoundValue =>
  b.kind === 'value' && b.type !== nullType && b.type !== noType && b.type !== voidType;

function commonType(yes: Bound, no: Bound): NetType | null {
  const a = hasType(yes) ? yes.type : null;
  const b = hasType(no) ? no.type : null;
  if (a !== null && a === b) return a;
  const toB = b !== null && classify(yes, b) !== null;
  const toA = a !== null && classify(no, a) !== null;
  if (toA && toB) {
    // A constant converts to a narrower type too: the type that the other's type itself converts to wins.
    if (implicitConversion(a!, b!) !== null) return b;
    return implicitConversion(b!, a!) === null ? null : a;
  }
  if (toB) return b;
  return toA ? a : null;
}

function noCommonType(binder: Binder, yes: Bound, no: Bound, start: number): CompileError {
  for (const b of [yes, no]) {
    if (b.kind === 'type' || b.kind === 'namespace' || b.kind === 'lambda')
      return binder.notAValue(b);
    if (b.kind === 'value' && b.type === voidType)
      return new CompileError(
        'CS0173',
        "Type of conditional expression cannot be determined because there is no implicit conversion between 'void' and the other",
        start,
      );
  }
  const name = (b: Bound): string => (b.kind === 'value' ? typeName(b.type, true) : 'method group');
  return new CompileError(
    'CS8957',
    `Conditional expression is not valid in language version 7.3 because a common type was not found between '${name(yes)}' and '${name(no)}'.`,
    start,
  );
}

/** `throw e` where a value is expected. */
export function bindThrow(binder: Binder, node: ExpressionOf<'throw'>): BoundValue {
  const value = binder.convert(binder.bind(node.value), named('System.Exception'));
  return {
    kind: 'value',
    type: noType,
    start: node.start,
    literal: 'throw',
    emit: () => throwCode(value.emit(), node.start),
  };
}

/** Throws what the code gives. */
export function throwCode(code: Code, start: number): Code {
  return (frame) => {
    const error = code(frame);
    frame.runtime.at = start;
    throw error === null ? nullReference() : error;
  };
}
