import { argumentNull } from '@isthmus/dotnet';
import type { NetType } from '../../binding/net-type.js';
import { compareValues } from '../../runtime/comparing.js';
import type { Comparer } from '../../runtime/equality.js';
import { sourceItems } from '../../runtime/items.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { sortItems } from '../collections/sorting.js';
import type { MemberRecord } from '../table.js';

interface SortKey {
  readonly select: (item: unknown) => unknown;
  readonly compare: (a: unknown, b: unknown) => number;
}

interface Row {
  readonly item: unknown;
  readonly keys: readonly unknown[];
}

/** IOrderedEnumerable<T>: sorts when it is enumerated; stable. */
export class NetOrdered implements Iterable<unknown> {
  netType: NetType | undefined;

  constructor(
    private readonly source: unknown,
    private readonly keys: readonly SortKey[],
    private readonly use: { readonly runtime: Runtime; readonly site: Site },
  ) {}

  then(key: SortKey): NetOrdered {
    return new NetOrdered(this.source, [...this.keys, key], this.use);
  }

  *[Symbol.iterator](): Generator<unknown> {
    const { runtime, site } = this.use;
    const rows: Row[] = [...sourceItems(this.source, site)].map((item) => ({
      item,
      keys: this.keys.map((k) => k.select(item)),
    }));
    sortItems(
      rows,
      (x, y) => {
        const [a, b] = [x as Row, y as Row];
        for (const [i, key] of this.keys.entries()) {
          const compared = key.compare(a.keys[i], b.keys[i]);
          if (compared !== 0) return compared;
        }
        return 0;
      },
      runtime,
    );
    for (const row of rows) yield row.item;
  }
}

function key(
  select: ((item: unknown) => unknown) | null,
  comparer: Comparer | null,
  descending: boolean,
): SortKey {
  if (select === null) throw argumentNull('keySelector');
  const compare =
    comparer === null ? compareValues : (a: unknown, b: unknown) => comparer.compare(a, b);
  return { select, compare: descending ? (a, b) => compare(b, a) : compare };
}

type Select = (item: unknown) => unknown;

function order(descending: boolean, name: string): MemberRecord {
  const head = `static IOrderedEnumerable<TSource> ${name}<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector`;
  const run = (
    source: unknown,
    select: Select,
    comparer: Comparer | null,
    ...rest: unknown[]
  ): NetOrdered => {
    if (source === null) throw argumentNull('source');
    return new NetOrdered(source, [key(select, comparer, descending)], {
      runtime: rest[0] as Runtime,
      site: rest[1] as Site,
    });
  };
  return {
    [`${head})`]: (source: unknown, select: Select, runtime: Runtime, site: Site) =>
      run(source, select, null, runtime, site),
    [`${head}, IComparer<TKey> comparer)`]: run,
  };
}

function thenBy(descending: boolean, name: string): MemberRecord {
  const head = `static IOrderedEnumerable<TSource> ${name}<TSource, TKey>(this IOrderedEnumerable<TSource> source, Func<TSource, TKey> keySelector`;
  return {
    [`${head})`]: (source: NetOrdered, select: Select) =>
      source.then(key(select, null, descending)),
    [`${head}, IComparer<TKey> comparer)`]: (
      source: NetOrdered,
      select: Select,
      comparer: Comparer | null,
    ) => source.then(key(select, comparer, descending)),
  };
}

/** Order and OrderDescending: by the items themselves. */
function orderItems(descending: boolean, name: string): MemberRecord {
  const head = `static IOrderedEnumerable<TSource> ${name}<TSource>(this IEnumerable<TSource> source`;
  const run = (
    source: unknown,
    comparer: Comparer | null,
    runtime: Runtime,
    site: Site,
  ): NetOrdered => {
    if (source === null) throw argumentNull('source');
    return new NetOrdered(source, [key((item) => item, comparer, descending)], { runtime, site });
  };
  return {
    [`${head})`]: (source: unknown, runtime: Runtime, site: Site) =>
      run(source, null, runtime, site),
    [`${head}, IComparer<TSource> comparer)`]: run,
  };
}

export const orderingMembers: MemberRecord = {
  ...orderItems(false, 'Order'),
  ...orderItems(true, 'OrderDescending'),
  ...order(false, 'OrderBy'),
  ...order(true, 'OrderByDescending'),
  ...thenBy(false, 'ThenBy'),
  ...thenBy(true, 'ThenByDescending'),
};
