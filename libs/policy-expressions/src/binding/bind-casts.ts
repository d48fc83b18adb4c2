import type { Code } from '../compile/code.js';
import { numberKind } from '../compile/numeric-kinds.js';
import { isInstance } from '../compile/casts.js';
import { defaultValue } from '../runtime/default-value.js';
import { NetReflectedType } from '../runtime/reflected-type.js';
import { Boxed } from '../runtime/boxed.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { constantValue } from './bind-literals.js';
import type { Bound, BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { applyConversion, classify } from './classify.js';
import { explicitConversion, implicitConversion, isEnum, type Conversion } from './conversion.js';
import {
  dynamicType,
  isReferenceType,
  isValueType,
  noType,
  nullableUnderlying,
  nullType,
  typeName,
  voidType,
  type NetType,
} from './net-type.js';
import { CompileError } from './problem.js';
import { dynamicConversion } from '../compile/dynamic-cast.js';
import { userConversion } from './user-conversion.js';

/** `(T)value`. */
export function bindCast(binder: Binder, node: ExpressionOf<'cast'>): BoundValue {
  const type = binder.type(node.type);
  if (type.kind === 'named' && type.definition.kind === 'static')
    throw new CompileError(
      'CS0716',
      `Cannot convert to static type '${typeName(type)}'`,
      node.start,
    );
  return castTo(binder, binder.bind(node.operand), type, node.start);
}

/** An explicit conversion, or CS0030. */
export function castTo(binder: Binder, operand: Bound, type: NetType, start: number): BoundValue {
  const folded = operand.kind === 'value' ? foldCast(binder, operand, type, start) : null;
  if (folded !== null) return folded;
  const conversion = castConversion(binder, operand, type);
  if (conversion === null) {
    if (operand.kind !== 'value')
      throw operand.kind === 'lambda'
        ? binder.noConversion(operand, type)
        : operand.kind === 'methods'
          ? new CompileError(
              'CS0030',
              `Cannot convert type 'method' to '${typeName(type, true)}'`,
              start,
            )
          : binder.notAValue(operand);
    if (operand.type === nullType) throw binder.noConversion(operand, type);
    throw new CompileError(
      'CS0030',
      `Cannot convert type '${typeName(operand.type, true)}' to '${typeName(type, true)}'`,
      start,
    );
  }
  const value = applyConversion(operand, type, conversion);
  const { place: _place, tuple: _tuple, ...rest } = value;
  return { ...rest, literal: undefined, start };
}

function castConversion(binder: Binder, operand: Bound, type: NetType): Conversion | null {
  const implicit = classify(operand, type);
  if (
    implicit !== null ||
    operand.kind !== 'value' ||
    operand.type === voidType ||
    operand.type === noType
  )
    return implicit;
  const standard = explicitConversion(operand.type, type, binder.scope.checking === true);
  if (standard !== null) return standard;
  if (operand.type === dynamicType) return dynamicConversion(type);
  return userConversion(operand, type, 'explicit');
}

/** Constants: out of range is an error unless unchecked. */
function foldCast(
  binder: Binder,
  operand: BoundValue,
  type: NetType,
  start: number,
): BoundValue | null {
  if (operand.constant === undefined) return null;
  const from = isEnum(operand.type) ? 'int' : numberKind(operand.type);
  const to = isEnum(type) ? 'int' : numberKind(type);
  if (from === undefined || to === undefined) return null;
  const checked = binder.scope.checking !== false;
  const conversion = explicitConversion(operand.type, type, checked);
  if (conversion === null) return null;
  const { value } = operand.constant;
  try {
    return constantValue(conversion.apply(() => value)(undefined as never), type, start);
  } catch {
    const code = from === 'decimal' ? 'CS0031' : 'CS0221';
    throw new CompileError(
      code,
      `Constant value '${String(value)}' cannot be converted to a '${typeName(type)}' (use 'unchecked' syntax to override)`,
      start,
    );
  }
}

/** `value as T`. */
export function bindAs(binder: Binder, node: ExpressionOf<'as'>): BoundValue {
  const operand = binder.bind(node.operand);
  const type = binder.type(node.type);
  if (isValueType(type) && nullableUnderlying(type) === undefined) {
    throw new CompileError(
      'CS0077',
      `The as operator must be used with a reference type or nullable type ('${typeName(type)}' is a non-nullable value type)`,
      node.start,
    );
  }
  const value = binder.asValue(operand);
  if (value.type === nullType)
    return applyConversion(value, type, { kind: 'null', apply: (c) => c });
  if (value.type === noType || value.type === voidType) throw binder.noConversion(value, type);
  const target = nullableUnderlying(type) ?? type;
  if (
    explicitConversion(value.type, type, false) === null ||
    (numberKind(value.type) !== undefined &&
      numberKind(value.type) !== numberKind(target) &&
      !isReferenceType(type))
  ) {
    throw new CompileError(
      'CS0039',
      `Cannot convert type '${typeName(value.type, true)}' to '${typeName(type, true)}' via a reference conversion, boxing conversion, unboxing conversion, wrapping conversion, or null type conversion`,
      node.start,
    );
  }
  const boxed = implicitConversion(value.type, named('object'))!;
  return {
    kind: 'value',
    type,
    start: node.start,
    emit: () => {
      const code = boxed.apply(value.emit());
      return (frame) => {
        const result = code(frame);
        if (!isInstance(result, type)) return null;
        return isValueType(type) && result instanceof Boxed ? result.value : result;
      };
    },
  };
}

export function bindTypeof(binder: Binder, node: ExpressionOf<'typeof'>): BoundValue {
  binder.allowsOpenTypes = true;
  const type = binder.type(node.type);
  binder.allowsOpenTypes = false;
  const isOpen = node.type.kind === 'namedType' && node.type.omitted;
  const value = new NetReflectedType(type, isOpen);
  return { kind: 'value', type: named('System.Type'), start: node.start, emit: () => () => value };
}

const sizes: Readonly<Record<string, number>> = {
  sbyte: 1,
  byte: 1,
  bool: 1,
  short: 2,
  ushort: 2,
  char: 2,
  int: 4,
  uint: 4,
  float: 4,
  long: 8,
  ulong: 8,
  double: 8,
  decimal: 16,
};

export function bindSizeof(binder: Binder, node: ExpressionOf<'sizeof'>): BoundValue {
  const type = binder.type(node.type);
  const keyword = type.kind === 'named' ? type.definition.keyword : null;
  const size = keyword === null ? undefined : sizes[keyword];
  if (size === undefined)
    throw new CompileError(
      'CS0233',
      `'${typeName(type)}' does not have a predefined size, therefore sizeof can only be used in an unsafe context`,
      node.start,
    );
  return constantValue(size, named('int'), node.start);
}

/** `default(T)`, `default`. */
export function bindDefault(binder: Binder, node: ExpressionOf<'default'>): BoundValue {
  if (node.type === null) {
    const none: Code = () => null;
    return { kind: 'value', type: noType, start: node.start, literal: 'default', emit: () => none };
  }
  const type = binder.type(node.type);
  const value = defaultValue(type);
  const isConstant = value === null || numberKind(type) !== undefined || typeof value === 'boolean';
  return {
    kind: 'value',
    type,
    start: node.start,
    emit: () => () => value,
    ...(isConstant && nullableUnderlying(type) === undefined ? { constant: { value } } : {}),
  };
}

/** `checked(…)`, `unchecked(…)`. */
export function bindChecked(binder: Binder, node: ExpressionOf<'checked'>): Bound {
  const before = binder.scope.isChecked;
  binder.scope.isChecked = node.checked;
  try {
    return binder.value(node.operand);
  } finally {
    binder.scope.isChecked = before;
  }
}
