import { argumentNull } from '@isthmus/dotnet';
import { typeName } from '../binding/net-type.js';
import { NetList } from './collections/net-list.js';
import type { Runtime, Site } from './runtime.js';
import { iterate } from './sequence.js';

/** The items of a `source` argument as the first type argument sees them; null throws ArgumentNullException. */
export function sourceItems(source: unknown, site: Site): Iterable<unknown> {
  if (source === null || source === undefined) throw argumentNull('source');
  if (Array.isArray(source)) return source as unknown[];
  const item = site.typeArguments[0];
  return iterate(source, item === undefined ? null : typeName(item));
}

/** All items, counted against the budget. */
export function allItems(source: unknown, runtime: Runtime, site: Site): unknown[] {
  if (source instanceof NetList) {
    runtime.step(source.items.length >> 3);
    return [...source.items];
  }
  const items: unknown[] = [];
  for (const item of sourceItems(source, site)) {
    items.push(item);
    if ((items.length & 63) === 0) {
      runtime.step(64);
      runtime.size(items.length);
    }
  }
  return items;
}
