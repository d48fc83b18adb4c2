import { Boxed } from './boxed.js';
import { Pair, NetTuple } from './pair.js';
import { isConstructed, runtimeType } from './runtime-type.js';
import { NetTupleObject } from './tuple-object.js';
import { AnonymousObject } from './anonymous-object.js';

/** IEqualityComparer<T>: `key` gives a primitive (or the object itself) that is the same exactly for equal values. */
export interface EqualityComparer {
  key(value: unknown): unknown;
  equals(left: unknown, right: unknown): boolean;
}

/** IComparer<T>. */
export interface Comparer {
  compare(left: unknown, right: unknown): number;
}

const identities = new WeakMap<object, number>();
let identityCount = 0;

/** A number that stays the same for an object. */
function identity(value: object): number {
  let id = identities.get(value);
  if (id === undefined) {
    identityCount += 1;
    id = identityCount;
    identities.set(value, id);
  }
  return id;
}

/**
 * A value that is the same (as a Map key) exactly for values that EqualityComparer<T>.Default calls equal; for raw values
 * of one static type as well as for `object` values.
 */
export function defaultKey(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Boxed) return `\0${value.type.key}:${keyText(value.value)}`;
  if (value instanceof Pair) return `\0pair:${keyText(value.key)},${keyText(value.value)}`;
  if (value instanceof NetTuple) return `\0tuple:${value.items.map(keyText).join(',')}`;
  if (value instanceof NetTupleObject)
    return `\0${value.netType.key}:${value.items.map(keyText).join(',')}`;
  if (value instanceof AnonymousObject)
    return `\0${value.netType.key}:${value.values.map(keyText).join(',')}`;
  const type = runtimeType(value);
  const facets = type?.kind === 'named' ? type.definition.facets : undefined;
  if (facets?.key !== undefined && type !== null)
    return `\0${type.key}:${facets.key(value as never)}`;
  return value;
}

function keyText(value: unknown): string {
  const key = defaultKey(value);
  switch (typeof key) {
    case 'string':
      return JSON.stringify(key);
    case 'object':
      return key === null ? 'null' : `#${identity(key)}`;
    case 'function':
      return `#${identity(key)}`;
    case 'bigint':
    case 'boolean':
    case 'number':
    case 'symbol':
    case 'undefined':
      return `${typeof key}:${String(key)}`;
  }
}

/** Equals(object, object): by value where the type defines it, otherwise by reference. */
export function valuesEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left === 'number' && typeof right === 'number')
    return Number.isNaN(left) && Number.isNaN(right);
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return false;
  if (!(left instanceof Boxed) && !isConstructed(left)) {
    const type = runtimeType(left);
    const equals = type?.kind === 'named' ? type.definition.facets.equals : undefined;
    if (equals !== undefined)
      return runtimeType(right) === type && equals(left as never, right as never);
  }
  const key = defaultKey(left);
  return typeof key !== 'object' && key === defaultKey(right);
}

export const defaultEquality: EqualityComparer = { key: defaultKey, equals: valuesEqual };

/** GetHashCode of a value: stable within the process, equal for equal values; the number itself means nothing. */
export function hashCode(value: unknown): number {
  if (value === null || value === undefined) return 0;
  const raw = value instanceof Boxed ? value.value : value;
  if (typeof raw === 'number' && Number.isInteger(raw)) return raw | 0;
  if (typeof raw === 'boolean') return raw ? 1 : 0;
  if (typeof raw === 'bigint') return Number(BigInt.asIntN(32, raw ^ (raw >> 32n)));
  const text = keyText(raw);
  let hash = 0x1505;
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 33) ^ text.charCodeAt(i)) | 0;
  return hash;
}
