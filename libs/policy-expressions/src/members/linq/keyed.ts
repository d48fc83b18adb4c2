import { argumentOutOfRange, invalidOperation } from '@isthmus/dotnet';
import { isValueType, nullableUnderlying } from '../../binding/net-type.js';
import { compareValues } from '../../runtime/comparing.js';
import { defaultEquality, type Comparer, type EqualityComparer } from '../../runtime/equality.js';
import { sourceItems } from '../../runtime/items.js';
import { newArray } from '../../runtime/runtime-type.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import type { MemberRecord } from '../table.js';
import { lazy, required, stepped } from './lazy.js';

type Select = (item: unknown) => unknown;
type Keys = Set<unknown>;

/** Whether an item with this key belongs to the result; may change the keys. */
type Admit = (keys: Keys, key: unknown) => boolean;

const admitNew: Admit = (keys, key) => !keys.has(key) && keys.add(key) !== undefined;
const admitListed: Admit = (keys, key) => keys.delete(key);

const keySelector = 'Func<TSource, TKey> keySelector';
const comparerParameter = ', IEqualityComparer<TKey> comparer';

function distinctBy(
  source: unknown,
  select: Select | null,
  comparer: EqualityComparer | null,
  ...rest: unknown[]
): unknown {
  const [runtime, site] = rest as [Runtime, Site];
  const keyOf = required(select, 'keySelector');
  const equality = comparer ?? defaultEquality;
  return lazy(
    source,
    runtime,
    function* (items) {
      const seen: Keys = new Set();
      for (const item of items) if (admitNew(seen, equality.key(keyOf(item)))) yield item;
    },
    site,
  );
}

/** ExceptBy and IntersectBy: the second sequence holds keys. */
function byKeysOf(name: string, admit: Admit): MemberRecord {
  const head = `static IEnumerable<TSource> ${name}<TSource, TKey>(this IEnumerable<TSource> first, IEnumerable<TKey> second, ${keySelector}`;
  const run = (
    first: unknown,
    second: unknown,
    select: Select | null,
    ...rest: unknown[]
  ): unknown => {
    const [comparer, runtime, site] = rest as [EqualityComparer | null, Runtime, Site];
    const keyOf = required(select, 'keySelector');
    required(second, 'second');
    const equality = comparer ?? defaultEquality;
    return lazy(
      first,
      runtime,
      function* (items) {
        const keys: Keys = new Set([...stepped(second, runtime, site)].map((x) => equality.key(x)));
        for (const item of items) if (admit(keys, equality.key(keyOf(item)))) yield item;
      },
      site,
    );
  };
  return {
    [`${head})`]: (first: unknown, second: unknown, select: Select, ...rest: unknown[]) =>
      run(first, second, select, null, ...rest),
    [`${head}${comparerParameter})`]: run,
  };
}

function unionBy(
  first: unknown,
  second: unknown,
  select: Select | null,
  ...rest: unknown[]
): unknown {
  const [comparer, runtime, site] = rest as [EqualityComparer | null, Runtime, Site];
  const keyOf = required(select, 'keySelector');
  required(second, 'second');
  const equality = comparer ?? defaultEquality;
  return lazy(
    first,
    runtime,
    function* (items) {
      const seen: Keys = new Set();
      for (const part of [items, stepped(second, runtime, site)])
        for (const item of part) if (admitNew(seen, equality.key(keyOf(item)))) yield item;
    },
    site,
  );
}

/** MaxBy and MinBy: the first of the items with the greatest (least) key; items without a key count only alone. */
function extremeBy(name: string, sign: 1 | -1): MemberRecord {
  const head = `static TSource ${name}<TSource, TKey>(this IEnumerable<TSource> source, ${keySelector}`;
  const run = (
    source: unknown,
    select: Select | null,
    comparer: Comparer | null,
    ...rest: unknown[]
  ): unknown => {
    const [runtime, site] = rest as [Runtime, Site];
    const keyOf = required(select, 'keySelector');
    required(source, 'source');
    const compare = comparer === null ? compareValues : comparer.compare.bind(comparer);
    let best: { readonly item: unknown; readonly key: unknown } | undefined;
    for (const item of sourceItems(source, site)) {
      runtime.step();
      const key = keyOf(item);
      const better =
        best === undefined ||
        (key !== null && (best.key === null || compare(key, best.key) * sign > 0));
      if (better) best = { item, key };
    }
    if (best !== undefined) return best.item;
    const type = site.typeArguments[0]!;
    if (isValueType(type) && nullableUnderlying(type) === undefined)
      throw invalidOperation('Sequence contains no elements');
    return null;
  };
  return {
    [`${head})`]: (source: unknown, select: Select, ...rest: unknown[]) =>
      run(source, select, null, ...rest),
    [`${head}, IComparer<TKey> comparer)`]: run,
  };
}

/** Members of Enumerable that compare items by a key, and Chunk. */
export const keyedMembers: MemberRecord = {
  [`static IEnumerable<TSource> DistinctBy<TSource, TKey>(this IEnumerable<TSource> source, ${keySelector})`]:
    (source: unknown, select: Select, ...rest: unknown[]) =>
      distinctBy(source, select, null, ...rest),
  [`static IEnumerable<TSource> DistinctBy<TSource, TKey>(this IEnumerable<TSource> source, ${keySelector}${comparerParameter})`]:
    distinctBy,
  ...byKeysOf('ExceptBy', admitNew),
  ...byKeysOf('IntersectBy', admitListed),
  [`static IEnumerable<TSource> UnionBy<TSource, TKey>(this IEnumerable<TSource> first, IEnumerable<TSource> second, ${keySelector})`]:
    (first: unknown, second: unknown, select: Select, ...rest: unknown[]) =>
      unionBy(first, second, select, null, ...rest),
  [`static IEnumerable<TSource> UnionBy<TSource, TKey>(this IEnumerable<TSource> first, IEnumerable<TSource> second, ${keySelector}${comparerParameter})`]:
    unionBy,
  ...extremeBy('MaxBy', 1),
  ...extremeBy('MinBy', -1),
  'static IEnumerable<TSource[]> Chunk<TSource>(this IEnumerable<TSource> source, int size)': (
    source: unknown,
    size: number,
    runtime: Runtime,
    site: Site,
  ) => {
    required(source, 'source');
    if (size < 1) throw argumentOutOfRange('size');
    const type = site.typeArguments[0]!;
    const chunk = (items: unknown[]): unknown =>
      type.key === 'System.Byte`0' ? Uint8Array.from(items as number[]) : newArray(type, items);
    return lazy(
      source,
      runtime,
      function* (items) {
        let held: unknown[] = [];
        for (const item of items) {
          held.push(item);
          if (held.length < size) continue;
          yield chunk(held);
          held = [];
        }
        if (held.length > 0) yield chunk(held);
      },
      site,
    );
  },
};
