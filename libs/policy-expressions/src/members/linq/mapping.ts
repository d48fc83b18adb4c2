import { NetTuple } from '../../runtime/pair.js';
import { iterate } from '../../runtime/sequence.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import type { MemberRecord } from '../table.js';
import { required, lazy } from './lazy.js';
import { type Map1, type Map2 } from './sequences.js';

export const mapping: MemberRecord = {
  'static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)':
    (source: unknown, map: Map1 | null, runtime: Runtime, site: Site) => {
      const select = required(map, 'selector');
      return lazy(
        source,
        runtime,
        function* (items) {
          for (const x of items) yield select(x);
        },
        site,
      );
    },
  'static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, int, TResult> selector)':
    (source: unknown, map: Map2, runtime: Runtime, site: Site) =>
      lazy(
        source,
        runtime,
        function* (items) {
          let i = 0;
          for (const x of items) yield map(x, i++);
        },
        site,
      ),
  'static IEnumerable<TResult> SelectMany<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, IEnumerable<TResult>> selector)':
    (source: unknown, map: Map1, runtime: Runtime, site: Site) =>
      lazy(
        source,
        runtime,
        function* (items) {
          for (const x of items)
            for (const y of iterate(map(x))) {
              runtime.step();
              yield y;
            }
        },
        site,
      ),
  'static IEnumerable<TResult> SelectMany<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, int, IEnumerable<TResult>> selector)':
    (source: unknown, map: Map2, runtime: Runtime, site: Site) =>
      lazy(
        source,
        runtime,
        function* (items) {
          let i = 0;
          for (const x of items)
            for (const y of iterate(map(x, i++))) {
              runtime.step();
              yield y;
            }
        },
        site,
      ),
  'static IEnumerable<TResult> SelectMany<TSource, TCollection, TResult>(this IEnumerable<TSource> source, Func<TSource, IEnumerable<TCollection>> collectionSelector, Func<TSource, TCollection, TResult> resultSelector)':
    (source: unknown, map: Map1, result: Map2, ...rest: unknown[]) =>
      lazy(
        source,
        rest[0] as Runtime,
        function* (items) {
          for (const x of items) for (const y of iterate(map(x))) yield result(x, y);
        },
        rest[1] as Site,
      ),
  'static IEnumerable<TResult> Zip<TFirst, TSecond, TResult>(this IEnumerable<TFirst> first, IEnumerable<TSecond> second, Func<TFirst, TSecond, TResult> resultSelector)':
    (a: unknown, b: unknown, map: Map2, ...rest: unknown[]) =>
      lazy(a, rest[0] as Runtime, (items) => zip(items, b, map), rest[1] as Site),
  'static IEnumerable<ValueTuple<TFirst,TSecond>> Zip<TFirst, TSecond>(this IEnumerable<TFirst> first, IEnumerable<TSecond> second)':
    (a: unknown, b: unknown, runtime: Runtime, site: Site) =>
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
