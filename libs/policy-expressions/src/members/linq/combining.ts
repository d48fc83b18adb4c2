import { defaultValue } from '../../runtime/default-value.js';
import { defaultEquality, type EqualityComparer } from '../../runtime/equality.js';
import { allItems } from '../../runtime/items.js';
import { type NetSequence } from '../../runtime/sequence.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import type { MemberRecord } from '../table.js';
import { required, lazy, stepped } from './lazy.js';

export const combining: MemberRecord = {
  'static IEnumerable<TSource> Concat<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second)':
    (a: unknown, b: unknown, runtime: Runtime, site: Site) => {
      required(b, 'second');
      return lazy(
        a,
        runtime,
        function* (items) {
          yield* items;
          yield* stepped(b, runtime, site);
        },
        site,
      );
    },
  'static IEnumerable<TSource> Append<TSource>(this IEnumerable<TSource> source, TSource element)':
    (source: unknown, item: unknown, runtime: Runtime, site: Site) =>
      lazy(
        source,
        runtime,
        function* (items) {
          yield* items;
          yield item;
        },
        site,
      ),
  'static IEnumerable<TSource> Prepend<TSource>(this IEnumerable<TSource> source, TSource element)':
    (source: unknown, item: unknown, runtime: Runtime, site: Site) =>
      lazy(
        source,
        runtime,
        function* (items) {
          yield item;
          yield* items;
        },
        site,
      ),
  'static IEnumerable<TSource> Reverse<TSource>(this IEnumerable<TSource> source)': (
    source: unknown,
    runtime: Runtime,
    site: Site,
  ) => lazy(source, runtime, (items) => [...items].reverse()[Symbol.iterator](), site),
  'static IEnumerable<TSource> Reverse<TSource>(this TSource[] source)': (
    source: unknown,
    runtime: Runtime,
    site: Site,
  ) => lazy(source, runtime, (items) => [...items].reverse()[Symbol.iterator](), site),
  'static IEnumerable<TSource> DefaultIfEmpty<TSource>(this IEnumerable<TSource> source)': (
    source: unknown,
    runtime: Runtime,
    site: Site,
  ) => lazy(source, runtime, (items) => orOne(items, defaultValue(site.typeArguments[0]!)), site),
  'static IEnumerable<TSource> DefaultIfEmpty<TSource>(this IEnumerable<TSource> source, TSource defaultValue)':
    (source: unknown, value: unknown, runtime: Runtime, site: Site) =>
      lazy(source, runtime, (items) => orOne(items, value), site),
  ...setMember('Distinct', '', (items, _other, comparer) => distinct(items, comparer)),
  ...setMember('Union', ', IEnumerable<TSource> second', function* (items, other, comparer) {
    yield* distinct([...items, ...other], comparer);
  }),
  ...setMember('Intersect', ', IEnumerable<TSource> second', function* (items, other, comparer) {
    const keys = new Set([...other].map((x) => comparer.key(x)));
    for (const x of items) if (keys.delete(comparer.key(x))) yield x;
  }),
  ...setMember('Except', ', IEnumerable<TSource> second', function* (items, other, comparer) {
    const keys = new Set([...other].map((x) => comparer.key(x)));
    for (const x of items) {
      const key = comparer.key(x);
      if (!keys.has(key)) {
        keys.add(key);
        yield x;
      }
    }
  }),
  'static IEnumerable<TSource> AsEnumerable<TSource>(this IEnumerable<TSource> source)': (
    source: unknown,
  ) => source,
  'static TSource[] ToArray<TSource>(this IEnumerable<TSource> source)': (
    source: unknown,
    runtime: Runtime,
    site: Site,
  ) => {
    const items = allItems(source, runtime, site);
    return typeIsByte(site) ? Uint8Array.from(items as number[]) : items;
  },
};

const typeIsByte = (site: Site): boolean => site.typeArguments[0]?.key === 'System.Byte`0';

function* orOne(items: Iterable<unknown>, value: unknown): Generator<unknown> {
  let any = false;
  for (const x of items) {
    any = true;
    yield x;
  }
  if (!any) yield value;
}

function* distinct(items: Iterable<unknown>, comparer: EqualityComparer): Generator<unknown> {
  const seen = new Set<unknown>();
  for (const x of items) {
    const key = comparer.key(x);
    if (!seen.has(key)) {
      seen.add(key);
      yield x;
    }
  }
}

type SetRun = (
  items: Iterable<unknown>,
  other: Iterable<unknown>,
  comparer: EqualityComparer,
) => Iterator<unknown>;

/** A set operation with and without a comparer. */
function setMember(name: string, second: string, run: SetRun): MemberRecord {
  const head = `static IEnumerable<TSource> ${name}<TSource>(this IEnumerable<TSource> ${second === '' ? 'source' : 'first'}${second}`;
  const make = (values: readonly unknown[], comparer: EqualityComparer | null): NetSequence => {
    const [a, b, runtime, site] = values as [unknown, unknown, Runtime, Site];
    if (second !== '') required(b, 'second');
    return lazy(
      a,
      runtime,
      (items) =>
        run(items, second === '' ? [] : stepped(b, runtime, site), comparer ?? defaultEquality),
      site,
    );
  };
  if (second === '') {
    return {
      [`${head})`]: (a: unknown, runtime: Runtime, site: Site) =>
        make([a, null, runtime, site], null),
      [`${head}, IEqualityComparer<TSource> comparer)`]: (
        a: unknown,
        comparer: EqualityComparer | null,
        runtime: Runtime,
        site: Site,
      ) => make([a, null, runtime, site], comparer),
    };
  }
  return {
    [`${head})`]: (a: unknown, b: unknown, runtime: Runtime, site: Site) =>
      make([a, b, runtime, site], null),
    [`${head}, IEqualityComparer<TSource> comparer)`]: (
      a: unknown,
      b: unknown,
      comparer: EqualityComparer | null,
      ...rest: unknown[]
    ) => make([a, b, ...rest], comparer),
  };
}
