import { argumentOutOfRange } from '@isthmus/dotnet';
import { castItem, isItem } from '../../runtime/cast-items.js';
import { newArray } from '../../runtime/runtime-type.js';
import { sequence } from '../../runtime/sequence.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import type { MemberRecord } from '../table.js';
import { combining } from './combining.js';
import { required, lazy } from './lazy.js';
import { mapping } from './mapping.js';

export type Map1 = (item: unknown) => unknown;

export type Map2 = (a: unknown, b: unknown) => unknown;

const filtering: MemberRecord = {
  'static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)':
    (source: unknown, test: Map1 | null, runtime: Runtime, site: Site) => {
      const check = required(test, 'predicate');
      return lazy(
        source,
        runtime,
        function* (items) {
          for (const x of items) if (check(x) === true) yield x;
        },
        site,
      );
    },
  'static IEnumerable<TSource> Where<TSource>(this IEnumerable<TSource> source, Func<TSource, int, bool> predicate)':
    (source: unknown, test: Map2, runtime: Runtime, site: Site) =>
      lazy(
        source,
        runtime,
        function* (items) {
          let i = 0;
          for (const x of items) if (test(x, i++) === true) yield x;
        },
        site,
      ),
  'static IEnumerable<TSource> Take<TSource>(this IEnumerable<TSource> source, int count)': (
    source: unknown,
    count: number,
    runtime: Runtime,
    site: Site,
  ) =>
    lazy(
      source,
      runtime,
      function* (items) {
        if (count <= 0) return;
        let left = count;
        for (const x of items) {
          yield x;
          left -= 1;
          if (left === 0) return;
        }
      },
      site,
    ),
  'static IEnumerable<TSource> Skip<TSource>(this IEnumerable<TSource> source, int count)': (
    source: unknown,
    count: number,
    runtime: Runtime,
    site: Site,
  ) =>
    lazy(
      source,
      runtime,
      function* (items) {
        let left = count;
        for (const x of items) {
          if (left > 0) left -= 1;
          else yield x;
        }
      },
      site,
    ),
  'static IEnumerable<TSource> TakeLast<TSource>(this IEnumerable<TSource> source, int count)': (
    source: unknown,
    count: number,
    runtime: Runtime,
    site: Site,
  ) =>
    lazy(
      source,
      runtime,
      (items) => (count <= 0 ? [] : [...items].slice(-count))[Symbol.iterator](),
      site,
    ),
  'static IEnumerable<TSource> SkipLast<TSource>(this IEnumerable<TSource> source, int count)': (
    source: unknown,
    count: number,
    runtime: Runtime,
    site: Site,
  ) =>
    lazy(
      source,
      runtime,
      (items) => (count <= 0 ? [...items] : [...items].slice(0, -count))[Symbol.iterator](),
      site,
    ),
  'static IEnumerable<TSource> TakeWhile<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)':
    (source: unknown, test: Map1, runtime: Runtime, site: Site) =>
      lazy(
        source,
        runtime,
        function* (items) {
          for (const x of items) {
            if (test(x) !== true) return;
            yield x;
          }
        },
        site,
      ),
  'static IEnumerable<TSource> TakeWhile<TSource>(this IEnumerable<TSource> source, Func<TSource, int, bool> predicate)':
    (source: unknown, test: Map2, runtime: Runtime, site: Site) =>
      lazy(
        source,
        runtime,
        function* (items) {
          let i = 0;
          for (const x of items) {
            if (test(x, i++) !== true) return;
            yield x;
          }
        },
        site,
      ),
  'static IEnumerable<TSource> SkipWhile<TSource>(this IEnumerable<TSource> source, Func<TSource, bool> predicate)':
    (source: unknown, test: Map1, runtime: Runtime, site: Site) =>
      lazy(
        source,
        runtime,
        function* (items) {
          let skipping = true;
          for (const x of items) {
            if (skipping && test(x) === true) continue;
            skipping = false;
            yield x;
          }
        },
        site,
      ),
  'static IEnumerable<TSource> SkipWhile<TSource>(this IEnumerable<TSource> source, Func<TSource, int, bool> predicate)':
    (source: unknown, test: Map2, runtime: Runtime, site: Site) =>
      lazy(
        source,
        runtime,
        function* (items) {
          let skipping = true;
          let i = 0;
          for (const x of items) {
            if (skipping && test(x, i++) === true) continue;
            skipping = false;
            yield x;
          }
        },
        site,
      ),
  'static IEnumerable<TResult> OfType<TResult>(this IEnumerable source)': (
    source: unknown,
    runtime: Runtime,
    site: Site,
  ) =>
    lazy(
      source,
      runtime,
      function* (items) {
        for (const x of items) {
          const item = isItem(source, x, site.typeArguments[0]!);
          if (item !== undefined) yield item;
        }
      },
      { ...site, typeArguments: [] },
    ),
  'static IEnumerable<TResult> Cast<TResult>(this IEnumerable source)': (
    source: unknown,
    runtime: Runtime,
    site: Site,
  ) =>
    lazy(
      source,
      runtime,
      function* (items) {
        for (const x of items) yield castItem(source, x, site.typeArguments[0]!);
      },
      isPair(site) ? site : { ...site, typeArguments: [] },
    ),
};

/** JObject has pairs and tokens as items: casting to a pair means the former. */
function isPair(site: Site): boolean {
  const type = site.typeArguments[0];
  return type?.kind === 'named' && type.definition.name === 'KeyValuePair';
}

const making: MemberRecord = {
  'static IEnumerable<int> Range(int start, int count)': (
    start: number,
    count: number,
    runtime: Runtime,
  ) => {
    if (count < 0 || start + count - 1 > 2147483647) throw argumentOutOfRange('count');
    return sequence(function* () {
      for (let i = 0; i < count; i += 1) {
        runtime.step();
        yield start + i;
      }
    });
  },
  'static IEnumerable<TResult> Repeat<TResult>(TResult element, int count)': (
    item: unknown,
    count: number,
    runtime: Runtime,
  ) => {
    if (count < 0) throw argumentOutOfRange('count');
    return sequence(function* () {
      for (let i = 0; i < count; i += 1) {
        runtime.step();
        yield item;
      }
    });
  },
  'static IEnumerable<TResult> Empty<TResult>()': (_runtime: Runtime, site: Site) =>
    newArray(site.typeArguments[0]!, []),
};

/** Members of Enumerable that give sequences. */
export const sequenceMembers: MemberRecord = { ...filtering, ...mapping, ...combining, ...making };
