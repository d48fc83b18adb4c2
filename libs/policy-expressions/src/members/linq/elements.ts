import { argumentNull, argumentOutOfRange, invalidOperation } from '@isthmus/dotnet';
import { isValueType, nullableUnderlying } from '../../binding/net-type.js';
import { compareValues } from '../../runtime/comparing.js';
import { defaultValue } from '../../runtime/default-value.js';
import { defaultEquality, valuesEqual, type EqualityComparer } from '../../runtime/equality.js';
import { allItems, sourceItems } from '../../runtime/items.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { DictionaryPart } from '../collections/dictionary-view.js';
import type { MemberRecord } from '../table.js';

type Test = ((item: unknown) => boolean) | null;
const nothing = Symbol('nothing');

const noElements = (): Error => invalidOperation('Sequence contains no elements');
const noMatch = (): Error => invalidOperation('Sequence contains no matching element');
const several = (test: Test): Error =>
  invalidOperation(
    test === null
      ? 'Sequence contains more than one element'
      : 'Sequence contains more than one matching element',
  );

function first(source: unknown, test: Test, runtime: Runtime, site: Site): unknown {
  for (const item of sourceItems(source, site)) {
    runtime.step();
    if (test === null || test(item)) return item;
  }
  return nothing;
}

function last(source: unknown, test: Test, runtime: Runtime, site: Site): unknown {
  const items = allItems(source, runtime, site);
  for (let i = items.length - 1; i >= 0; i -= 1)
    if (test === null || test(items[i])) return items[i];
  return nothing;
}

function single(source: unknown, test: Test, runtime: Runtime, site: Site): unknown {
  let found: unknown = nothing;
  for (const item of sourceItems(source, site)) {
    runtime.step();
    if (test !== null && !test(item)) continue;
    if (found !== nothing) throw several(test);
    found = item;
  }
  return found;
}

type Find = typeof first;

function orDefault(value: unknown, site: Site): unknown {
  return value === nothing ? defaultValue(site.typeArguments[0]!) : value;
}

function orThrow(value: unknown, test: Test): unknown {
  if (value === nothing) throw test === null ? noElements() : noMatch();
  return value;
}

function family(name: string, find: Find): MemberRecord {
  return {
    [`static TSource ${name}<TSource>(this IEnumerable<TSource> source)`]: (
      source: unknown,
      runtime: Runtime,
      site: Site,
    ) => orThrow(find(source, null, runtime, site), null),
    [`static TSource ${name}<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)`]:
      (source: unknown, test: Test, runtime: Runtime, site: Site) =>
        orThrow(find(source, test, runtime, site), test),
    [`static TSource ${name}OrDefault<TSource>(this IEnumerable<TSource> source)`]: (
      source: unknown,
      runtime: Runtime,
      site: Site,
    ) => orDefault(find(source, null, runtime, site), site),
    [`static TSource ${name}OrDefault<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)`]:
      (source: unknown, test: Test, runtime: Runtime, site: Site) =>
        orDefault(find(source, test, runtime, site), site),
    [`static TSource ${name}OrDefault<TSource>(this IEnumerable<TSource> source, TSource defaultValue)`]:
      (source: unknown, other: unknown, runtime: Runtime, site: Site) => {
        const found = find(source, null, runtime, site);
        return found === nothing ? other : found;
      },
  };
}

function count(source: unknown, test: Test, runtime: Runtime, site: Site): number {
  let n = 0;
  for (const item of sourceItems(source, site)) {
    runtime.step();
    if (test === null || test(item)) n += 1;
  }
  return n;
}

function extreme(sign: 1 | -1) {
  return (
    source: unknown,
    select: ((item: unknown) => unknown) | null,
    runtime: Runtime,
    site: Site,
  ): unknown => {
    const type = site.typeArguments.at(-1)!;
    let best: unknown = null;
    let any = false;
    for (const item of sourceItems(source, site)) {
      runtime.step();
      const value = select === null ? item : select(item);
      if (value === null || value === undefined) continue;
      if (!any || compareValues(value, best) * sign > 0) best = value;
      any = true;
    }
    if (!any && isValueType(type) && nullableUnderlying(type) === undefined) throw noElements();
    return best;
  };
}

function extremes(name: string, sign: 1 | -1): MemberRecord {
  const run = extreme(sign);
  return {
    [`static TSource ${name}<TSource>(this IEnumerable<TSource> source)`]: (
      source: unknown,
      runtime: Runtime,
      site: Site,
    ) => run(source, null, runtime, site),
    [`static TResult ${name}<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)`]:
      run,
  };
}

function contains(
  source: unknown,
  value: unknown,
  comparer: EqualityComparer | null,
  ...rest: unknown[]
): boolean {
  const runtime = rest[0] as Runtime;
  // The keys of a dictionary compare as the dictionary does.
  if (comparer === null && source instanceof DictionaryPart && source.part === 'key')
    return source.view.has(value);
  for (const item of sourceItems(source, rest[1] as Site)) {
    runtime.step();
    if ((comparer ?? defaultEquality).equals(item, value)) return true;
  }
  return false;
}

function elementAt(source: unknown, index: number, runtime: Runtime, site: Site): unknown {
  let i = 0;
  if (index >= 0) {
    for (const item of sourceItems(source, site)) {
      runtime.step();
      if (i === index) return item;
      i += 1;
    }
  } else if (source === null) throw argumentNull('source');
  return nothing;
}

function sequenceEqual(
  a: unknown,
  b: unknown,
  comparer: EqualityComparer | null,
  ...rest: unknown[]
): boolean {
  const [runtime, site] = rest as [Runtime, Site];
  const x = allItems(a, runtime, site);
  if (b === null) throw argumentNull('second');
  const y = allItems(b, runtime, site);
  return (
    x.length === y.length &&
    x.every((v, i) => (comparer === null ? valuesEqual(v, y[i]) : comparer.equals(v, y[i])))
  );
}

type Fold = (sum: unknown, item: unknown) => unknown;

/** Members of Enumerable that give one value. */
export const elementMembers: MemberRecord = {
  ...family('First', first),
  ...family('Last', last),
  ...family('Single', single),
  ...extremes('Max', 1),
  ...extremes('Min', -1),
  'static bool Any<TSource>(this IEnumerable<TSource> source)': (
    source: unknown,
    runtime: Runtime,
    site: Site,
  ) => first(source, null, runtime, site) !== nothing,
  'static bool Any<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)': (
    source: unknown,
    test: Test,
    runtime: Runtime,
    site: Site,
  ) => first(source, test, runtime, site) !== nothing,
  'static bool All<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)': (
    source: unknown,
    test: (item: unknown) => boolean,
    runtime: Runtime,
    site: Site,
  ) => first(source, (x) => !test(x), runtime, site) === nothing,
  'static int Count<TSource>(this IEnumerable<TSource> source)': (
    source: unknown,
    runtime: Runtime,
    site: Site,
  ) => count(source, null, runtime, site),
  'static int Count<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)':
    count,
  'static long LongCount<TSource>(this IEnumerable<TSource> source)': (
    source: unknown,
    runtime: Runtime,
    site: Site,
  ) => BigInt(count(source, null, runtime, site)),
  'static long LongCount<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)':
    (source: unknown, test: Test, runtime: Runtime, site: Site) =>
      BigInt(count(source, test, runtime, site)),
  'static bool Contains<TSource>(this IEnumerable<TSource> source, TSource value)': (
    source: unknown,
    value: unknown,
    runtime: Runtime,
    site: Site,
  ) => contains(source, value, null, runtime, site),
  'static bool Contains<TSource>(this IEnumerable<TSource> source, TSource value, IEqualityComparer<TSource> comparer)':
    contains,
  'static TSource ElementAt<TSource>(this IEnumerable<TSource> source, int index)': (
    source: unknown,
    index: number,
    runtime: Runtime,
    site: Site,
  ) => {
    const found = elementAt(source, index, runtime, site);
    if (found === nothing)
      throw argumentOutOfRange(
        'index',
        'Index was out of range. Must be non-negative and less than the size of the collection.',
      );
    return found;
  },
  'static TSource ElementAtOrDefault<TSource>(this IEnumerable<TSource> source, int index)': (
    source: unknown,
    index: number,
    runtime: Runtime,
    site: Site,
  ) => orDefault(elementAt(source, index, runtime, site), site),
  'static bool SequenceEqual<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second)':
    (a: unknown, b: unknown, runtime: Runtime, site: Site) =>
      sequenceEqual(a, b, null, runtime, site),
  'static bool SequenceEqual<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second, IEqualityComparer<TSource> comparer)':
    sequenceEqual,
  'static TSource Aggregate<TSource>(this IEnumerable<TSource> source, Func<TSource, TSource, TSource> func)':
    (source: unknown, fold: Fold, _runtime: Runtime, site: Site) => {
      let result: unknown = nothing;
      for (const item of sourceItems(source, site))
        result = result === nothing ? item : fold(result, item);
      if (result === nothing) throw noElements();
      return result;
    },
  'static TAccumulate Aggregate<TSource, TAccumulate>(this IEnumerable<TSource> source, TAccumulate seed, Func<TAccumulate, TSource, TAccumulate> func)':
    (source: unknown, seed: unknown, fold: Fold, ...rest: unknown[]) =>
      aggregate(source, seed, fold, rest[1] as Site),
  'static TResult Aggregate<TSource, TAccumulate, TResult>(this IEnumerable<TSource> source, TAccumulate seed, Func<TAccumulate, TSource, TAccumulate> func, Func<TAccumulate, TResult> resultSelector)':
    (source: unknown, seed: unknown, fold: Fold, ...rest: unknown[]) =>
      (rest[0] as (sum: unknown) => unknown)(aggregate(source, seed, fold, rest[2] as Site)),
};

function aggregate(source: unknown, seed: unknown, fold: Fold, site: Site): unknown {
  let result = seed;
  for (const item of sourceItems(source, site)) result = fold(result, item);
  return result;
}
