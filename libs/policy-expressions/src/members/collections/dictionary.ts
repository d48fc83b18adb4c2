import { enumeratorOf } from '../../runtime/enumerator.js';
import { argumentNull } from '@isthmus/dotnet';
import type { NamedType, NetType } from '../../binding/net-type.js';
import { NetDictionary, type DictionaryView } from '../../runtime/collections/net-dictionary.js';
import { NetSet } from '../../runtime/collections/net-set.js';
import { defaultValue } from '../../runtime/default-value.js';
import { defaultEquality, valuesEqual, type EqualityComparer } from '../../runtime/equality.js';
import type { Ref } from '../../runtime/ref.js';
import type { Pair } from '../../runtime/pair.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { iterate } from '../../runtime/sequence.js';
import { DictionaryPart } from './dictionary-view.js';
import { typeTable, type MemberRecord, type TypeTable } from '../table.js';

const valueType = (site: Site): NetType => (site.owner as NamedType).args[1]!;

function make(
  site: Site,
  comparer: EqualityComparer | null,
  source: unknown = null,
): NetDictionary {
  const dictionary = new NetDictionary(site.owner, comparer ?? defaultEquality);
  if (source !== null)
    for (const pair of iterate(source)) dictionary.add((pair as Pair).key, (pair as Pair).value);
  return dictionary;
}

function copy(site: Site, source: unknown, comparer: EqualityComparer | null): NetDictionary {
  if (source === null) throw argumentNull('dictionary');
  return make(site, comparer, source);
}

const constructors: MemberRecord = {
  'new()': (_runtime: Runtime, site: Site) => make(site, null),
  'new(int capacity)': (_capacity: number, _runtime: Runtime, site: Site) => make(site, null),
  'new(IEqualityComparer<TKey> comparer)': (
    comparer: EqualityComparer | null,
    _runtime: Runtime,
    site: Site,
  ) => make(site, comparer),
  'new(int capacity, IEqualityComparer<TKey> comparer)': (
    _capacity: number,
    comparer: EqualityComparer | null,
    _runtime: Runtime,
    site: Site,
  ) => make(site, comparer),
  'new(IDictionary<TKey,TValue> dictionary)': (source: unknown, _runtime: Runtime, site: Site) =>
    copy(site, source, null),
  'new(IDictionary<TKey,TValue> dictionary, IEqualityComparer<TKey> comparer)': (
    source: unknown,
    comparer: EqualityComparer | null,
    _runtime: Runtime,
    site: Site,
  ) => copy(site, source, comparer),
  'new(IEnumerable<KeyValuePair<TKey,TValue>> collection)': (
    source: unknown,
    _runtime: Runtime,
    site: Site,
  ) => copy(site, source, null),
  'new(IEnumerable<KeyValuePair<TKey,TValue>> collection, IEqualityComparer<TKey> comparer)': (
    source: unknown,
    comparer: EqualityComparer | null,
    _runtime: Runtime,
    site: Site,
  ) => copy(site, source, comparer),
};

const pick = (self: NetDictionary, part: 'key' | 'value') => new DictionaryPart(self, part);

export const dictionaryTable = typeTable(
  'class System.Collections.Generic.Dictionary<TKey, TValue> : IDictionary<TKey,TValue>, IReadOnlyDictionary<TKey,TValue>',
  { instance: NetDictionary },
  constructors,
  {
    'int Count { get; }': (self: NetDictionary) => self.count,
    'IEqualityComparer<TKey> Comparer { get; }': (self: NetDictionary) => self.comparer,
    'KeyCollection<TKey> Keys { get; }': (self: NetDictionary) => pick(self, 'key'),
    'KeyCollection<TValue> Values { get; }': (self: NetDictionary) => pick(self, 'value'),
    'TValue this[TKey key] { get; set; }': {
      get: (self: NetDictionary, key: unknown) => {
        const found = self.find(key);
        return found === undefined ? self.missing(key) : found;
      },
      set: (self: NetDictionary, key: unknown, value: unknown, runtime: Runtime) => {
        runtime.size(self.count + 1);
        self.set(key, value);
      },
    },
    'void Add(TKey key, TValue value)': (
      self: NetDictionary,
      key: unknown,
      value: unknown,
      runtime: Runtime,
    ) => {
      runtime.size(self.count + 1);
      self.add(key, value);
    },
    'bool TryAdd(TKey key, TValue value)': (self: NetDictionary, key: unknown, value: unknown) => {
      if (self.has(key)) return false;
      self.set(key, value);
      return true;
    },
    'bool Remove(TKey key)': (self: NetDictionary, key: unknown) => self.remove(key),
    'bool Remove(TKey key, out TValue value)': (
      self: NetDictionary,
      key: unknown,
      result: Ref,
      ...rest: unknown[]
    ) => {
      result.value = self.find(key) ?? defaultValue(valueType(rest[1] as Site));
      return self.remove(key);
    },
    'void Clear()': (self: NetDictionary) => self.clear(),
    'bool ContainsKey(TKey key)': (self: NetDictionary, key: unknown) => self.has(key),
    'bool ContainsValue(TValue value)': (self: NetDictionary, value: unknown) =>
      [...self.pairs()].some((p) => valuesEqual(p.value, value)),
    'bool TryGetValue(TKey key, out TValue value)': (
      self: NetDictionary,
      key: unknown,
      result: Ref,
      ...rest: unknown[]
    ) => {
      const found = self.find(key);
      result.value = found === undefined ? defaultValue(valueType(rest[1] as Site)) : found;
      return found !== undefined;
    },
    'IEnumerator<KeyValuePair<TKey,TValue>> GetEnumerator()': (self: NetDictionary) =>
      enumeratorOf(self),
  },
);

function makeSet(site: Site, source: unknown, comparer: EqualityComparer | null): NetSet {
  const set = new NetSet(site.owner, comparer ?? defaultEquality);
  for (const item of iterate(source)) set.add(item);
  return set;
}

const other = (source: unknown, self: NetSet): NetSet => {
  if (source === null) throw argumentNull('other');
  const set = new NetSet(self.netType, self.comparer);
  for (const item of iterate(source)) set.add(item);
  return set;
};

const isSubset = (a: NetSet, b: NetSet): boolean => [...a].every((x) => b.has(x));

export const setOperations: MemberRecord = {
  'void UnionWith(IEnumerable<T> other)': (self: NetSet, source: unknown) => {
    for (const x of other(source, self)) self.add(x);
  },
  'void IntersectWith(IEnumerable<T> other)': (self: NetSet, source: unknown) => {
    const kept = other(source, self);
    for (const x of [...self]) if (!kept.has(x)) self.remove(x);
  },
  'void ExceptWith(IEnumerable<T> other)': (self: NetSet, source: unknown) => {
    for (const x of other(source, self)) self.remove(x);
  },
  'void SymmetricExceptWith(IEnumerable<T> other)': (self: NetSet, source: unknown) => {
    for (const x of other(source, self)) if (!self.remove(x)) self.add(x);
  },
  'bool IsSubsetOf(IEnumerable<T> other)': (self: NetSet, source: unknown) =>
    isSubset(self, other(source, self)),
  'bool IsSupersetOf(IEnumerable<T> other)': (self: NetSet, source: unknown) =>
    isSubset(other(source, self), self),
  'bool IsProperSubsetOf(IEnumerable<T> other)': (self: NetSet, source: unknown) => {
    const b = other(source, self);
    return isSubset(self, b) && b.count > self.count;
  },
  'bool IsProperSupersetOf(IEnumerable<T> other)': (self: NetSet, source: unknown) => {
    const b = other(source, self);
    return isSubset(b, self) && self.count > b.count;
  },
  'bool Overlaps(IEnumerable<T> other)': (self: NetSet, source: unknown) =>
    [...other(source, self)].some((x) => self.has(x)),
  'bool SetEquals(IEnumerable<T> other)': (self: NetSet, source: unknown) => {
    const b = other(source, self);
    return b.count === self.count && isSubset(self, b);
  },
};

/** Dictionary's relatives: HashSet and key collections. */
export const setTables: readonly TypeTable[] = [
  typeTable(
    'class System.Collections.Generic.KeyCollection<T> : ICollection<T>',
    {},
    { 'int Count { get; }': (self: unknown) => [...iterate(self)].length },
  ),
  typeTable(
    'class System.Collections.Generic.HashSet<T> : ISet<T>, IReadOnlyCollection<T>',
    { instance: NetSet },
    {
      'new()': (_runtime: Runtime, site: Site) => makeSet(site, [], null),
      'new(IEqualityComparer<T> comparer)': (
        comparer: EqualityComparer | null,
        _runtime: Runtime,
        site: Site,
      ) => makeSet(site, [], comparer),
      'new(IEnumerable<T> collection)': (source: unknown, _runtime: Runtime, site: Site) => {
        if (source === null) throw argumentNull('collection');
        return makeSet(site, source, null);
      },
      'new(IEnumerable<T> collection, IEqualityComparer<T> comparer)': (
        source: unknown,
        comparer: EqualityComparer | null,
        _runtime: Runtime,
        site: Site,
      ) => makeSet(site, source, comparer),
      'int Count { get; }': (self: NetSet) => self.count,
      'bool Add(T item)': (self: NetSet, item: unknown, runtime: Runtime) => {
        runtime.size(self.count + 1);
        return self.add(item);
      },
      'bool Remove(T item)': (self: NetSet, item: unknown) => self.remove(item),
      'bool Contains(T item)': (self: NetSet, item: unknown) => self.has(item),
      'void Clear()': (self: NetSet) => self.clear(),
      'IEnumerator<T> GetEnumerator()': (self: NetSet) => enumeratorOf(self),
    },
    {
      'int RemoveWhere(Predicate<T> match)': (self: NetSet, test: (item: unknown) => boolean) =>
        [...self].filter((x) => test(x) && self.remove(x)).length,
    },
    setOperations,
  ),
  typeTable(
    'static class System.Collections.Generic.CollectionExtensions',
    {},
    {
      'static TValue GetValueOrDefault<TKey, TValue>(this Dictionary<TKey,TValue> dictionary, TKey key)':
        (self: DictionaryView, key: unknown, _runtime: Runtime, site: Site) =>
          self.find(key) ?? defaultValue(site.typeArguments[1]!),
      'static TValue GetValueOrDefault<TKey, TValue>(this Dictionary<TKey,TValue> dictionary, TKey key, TValue defaultValue)':
        (self: DictionaryView, key: unknown, value: unknown) => {
          const found = self.find(key);
          return found === undefined ? value : found;
        },
    },
  ),
];
