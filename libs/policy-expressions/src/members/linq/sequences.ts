import { argumentNull, argumentOutOfRange } from '@isthmus/dotnet';
import { castItem, isItem } from '../../runtime/cast-items.js';
import { defaultValue } from '../../runtime/default-value.js';
import { defaultEquality, type EqualityComparer } from '../../runtime/equality.js';
import { allItems, sourceItems } from '../../runtime/items.js';
import { NetTuple } from '../../runtime/pair.js';
import { newArray } from '../../runtime/runtime-type.js';
import { iterate, sequence, type NetSequence } from '../../runtime/sequence.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import type { MemberRecord } from '../table.js';

type Map1 = (item: unknown) => unknown;
type Map2 = (a: unknown, b: unknown) => unknown;

function required<T>(value: T | null, name: string): T {
  if (value === null || value === undefined) throw argumentNull(name);
  return value;
}

/** A lazy sequence over `source`; the arguments are checked at once, each item costs a step. */
function lazy(source: unknown, runtime: Runtime, run: (items: Iterable<unknown>) => Iterator<unknown>, site: Site): NetSequence {
  required(source, 'source');
  return sequence(() => run(stepped(source, runtime, site)));
}

function* stepped(source: unknown, runtime: Runtime, site: Site): Generator<unknown> {
  for (const item of sourceItems(source, site)) {
    runtime.step();
    yield item;
  }
}

const filtering: MemberRecord = {
  'static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)': (source: unknown, test: Map1 | null, runtime: Runtime, site: Site) => {
    const check = required(test, 'predicate');
    return lazy(source, runtime, function* (items) { for (const x of items) if (check(x) === true) yield x; }, site);
  },
  'static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, int, bool> predicate)': (source: unknown, test: Map2, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { let i = 0; for (const x of items) if (test(x, i++) === true) yield x; }, site),
  'static IEnumerable<TSource> Take<TSource>(this IEnumerable<TSource> source, int count)': (source: unknown, count: number, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { if (count <= 0) return; let left = count; for (const x of items) { yield x; left -= 1; if (left === 0) return; } }, site),
  'static IEnumerable<TSource> Skip<TSource>(this IEnumerable<TSource> source, int count)': (source: unknown, count: number, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { let left = count; for (const x of items) { if (left > 0) left -= 1; else yield x; } }, site),
  'static IEnumerable<TSource> TakeLast<TSource>(this IEnumerable<TSource> source, int count)': (source: unknown, count: number, runtime: Runtime, site: Site) => lazy(source, runtime, (items) => (count <= 0 ? [] : [...items].slice(-count))[Symbol.iterator](), site),
  'static IEnumerable<TSource> SkipLast<TSource>(this IEnumerable<TSource> source, int count)': (source: unknown, count: number, runtime: Runtime, site: Site) => lazy(source, runtime, (items) => (count <= 0 ? [...items] : [...items].slice(0, -count))[Symbol.iterator](), site),
  'static IEnumerable<TSource> TakeWhile<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)': (source: unknown, test: Map1, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { for (const x of items) { if (test(x) !== true) return; yield x; } }, site),
  'static IEnumerable<TSource> TakeWhile<TSource>(this IEnumerable<TSource> source, Func<TSource, int, bool> predicate)': (source: unknown, test: Map2, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { let i = 0; for (const x of items) { if (test(x, i++) !== true) return; yield x; } }, site),
  'static IEnumerable<TSource> SkipWhile<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)': (source: unknown, test: Map1, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { let skipping = true; for (const x of items) { if (skipping && test(x) === true) continue; skipping = false; yield x; } }, site),
  'static IEnumerable<TSource> SkipWhile<TSource>(this IEnumerable<TSource> source, Func<TSource, int, bool> predicate)': (source: unknown, test: Map2, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { let skipping = true; let i = 0; for (const x of items) { if (skipping && test(x, i++) === true) continue; skipping = false; yield x; } }, site),
  'static IEnumerable<TResult> OfType<TResult>(this IEnumerable source)': (source: unknown, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { for (const x of items) { const item = isItem(source, x, site.typeArguments[0]!); if (item !== undefined) yield item; } }, { ...site, typeArguments: [] }),
  'static IEnumerable<TResult> Cast<TResult>(this IEnumerable source)': (source: unknown, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { for (const x of items) yield castItem(source, x, site.typeArguments[0]!); }, { ...site, typeArguments: [] }),
};

const mapping: MemberRecord = {
  'static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)': (source: unknown, map: Map1 | null, runtime: Runtime, site: Site) => {
    const select = required(map, 'selector');
    return lazy(source, runtime, function* (items) { for (const x of items) yield select(x); }, site);
  },
  'static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, int, TResult> selector)': (source: unknown, map: Map2, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { let i = 0; for (const x of items) yield map(x, i++); }, site),
  'static IEnumerable<TResult> SelectMany<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, IEnumerable<TResult>> selector)': (source: unknown, map: Map1, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { for (const x of items) for (const y of iterate(map(x))) { runtime.step(); yield y; } }, site),
  'static IEnumerable<TResult> SelectMany<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, int, IEnumerable<TResult>> selector)': (source: unknown, map: Map2, runtime: Runtime, site: Site) =>
    lazy(source, runtime, function* (items) { let i = 0; for (const x of items) for (const y of iterate(map(x, i++))) { runtime.step(); yield y; } }, site),
  'static IEnumerable<TResult> SelectMany<TSource, TCollection, TResult>(this IEnumerable<TSource> source, Func<TSource, IEnumerable<TCollection>> collectionSelector, Func<TSource, TCollection, TResult> resultSelector)': (source: unknown, map: Map1, result: Map2, ...rest: unknown[]) =>
    lazy(source, rest[0] as Runtime, function* (items) { for (const x of items) for (const y of iterate(map(x))) yield result(x, y); }, rest[1] as Site),
  'static IEnumerable<TResult> Zip<TFirst, TSecond, TResult>(this IEnumerable<TFirst> first, IEnumerable<TSecond> second, Func<TFirst, TSecond, TResult> resultSelector)': (a: unknown, b: unknown, map: Map2, ...rest: unknown[]) =>
    lazy(a, rest[0] as Runtime, (items) => zip(items, b, map), rest[1] as Site),
  'static IEnumerable<ValueTuple<TFirst,TSecond>> Zip<TFirst, TSecond>(this IEnumerable<TFirst> first, IEnumerable<TSecond> second)': (a: unknown, b: unknown, runtime: Runtime, site: Site) =>
    lazy(a, runtime, (items) => zip(items, b, (x, y) => new NetTuple([x, y])), site),
};

function* zip(items: Iterable<unknown>, second: unknown, map: Map2): Generator<unknown> {
  const other = iterate(second)[Symbol.iterator]();
  for (const x of items) {
    const y = other.next();
    if (y.done === true) return;
    yield map(x, y.value);
  }
}

const combining: MemberRecord = {
  'static IEnumerable<TSource> Concat<TSource>(this IEnumerable<TSource> first, IEnumerable<TSource> second)': (a: unknown, b: unknown, runtime: Runtime, site: Site) => {
    required(b, 'second');
    return lazy(a, runtime, function* (items) { yield* items; yield* stepped(b, runtime, site); }, site);
  },
  'static IEnumerable<TSource> Append<TSource>(this IEnumerable<TSource> source, TSource element)': (source: unknown, item: unknown, runtime: Runtime, site: Site) => lazy(source, runtime, function* (items) { yield* items; yield item; }, site),
  'static IEnumerable<TSource> Prepend<TSource>(this IEnumerable<TSource> source, TSource element)': (source: unknown, item: unknown, runtime: Runtime, site: Site) => lazy(source, runtime, function* (items) { yield item; yield* items; }, site),
  'static IEnumerable<TSource> Reverse<TSource>(this IEnumerable<TSource> source)': (source: unknown, runtime: Runtime, site: Site) => lazy(source, runtime, (items) => [...items].reverse()[Symbol.iterator](), site),
  'static IEnumerable<TSource> Reverse<TSource>(this TSource[] source)': (source: unknown, runtime: Runtime, site: Site) => lazy(source, runtime, (items) => [...items].reverse()[Symbol.iterator](), site),
  'static IEnumerable<TSource> DefaultIfEmpty<TSource>(this IEnumerable<TSource> source)': (source: unknown, runtime: Runtime, site: Site) => lazy(source, runtime, (items) => orOne(items, defaultValue(site.typeArguments[0]!)), site),
  'static IEnumerable<TSource> DefaultIfEmpty<TSource>(this IEnumerable<TSource> source, TSource defaultValue)': (source: unknown, value: unknown, runtime: Runtime, site: Site) => lazy(source, runtime, (items) => orOne(items, value), site),
  ...setMember('Distinct', '', (items, _other, comparer) => distinct(items, comparer)),
  ...setMember('Union', ', IEnumerable<TSource> second', function* (items, other, comparer) { yield* distinct([...items, ...other], comparer); }),
  ...setMember('Intersect', ', IEnumerable<TSource> second', function* (items, other, comparer) {
    const keys = new Set([...other].map((x) => comparer.key(x)));
    for (const x of items) if (keys.delete(comparer.key(x))) yield x;
  }),
  ...setMember('Except', ', IEnumerable<TSource> second', function* (items, other, comparer) {
    const keys = new Set([...other].map((x) => comparer.key(x)));
    for (const x of items) {
      const key = comparer.key(x);
      if (!keys.has(key)) { keys.add(key); yield x; }
    }
  }),
  'static IEnumerable<TSource> AsEnumerable<TSource>(this IEnumerable<TSource> source)': (source: unknown) => source,
  'static TSource[] ToArray<TSource>(this IEnumerable<TSource> source)': (source: unknown, runtime: Runtime, site: Site) => {
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

type SetRun = (items: Iterable<unknown>, other: Iterable<unknown>, comparer: EqualityComparer) => Iterator<unknown>;

/** A set operation with and without a comparer. */
function setMember(name: string, second: string, run: SetRun): MemberRecord {
  const head = `static IEnumerable<TSource> ${name}<TSource>(this IEnumerable<TSource> ${second === '' ? 'source' : 'first'}${second}`;
  const make = (values: readonly unknown[], comparer: EqualityComparer | null): NetSequence => {
    const [a, b, runtime, site] = values as [unknown, unknown, Runtime, Site];
    if (second !== '') required(b, 'second');
    return lazy(a, runtime, (items) => run(items, second === '' ? [] : stepped(b, runtime, site), comparer ?? defaultEquality), site);
  };
  if (second === '') {
    return {
      [`${head})`]: (a: unknown, runtime: Runtime, site: Site) => make([a, null, runtime, site], null),
      [`${head}, IEqualityComparer<TSource> comparer)`]: (a: unknown, comparer: EqualityComparer | null, runtime: Runtime, site: Site) => make([a, null, runtime, site], comparer),
    };
  }
  return {
    [`${head})`]: (a: unknown, b: unknown, runtime: Runtime, site: Site) => make([a, b, runtime, site], null),
    [`${head}, IEqualityComparer<TSource> comparer)`]: (a: unknown, b: unknown, comparer: EqualityComparer | null, ...rest: unknown[]) => make([a, b, ...rest], comparer),
  };
}

const making: MemberRecord = {
  'static IEnumerable<int> Range(int start, int count)': (start: number, count: number, runtime: Runtime) => {
    if (count < 0 || start + count - 1 > 2147483647) throw argumentOutOfRange('count');
    return sequence(function* () { for (let i = 0; i < count; i += 1) { runtime.step(); yield start + i; } });
  },
  'static IEnumerable<TResult> Repeat<TResult>(TResult element, int count)': (item: unknown, count: number, runtime: Runtime) => {
    if (count < 0) throw argumentOutOfRange('count');
    return sequence(function* () { for (let i = 0; i < count; i += 1) { runtime.step(); yield item; } });
  },
  'static IEnumerable<TResult> Empty<TResult>()': (_runtime: Runtime, site: Site) => newArray(site.typeArguments[0]!, []),
};

/** Members of Enumerable that give sequences. */
export const sequenceMembers: MemberRecord = { ...filtering, ...mapping, ...combining, ...making };
