import { invalidOperation } from '@isthmus/dotnet';
import type { Code } from '../compile/code.js';
import { numberConverter, numberKind, widens } from '../compile/numeric-kinds.js';
import { box } from '../runtime/runtime-type.js';
import { named } from './catalogue.js';
import {
  isReferenceType,
  isValueType,
  nullableUnderlying,
  nullType,
  type NetType,
} from './net-type.js';
import { inherits, isSubtype, mayCast } from './subtyping.js';
import { castReference, unboxTo } from '../compile/casts.js';

/** How a value of one type becomes another. `apply` wraps code; identity leaves it. */
export interface Conversion {
  readonly kind:
    | 'identity'
    | 'numeric'
    | 'constant'
    | 'nullable'
    | 'reference'
    | 'boxing'
    | 'null'
    | 'enum'
    | 'user'
    | 'lambda'
    | 'methods'
    | 'tuple'
    | 'default'
    | 'throw'
    | 'interpolated';
  readonly apply: (code: Code) => Code;
}

const keep = (code: Code): Code => code;
const identityConversion: Conversion = { kind: 'identity', apply: keep };

function isObject(type: NetType): boolean {
  return type.kind === 'named' && type.definition.fullName === 'System.Object';
}

/** Types that convert to each other by identity though written differently: object and dynamic. */
function isIdentity(from: NetType, to: NetType): boolean {
  return (
    from === to ||
    (isObject(from) && to.kind === 'special' && to.name === 'dynamic') ||
    (isObject(to) && from.kind === 'special' && from.name === 'dynamic')
  );
}

/** Standard implicit conversions between types (C# 7.3, 6.3.1). */
export function implicitConversion(from: NetType, to: NetType): Conversion | null {
  if (isIdentity(from, to)) return identityConversion;
  const a = numberKind(from);
  const b = numberKind(to);
  if (a !== undefined && b !== undefined) {
    if (!widens(a, b)) return null;
    const convert = numberConverter(a, b, false);
    return { kind: 'numeric', apply: (code) => (frame) => convert(code(frame)) };
  }
  if (from === nullType) {
    return isReferenceType(to) || nullableUnderlying(to) !== undefined
      ? { kind: 'null', apply: keep }
      : null;
  }
  const inner = nullableUnderlying(to);
  if (inner !== undefined) return implicitNullable(from, inner);
  if (isSubtype(from, to)) return { kind: 'reference', apply: keep };
  return boxing(from, to);
}

function implicitNullable(from: NetType, inner: NetType): Conversion | null {
  const source = nullableUnderlying(from);
  const conversion = implicitConversion(source ?? from, inner);
  if (conversion === null || conversion.kind === 'boxing' || conversion.kind === 'reference')
    return null;
  return {
    kind: 'nullable',
    apply: source === undefined ? conversion.apply : liftConversion(conversion.apply),
  };
}

/** Lets null through. */
export function liftConversion(apply: (code: Code) => Code): (code: Code) => Code {
  return (code) => {
    let current: unknown;
    const convert = apply(() => current);
    return (frame) => {
      const value = code(frame);
      if (value === null || value === undefined) return null;
      current = value;
      return convert(frame);
    };
  };
}

function boxing(from: NetType, to: NetType): Conversion | null {
  if (!isValueType(from) && from.kind !== 'parameter') return null;
  const target = to.kind === 'special' && to.name === 'dynamic' ? named('object') : to;
  if (target.kind !== 'named' || isValueType(target)) return null;
  const source = nullableUnderlying(from) ?? from;
  if (!inherits(source, target)) return null;
  return { kind: 'boxing', apply: (code) => (frame) => box(code(frame), source) };
}

/** Standard explicit conversions: casts without user-defined operators (6.3.2). */
export function explicitConversion(
  from: NetType,
  to: NetType,
  checked: boolean,
): Conversion | null {
  const implicit = implicitConversion(from, to);
  if (implicit !== null) return implicit;
  const a = enumOrNumber(from);
  const b = enumOrNumber(to);
  if (a !== undefined && b !== undefined) {
    const convert = numberConverter(a, b, checked);
    return {
      kind: isEnum(from) || isEnum(to) ? 'enum' : 'numeric',
      apply: (code) => (frame) => convert(code(frame)),
    };
  }
  const target = nullableUnderlying(to);
  const source = nullableUnderlying(from);
  if (target !== undefined || source !== undefined) {
    const nullable = explicitNullable({ from, to, source, target }, checked);
    if (nullable !== null) return nullable;
  }
  if (isValueType(to) || (to.kind === 'parameter' && !isReferenceType(to))) {
    return mayUnbox(from, to) ? { kind: 'boxing', apply: unboxTo(to) } : null;
  }
  if (isReferenceType(from) || from.kind === 'parameter')
    return mayCast(from, to) ? { kind: 'reference', apply: castReference(to) } : null;
  return null;
}

interface NullablePair {
  readonly from: NetType;
  readonly to: NetType;
  readonly source: NetType | undefined;
  readonly target: NetType | undefined;
}

function explicitNullable(pair: NullablePair, checked: boolean): Conversion | null {
  const { from, to, source, target } = pair;
  const conversion = explicitConversion(source ?? from, target ?? to, checked);
  if (conversion === null) return null;
  if (target !== undefined && isReferenceType(from))
    return mayUnbox(from, target) ? { kind: 'boxing', apply: unboxTo(to) } : null;
  if (conversion.kind === 'boxing' || conversion.kind === 'reference') return null;
  if (source === undefined) return { kind: 'nullable', apply: conversion.apply };
  if (target !== undefined) return { kind: 'nullable', apply: liftConversion(conversion.apply) };
  return { kind: 'nullable', apply: (code) => conversion.apply(requireValue(code)) };
}

/** Nullable<T>.Value. */
function requireValue(code: Code): Code {
  return (frame) => {
    const value = code(frame);
    if (value === null || value === undefined) throw nullableWithoutValue();
    return value;
  };
}

function mayUnbox(from: NetType, to: NetType): boolean {
  if (isObject(from) || (from.kind === 'special' && from.name === 'dynamic')) return true;
  if (from.kind === 'parameter' || to.kind === 'parameter') return true;
  return from.kind === 'named' && !isValueType(from) && inherits(to, from);
}

export function isEnum(type: NetType): boolean {
  return type.kind === 'named' && type.definition.kind === 'enum';
}

function enumOrNumber(type: NetType): ReturnType<typeof numberKind> {
  return isEnum(type) ? 'int' : numberKind(type);
}

const nullableWithoutValue = (): Error => invalidOperation('Nullable object must have a value.');
