import { DotNetError, invalidCast } from '@isthmus/dotnet';
import { named } from '../binding/catalogue.js';
import { isEnumType, nullableUnderlying, type NetType } from '../binding/net-type.js';
import { isSubtype, inherits } from '../binding/subtyping.js';
import { Boxed } from '../runtime/boxed.js';
import { reflectionName } from '../runtime/reflection-name.js';
import { runtimeType } from '../runtime/runtime-type.js';
import { NetSequence } from '../runtime/sequence.js';
import type { Code } from './code.js';

export function nullReference(): DotNetError {
  return new DotNetError(
    'System.NullReferenceException',
    'Object reference not set to an instance of an object.',
  );
}

function cannotCast(value: unknown, to: NetType): DotNetError {
  return invalidCast(
    `Unable to cast object of type '${reflectionName(runtimeType(value))}' to type '${reflectionName(to)}'.`,
  );
}

/** `value is T` for a value held as `object` (or of a reference type). */
export function isInstance(value: unknown, to: NetType): boolean {
  if (value === null || value === undefined) return false;
  const target = nullableUnderlying(to) ?? to;
  if (value instanceof NetSequence && value.netType === undefined)
    return target.kind === 'named' && target.definition.name === 'IEnumerable';
  const type = runtimeType(value);
  if (type === null) return false;
  if (type === target) return true;
  return target.kind === 'named' && target.definition.kind === 'interface'
    ? inherits(type, target) || isSubtype(type, target)
    : isSubtype(type, target) || (target.kind === 'named' && inherits(type, target));
}

/** A cast between reference types. */
export function castReference(to: NetType): (code: Code) => Code {
  if (to === named('string')) return castString;
  return (code) => (frame) => {
    const value = code(frame);
    if (value === null || value === undefined || isInstance(value, to)) return value;
    throw cannotCast(value, to);
  };
}

/** The cast that is written most: a variable is a text. */
function castString(code: Code): Code {
  return (frame) => {
    const value = code(frame);
    if (typeof value === 'string' || value === null || value === undefined) return value;
    throw cannotCast(value, named('string'));
  };
}

/** A cast from `object` (or an interface) to a value type: the exact type is needed; an enum and its number are alike. */
export function unboxTo(to: NetType): (code: Code) => Code {
  const inner = nullableUnderlying(to);
  const target = inner ?? to;
  return (code) => (frame) => {
    const value = code(frame);
    if (value === null || value === undefined) {
      if (inner !== undefined) return null;
      throw nullReference();
    }
    return unboxExact(value, target);
  };
}

/** The raw value of an `object` value of exactly this type; throws InvalidCastException. */
export function unboxExact(value: unknown, target: NetType): unknown {
  if (value instanceof Boxed) {
    if (value.type === target || sameNumber(value.type, target)) return value.value;
  } else if (runtimeType(value) === target) return value;
  throw cannotCast(value, target);
}

function sameNumber(from: NetType, to: NetType): boolean {
  const number = (type: NetType): string =>
    isEnumType(type) ? 'System.Int32' : type.kind === 'named' ? type.definition.fullName : '';
  return (isEnumType(from) || isEnumType(to)) && number(from) === number(to);
}
