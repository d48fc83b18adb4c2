import { argumentException, compareText, Decimal } from '@isthmus/dotnet';
import { Boxed } from './boxed.js';
import { NetTuple } from './pair.js';
import { NetTupleObject } from './tuple-object.js';
import type { Comparer } from './equality.js';
import { runtimeType } from './runtime-type.js';

/** Comparer<T>.Default on raw or `object` values: null first, NaN before numbers, strings linguistically. */
export function compareValues(left: unknown, right: unknown): number {
  const a = left instanceof Boxed ? left.value : left;
  const b = right instanceof Boxed ? right.value : right;
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : -1;
  if (b === null || b === undefined) return 1;
  if (left instanceof Boxed && right instanceof Boxed && left.type !== right.type)
    throw argumentException(`Object must be of type ${left.type.definition.name}.`);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b, 'CurrentCulture');
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b);
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Decimal && b instanceof Decimal) return a.compareTo(b);
  if (
    (a instanceof NetTuple && b instanceof NetTuple) ||
    (a instanceof NetTupleObject && b instanceof NetTupleObject)
  ) {
    for (const [i, item] of a.items.entries()) {
      const compared = compareValues(item, b.items[i]);
      if (compared !== 0) return compared;
    }
    return 0;
  }
  if (typeof a !== 'object' || typeof b !== 'object')
    throw argumentException(`Object must be of type ${objectTypeName(left)}.`);
  return compareObjects(a, b);
}

function objectTypeName(value: unknown): string {
  const type = runtimeType(value);
  return type?.kind === 'named' ? type.definition.name : '';
}

function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareObjects(a: unknown, b: unknown): number {
  const type = runtimeType(a);
  const compare = type?.kind === 'named' ? type.definition.facets.compare : undefined;
  if (compare === undefined)
    throw argumentException('At least one object must implement IComparable.');
  if (runtimeType(b) !== type)
    throw argumentException(
      `Object must be of type ${type?.kind === 'named' ? type.definition.name : ''}.`,
    );
  return compare(a as never, b as never);
}

export const defaultComparer: Comparer = { compare: compareValues };
