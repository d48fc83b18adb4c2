import { argumentNull, argumentException } from '@isthmus/dotnet';
import { netType } from '../../binding/catalogue.js';
import { namedType, type NamedType, type NetType } from '../../binding/net-type.js';
import { newDictionary, NetDictionary } from '../../runtime/collections/net-dictionary.js';
import { newList } from '../../runtime/collections/net-list.js';
import { NetSet } from '../../runtime/collections/net-set.js';
import { defaultEquality, type EqualityComparer } from '../../runtime/equality.js';
import { allItems, sourceItems } from '../../runtime/items.js';
import { box } from '../../runtime/runtime-type.js';
import { textOf } from '../../runtime/text.js';
import { iterate, sequence } from '../../runtime/sequence.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import type { MemberRecord } from '../table.js';

type Map1 = (item: unknown) => unknown;
type Map2 = (a: unknown, b: unknown) => unknown;

/** IGrouping<TKey, TElement>. */
export class NetGrouping implements Iterable<unknown> {
  constructor(
    readonly netType: NetType,
    readonly key: unknown,
    readonly items: unknown[],
  ) {}

  [Symbol.iterator](): Iterator<unknown> {
    return this.items[Symbol.iterator]();
  }
}

/** ILookup<TKey, TElement>: groups in order of first appearance. */
export class NetLookup implements Iterable<unknown> {
  readonly groups = new Map<unknown, NetGrouping>();

  constructor(
    readonly netType: NetType,
    readonly comparer: EqualityComparer,
  ) {}

  [Symbol.iterator](): Iterator<unknown> {
    return this.groups.values();
  }
}

interface GroupUse {
  readonly source: unknown;
  readonly key: Map1;
  readonly element: Map1 | null;
  readonly comparer: EqualityComparer | null;
  readonly runtime: Runtime;
  readonly site: Site;
}

function lookup(use: GroupUse, keyType: NetType, elementType: NetType): NetLookup {
  const comparer = use.comparer ?? defaultEquality;
  const type = namedType((netType('IGrouping<object,object>') as NamedType).definition, [
    keyType,
    elementType,
  ]);
  const result = new NetLookup(
    namedType((netType('ILookup<object,object>') as NamedType).definition, [keyType, elementType]),
    comparer,
  );
  for (const item of sourceItems(use.source, use.site)) {
    use.runtime.step();
    const key = use.key(item);
    const hash = comparer.key(key);
    let group = result.groups.get(hash);
    if (group === undefined) {
      group = new NetGrouping(type, key, []);
      result.groups.set(hash, group);
    }
    group.items.push(use.element === null ? item : use.element(item));
  }
  return result;
}

const types = (site: Site, hasElement: boolean): readonly [NetType, NetType] => [
  site.typeArguments[1]!,
  hasElement ? site.typeArguments[2]! : site.typeArguments[0]!,
];

/** Forms of GroupBy and ToLookup: with or without element selector, result selector and comparer. */
function groupMembers(name: 'GroupBy' | 'ToLookup'): MemberRecord {
  const members: Record<string, (...args: never[]) => unknown> = {};
  for (const hasElement of [false, true]) {
    for (const hasResult of name === 'GroupBy' ? [false, true] : [false]) {
      for (const hasComparer of [false, true]) {
        const element = hasElement ? 'TElement' : 'TSource';
        const generics = [
          'TSource',
          'TKey',
          ...(hasElement ? ['TElement'] : []),
          ...(hasResult ? ['TResult'] : []),
        ].join(', ');
        const returns =
          name === 'ToLookup'
            ? `ILookup<TKey,${element}>`
            : hasResult
              ? 'IEnumerable<TResult>'
              : `IEnumerable<IGrouping<TKey,${element}>>`;
        const parameters = [
          'this IEnumerable<TSource> source',
          'Func<TSource, TKey> keySelector',
          ...(hasElement ? ['Func<TSource, TElement> elementSelector'] : []),
          ...(hasResult ? [`Func<TKey, IEnumerable<${element}>, TResult> resultSelector`] : []),
          ...(hasComparer ? ['IEqualityComparer<TKey> comparer'] : []),
        ];
        members[`static ${returns} ${name}<${generics}>(${parameters.join(', ')})`] = (
          ...args: unknown[]
        ) => group({ name, hasElement, hasResult, hasComparer }, args);
      }
    }
  }
  return members;
}

interface GroupForm {
  readonly name: string;
  readonly hasElement: boolean;
  readonly hasResult: boolean;
  readonly hasComparer: boolean;
}

function group(form: GroupForm, args: unknown[]): unknown {
  const rest = [...args];
  const site = rest.pop() as Site;
  const runtime = rest.pop() as Runtime;
  const comparer = form.hasComparer ? (rest.pop() as EqualityComparer | null) : null;
  const result = form.hasResult ? (rest.pop() as Map2) : null;
  const element = form.hasElement ? (rest.pop() as Map1) : null;
  const [source, key] = rest as [unknown, Map1];
  if (source === null) throw argumentNull('source');
  const make = (): NetLookup =>
    lookup({ source, key, element, comparer, runtime, site }, ...types(site, form.hasElement));
  if (form.name === 'ToLookup') return make();
  return sequence(function* () {
    for (const g of make().groups.values()) yield result === null ? g : result(g.key, g);
  });
}

interface Rest {
  readonly comparer: EqualityComparer | null;
  readonly runtime: Runtime;
  readonly site: Site;
}

function restOf(values: unknown[], hasComparer: boolean): Rest {
  const [runtime, site] = (hasComparer ? values.slice(1) : values) as [Runtime, Site];
  return { comparer: hasComparer ? (values[0] as EqualityComparer | null) : null, runtime, site };
}

function toDictionary(source: unknown, key: Map1, element: Map1 | null, rest: Rest): NetDictionary {
  const { site, runtime } = rest;
  const value = element === null ? site.typeArguments[0]! : site.typeArguments[2]!;
  const type = newDictionary(site.typeArguments[1]!, value).netType;
  const dictionary = new NetDictionary(type, rest.comparer ?? defaultEquality);
  for (const item of sourceItems(source, site)) {
    runtime.step();
    const k = key(item);
    if (k === null || k === undefined) throw argumentNull('key');
    if (dictionary.has(k))
      throw argumentException(
        `An item with the same key has already been added. Key: ${textOf(box(k, site.typeArguments[1]!))}`,
      );
    dictionary.set(k, element === null ? item : element(item));
  }
  return dictionary;
}

function toHashSet(source: unknown, rest: Rest): NetSet {
  const type = namedType((netType('HashSet<object>') as NamedType).definition, [
    rest.site.typeArguments[0]!,
  ]);
  const set = new NetSet(type, rest.comparer ?? defaultEquality);
  for (const item of allItems(source, rest.runtime, rest.site)) set.add(item);
  return set;
}

interface JoinUse {
  readonly outer: unknown;
  readonly inner: unknown;
  readonly outerKey: Map1;
  readonly innerKey: Map1;
  readonly result: Map2;
  readonly rest: Rest;
  readonly grouped: boolean;
}

function join(use: JoinUse): unknown {
  const { rest } = use;
  const comparer = rest.comparer ?? defaultEquality;
  return sequence(function* () {
    const matches = new Map<unknown, unknown[]>();
    for (const item of iterate(use.inner)) {
      rest.runtime.step();
      const key = use.innerKey(item);
      if (key === null) continue;
      const list = matches.get(comparer.key(key)) ?? [];
      list.push(item);
      matches.set(comparer.key(key), list);
    }
    for (const item of sourceItems(use.outer, rest.site)) {
      rest.runtime.step();
      const key = use.outerKey(item);
      const found = key === null ? [] : (matches.get(comparer.key(key)) ?? []);
      if (use.grouped) yield use.result(item, newList(rest.site.typeArguments[1]!, [...found]));
      else for (const other of found) yield use.result(item, other);
    }
  });
}

function joinMembers(name: 'Join' | 'GroupJoin', second: string): MemberRecord {
  const head = `static IEnumerable<TResult> ${name}<TOuter, TInner, TKey, TResult>(this IEnumerable<TOuter> outer, IEnumerable<TInner> inner, Func<TOuter, TKey> outerKeySelector, Func<TInner, TKey> innerKeySelector, Func<TOuter, ${second}, TResult> resultSelector`;
  const run =
    (hasComparer: boolean) =>
    (...args: unknown[]) => {
      const [outer, inner, outerKey, innerKey, result, ...rest] = args as [
        unknown,
        unknown,
        Map1,
        Map1,
        Map2,
        ...unknown[],
      ];
      return join({
        outer,
        inner,
        outerKey,
        innerKey,
        result,
        rest: restOf(rest, hasComparer),
        grouped: name === 'GroupJoin',
      });
    };
  return { [`${head})`]: run(false), [`${head}, IEqualityComparer<TKey> comparer)`]: run(true) };
}

/** GroupBy, ToLookup, Join, GroupJoin, ToDictionary, ToHashSet, ToList. */
export const groupingMembers: MemberRecord = {
  ...groupMembers('GroupBy'),
  ...groupMembers('ToLookup'),
  ...joinMembers('Join', 'TInner'),
  ...joinMembers('GroupJoin', 'IEnumerable<TInner>'),
  'static Dictionary<TKey,TSource> ToDictionary<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector)':
    (source: unknown, key: Map1, ...rest: unknown[]) =>
      toDictionary(source, key, null, restOf(rest, false)),
  'static Dictionary<TKey,TSource> ToDictionary<TSource, TKey>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, IEqualityComparer<TKey> comparer)':
    (source: unknown, key: Map1, ...rest: unknown[]) =>
      toDictionary(source, key, null, restOf(rest, true)),
  'static Dictionary<TKey,TElement> ToDictionary<TSource, TKey, TElement>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, Func<TSource, TElement> elementSelector)':
    (source: unknown, key: Map1, element: Map1, ...rest: unknown[]) =>
      toDictionary(source, key, element, restOf(rest, false)),
  'static Dictionary<TKey,TElement> ToDictionary<TSource, TKey, TElement>(this IEnumerable<TSource> source, Func<TSource, TKey> keySelector, Func<TSource, TElement> elementSelector, IEqualityComparer<TKey> comparer)':
    (source: unknown, key: Map1, element: Map1, ...rest: unknown[]) =>
      toDictionary(source, key, element, restOf(rest, true)),
  'static HashSet<TSource> ToHashSet<TSource>(this IEnumerable<TSource> source)': (
    source: unknown,
    ...rest: unknown[]
  ) => toHashSet(source, restOf(rest, false)),
  'static HashSet<TSource> ToHashSet<TSource>(this IEnumerable<TSource> source, IEqualityComparer<TSource> comparer)':
    (source: unknown, ...rest: unknown[]) => toHashSet(source, restOf(rest, true)),
  'static List<TSource> ToList<TSource>(this IEnumerable<TSource> source)': (
    source: unknown,
    runtime: Runtime,
    site: Site,
  ) => newList(site.typeArguments[0]!, allItems(source, runtime, site)),
};
