import { DotNetError, invalidOperation } from '@isthmus/dotnet';
import type { Runtime } from '../../runtime/runtime.js';

type Compare = (a: unknown, b: unknown) => number;

/** Sorts in place; an exception of the comparison becomes InvalidOperationException, as in .NET. */
export function sortItems<T>(items: T[], compare: (a: T, b: T) => number, runtime: Runtime): void {
  runtime.step(items.length * 4);
  try {
    items.sort(compare);
  } catch (error) {
    if (error instanceof DotNetError && error.typeName !== 'System.InvalidOperationException')
      throw invalidOperation('Failed to compare two elements in the array.');
    throw error;
  }
}

/** Index of an item in sorted items, or the complement of where it belongs. */
export function binarySearch(items: ArrayLike<unknown>, item: unknown, compare: Compare): number {
  let low = 0;
  let high = items.length - 1;
  while (low <= high) {
    const middle = low + ((high - low) >> 1);
    const compared = compare(items[middle], item);
    if (compared === 0) return middle;
    if (compared < 0) low = middle + 1;
    else high = middle - 1;
  }
  return ~low;
}
