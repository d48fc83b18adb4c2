import { castReference, isInstance, unboxExact } from '../compile/casts.js';
import { isValueType, nullableUnderlying, type NetType } from '../binding/net-type.js';
import { DotNetError } from '@isthmus/dotnet';
import { Boxed } from './boxed.js';
import { itemType } from './inspect.js';
import { Pair } from './pair.js';
import { box } from './runtime-type.js';

/** An item of a collection in `object` form. */
function boxed(source: unknown, item: unknown): unknown {
  if (typeof source === 'string') return item;
  const type = typeof source === 'object' && source !== null ? itemType(source) : undefined;
  return type === undefined ? item : box(item, type);
}

/** Enumerable.Cast: unboxing needs the exact type. */
export function castItem(source: unknown, item: unknown, type: NetType): unknown {
  // The pairs of a dictionary are structs already.
  if (item instanceof Pair && type.kind === 'named' && type.definition.name === 'KeyValuePair')
    return item;
  const value = boxed(source, item);
  if (!isValueType(type)) return castReference(type)(() => value)(undefined as never);
  const inner = nullableUnderlying(type);
  if (value === null || value === undefined) {
    if (inner !== undefined) return null;
    throw new DotNetError(
      'System.NullReferenceException',
      'Object reference not set to an instance of an object.',
    );
  }
  return unboxExact(value, inner ?? type);
}

/** Enumerable.OfType: the item as that type, or undefined. */
export function isItem(source: unknown, item: unknown, type: NetType): unknown {
  const value = boxed(source, item);
  if (!isInstance(value, type)) return undefined;
  return isValueType(type) && value instanceof Boxed ? value.value : value;
}
