import { integerRange, numberKind, toRaw } from '../compile/numeric-kinds.js';
import type { Code } from '../compile/code.js';
import { defaultValue } from '../runtime/default-value.js';
import { NetTuple } from '../runtime/pair.js';
import { tagDelegate } from '../runtime/runtime-type.js';
import type { Bound, BoundLambda, BoundValue } from './bound.js';
import { implicitConversion, isEnum, type Conversion } from './conversion.js';
import { delegateShape } from './delegate-shape.js';
import { dynamicType, noType, nullableUnderlying, voidType, type NetType } from './net-type.js';
import { dynamicConversion } from '../compile/dynamic-cast.js';
import { userConversion } from './user-conversion.js';

/** The implicit conversion of an expression to a type, or null (C# 7.3, 6.1). */
export function classify(from: Bound, to: NetType): Conversion | null {
  switch (from.kind) {
    case 'value':
      return classifyValue(from, to);
    case 'lambda':
      return classifyLambda(from, to);
    case 'methods':
      return from.convert(to);
    case 'type':
    case 'namespace':
      return null;
  }
}

function classifyValue(from: BoundValue, to: NetType): Conversion | null {
  if (to === voidType) return null;
  if (from.literal === 'throw') return { kind: 'throw', apply: (code) => code };
  if (from.literal === 'default') {
    const value = defaultValue(to);
    return { kind: 'default', apply: () => () => value };
  }
  if (from.tuple !== undefined) {
    const tuple = classifyTuple(from, to);
    if (tuple !== null || from.type === noType) return tuple;
  }
  if (from.type === noType || from.type === voidType) return null;
  const standard = implicitConversion(from.type, to);
  if (standard !== null) return standard;
  const constant = constantConversion(from, to);
  if (constant !== null) return constant;
  if (from.type === dynamicType) return dynamicConversion(to);
  return userConversion(from, to, 'implicit');
}

/** Constants of `int` that fit a narrower type; the literal 0 to an enum. */
function constantConversion(from: BoundValue, to: NetType): Conversion | null {
  if (from.constant === undefined) return null;
  const inner = nullableUnderlying(to);
  if (inner !== undefined) return constantConversion(from, inner);
  if (isEnum(to) && from.literal === 'zero') return { kind: 'enum', apply: () => () => 0 };
  const source = numberKind(from.type);
  const target = numberKind(to);
  const range = target === undefined ? undefined : integerRange[target];
  if (range === undefined || target === undefined || target === 'char') return null;
  if (source !== 'int' && !(source === 'long' && target === 'ulong')) return null;
  const value = BigInt(from.constant.value as number | bigint);
  if (value < range[0] || value > range[1]) return null;
  const raw = toRaw(value, target);
  return { kind: 'constant', apply: () => () => raw };
}

function classifyTuple(from: BoundValue, to: NetType): Conversion | null {
  const target = nullableUnderlying(to) ?? to;
  if (
    target.kind !== 'named' ||
    target.definition.fullName !== 'System.ValueTuple' ||
    target.args.length !== from.tuple!.length
  )
    return null;
  const parts = from.tuple!.map((element, i) => ({
    element,
    conversion: classify(element, target.args[i]!),
  }));
  if (parts.some((p) => p.conversion === null)) return null;
  const identical = from.type === to;
  return {
    kind: identical ? 'identity' : 'tuple',
    apply: () => {
      const codes = parts.map(({ element, conversion }) =>
        conversion!.apply(element.kind === 'value' ? element.emit() : nothing),
      );
      return (frame) => new NetTuple(codes.map((code) => code(frame)));
    },
  };
}

const nothing: Code = () => null;

function classifyLambda(lambda: BoundLambda, to: NetType): Conversion | null {
  const shape = delegateShape(to);
  if (shape === null) return null;
  if (lambda.arity !== null && lambda.arity !== shape.parameters.length) return null;
  const types = shape.parameters.map((p) => p.type);
  if (lambda.explicitTypes?.some((t, i) => t !== types[i])) return null;
  const body = lambda.bind(types, shape.returns);
  if (body.error !== null) return null;
  return {
    kind: 'lambda',
    apply: () => {
      const code = body.emit();
      return (frame) => tagDelegate(code(frame) as object, to);
    },
  };
}

/** The value after conversion; `conversion` came from `classify` for the same bound. */
export function applyConversion(from: Bound, to: NetType, conversion: Conversion): BoundValue {
  if (conversion.kind === 'identity' && from.kind === 'value')
    return from.type === to ? from : { ...from, type: to };
  const constant =
    from.kind === 'value' && from.constant !== undefined
      ? convertConstant(from, to, conversion)
      : undefined;
  return {
    kind: 'value',
    type: to,
    start: from.start,
    emit: () => conversion.apply(from.kind === 'value' ? from.emit() : nothing),
    ...(constant === undefined ? {} : { constant }),
    ...(from.kind === 'value' &&
    (from.interned === true || typeof from.constant?.value === 'string')
      ? { interned: true }
      : {}),
    ...(conversion.kind === 'throw' && from.kind === 'value' ? { literal: 'throw' as const } : {}),
  };
}

const constantKinds = new Set(['numeric', 'constant', 'enum', 'null']);

function convertConstant(
  from: BoundValue,
  to: NetType,
  conversion: Conversion,
): { value: unknown } | undefined {
  if (conversion.kind === 'reference' && from.constant!.value === null) return { value: null };
  if (!constantKinds.has(conversion.kind) || nullableUnderlying(to) !== undefined) return undefined;
  const { value } = from.constant!;
  const code = conversion.apply(() => value);
  return { value: code(undefined as never) };
}
