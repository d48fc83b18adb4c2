import { argumentNull } from '@isthmus/dotnet';
import { sourceItems } from '../../runtime/items.js';
import { sequence, type NetSequence } from '../../runtime/sequence.js';
import type { Runtime, Site } from '../../runtime/runtime.js';

export function required<T>(value: T | null, name: string): T {
  if (value === null || value === undefined) throw argumentNull(name);
  return value;
}

/** A lazy sequence over `source`; the arguments are checked at once, each item costs a step. */
export function lazy(
  source: unknown,
  runtime: Runtime,
  run: (items: Iterable<unknown>) => Iterator<unknown>,
  site: Site,
): NetSequence {
  required(source, 'source');
  return sequence(() => run(stepped(source, runtime, site)));
}

export function* stepped(source: unknown, runtime: Runtime, site: Site): Generator<unknown> {
  for (const item of sourceItems(source, site)) {
    runtime.step();
    yield item;
  }
}
