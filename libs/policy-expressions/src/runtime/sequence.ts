import { DotNetError } from '@isthmus/dotnet';
import type { NetType } from '../binding/net-type.js';
import { runtimeType } from './runtime-type.js';

/** A lazy IEnumerable<T>: `factory` is called anew for each enumeration. */
export class NetSequence implements Iterable<unknown> {
  /** `IEnumerable<T>` as the member that made it declares; set by the caller. */
  netType: NetType | undefined;

  constructor(private readonly factory: () => Iterator<unknown>) {}

  [Symbol.iterator](): Iterator<unknown> {
    return this.factory();
  }
}

/** A lazy sequence from a generator function: `sequence(function* () { yield 1; })`. */
export function sequence(factory: () => Iterator<unknown>): NetSequence {
  return new NetSequence(factory);
}

function* characters(text: string): Generator<number> {
  for (let i = 0; i < text.length; i += 1) yield text.charCodeAt(i);
}

/**
 * The items of anything that is IEnumerable<T> in .NET, as raw values: strings give UTF-16 code units. `itemType` is the
 * C# name of T for classes that implement several (JObject).
 */
export function iterate(source: unknown, itemType: string | null = null): Iterable<unknown> {
  if (typeof source === 'string') return characters(source);
  if (Array.isArray(source) || source instanceof Uint8Array || source instanceof NetSequence)
    return source;
  const type = runtimeType(source);
  const items = type?.kind === 'named' ? type.definition.facets.items : undefined;
  if (items !== undefined) return items(source as never, itemType);
  if (typeof source === 'object' && source !== null && Symbol.iterator in source)
    return source as Iterable<unknown>;
  throw new DotNetError(
    'System.NullReferenceException',
    'Object reference not set to an instance of an object.',
  );
}
