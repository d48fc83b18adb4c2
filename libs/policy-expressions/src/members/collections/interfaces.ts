import { enumeratorOf, type NetEnumerator } from '../../runtime/enumerator.js';
import { setOperations } from './dictionary.js';
import { argumentOutOfRange, notSupported } from '@isthmus/dotnet';
import { NetDictionary } from '../../runtime/collections/net-dictionary.js';
import { NetList } from '../../runtime/collections/net-list.js';
import { NetSet } from '../../runtime/collections/net-set.js';
import { valuesEqual } from '../../runtime/equality.js';
import type { Ref } from '../../runtime/ref.js';
import { defaultValue } from '../../runtime/default-value.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { typeTable, type MemberRecord, type TypeTable } from '../table.js';
import { containerOf } from './container.js';
import { DictionaryPart, viewOf } from './dictionary-view.js';

const rangeError = (): Error =>
  argumentOutOfRange(
    'index',
    'Index was out of range. Must be non-negative and less than the size of the collection.',
  );

const asItems = (self: unknown): unknown[] =>
  self instanceof NetList
    ? self.items
    : Array.isArray(self)
      ? (self as unknown[])
      : containerOf(self).toArray();

const counted: MemberRecord = { 'int Count { get; }': (self: unknown) => containerOf(self).count };

const changing: MemberRecord = {
  'bool IsReadOnly { get; }': (self: unknown) => Array.isArray(self),
  'void Add(T item)': (self: unknown, item: unknown, runtime: Runtime) =>
    containerOf(self).add(item, runtime),
  'void Clear()': (self: unknown) => containerOf(self).clear(),
  'bool Contains(T item)': (self: unknown, item: unknown) =>
    self instanceof NetSet ? self.has(item) : asItems(self).some((x) => valuesEqual(x, item)),
  'bool Remove(T item)': (self: unknown, item: unknown) => containerOf(self).remove(item),
};

function at(self: unknown, index: number): unknown {
  const items = asItems(self);
  if (index < 0 || index >= items.length) throw rangeError();
  return items[index];
}

const values = (self: unknown, pick: 'key' | 'value'): unknown =>
  new DictionaryPart(viewOf(self), pick);

const reading: MemberRecord = {
  'int Count { get; }': (self: unknown) => viewOf(self).count,
  'bool ContainsKey(TKey key)': (self: unknown, key: unknown) => viewOf(self).has(key),
  'bool TryGetValue(TKey key, out TValue value)': (
    self: unknown,
    key: unknown,
    result: Ref,
    ...rest: unknown[]
  ) => {
    const site = rest[1] as Site;
    const found = viewOf(self).find(key);
    result.value =
      found === undefined
        ? defaultValue(site.owner.kind === 'named' ? site.owner.args[1]! : site.returns)
        : found;
    return found !== undefined;
  },
  'IEnumerable<TKey> Keys { get; }': (self: unknown) => values(self, 'key'),
  'IEnumerable<TValue> Values { get; }': (self: unknown) => values(self, 'value'),
};

const lookUp = (self: unknown, key: unknown): unknown => {
  const view = viewOf(self);
  const found = view.find(key);
  return found === undefined ? view.missing(key) : found;
};

function writable(self: unknown): NetDictionary {
  if (self instanceof NetDictionary) return self;
  throw notSupported('Collection is read-only.');
}

/** The generic collection interfaces, over every class that implements them. */
export const collectionInterfaceTables: readonly TypeTable[] = [
  typeTable(
    'interface System.Collections.Generic.IEnumerator<out T> : IEnumerator, IDisposable',
    {},
    {
      'T Current { get; }': (self: NetEnumerator, _runtime: Runtime, site: Site) =>
        self.current(defaultValue(site.returns)),
    },
  ),
  typeTable(
    'interface System.Collections.Generic.IEnumerable<out T> : IEnumerable',
    {},
    {
      'IEnumerator<T> GetEnumerator()': (self: unknown) => enumeratorOf(self),
    },
  ),
  typeTable(
    'interface System.Collections.Generic.IReadOnlyCollection<out T> : IEnumerable<T>',
    {},
    counted,
  ),
  typeTable(
    'interface System.Collections.Generic.ICollection<T> : IEnumerable<T>',
    {},
    counted,
    changing,
  ),
  typeTable(
    'interface System.Collections.Generic.IReadOnlyList<out T> : IReadOnlyCollection<T>',
    {},
    { 'T this[int index] { get; }': at },
  ),
  typeTable(
    'interface System.Collections.Generic.IList<T> : ICollection<T>',
    {},
    {
      'T this[int index] { get; set; }': {
        get: at,
        set: (self: unknown, index: number, value: unknown) => {
          const items = asItems(self);
          if (index < 0 || index >= items.length) throw rangeError();
          items[index] = value;
        },
      },
      'int IndexOf(T item)': (self: unknown, item: unknown) =>
        asItems(self).findIndex((x) => valuesEqual(x, item)),
      'void Insert(int index, T item)': (self: unknown, index: number, item: unknown) => {
        if (!(self instanceof NetList)) throw notSupported('Collection was of a fixed size.');
        self.items.splice(index, 0, item);
        self.version += 1;
      },
      'void RemoveAt(int index)': (self: unknown, index: number) => {
        if (!(self instanceof NetList)) throw notSupported('Collection was of a fixed size.');
        self.items.splice(index, 1);
        self.version += 1;
      },
    },
  ),
  typeTable(
    'interface System.Collections.Generic.ISet<T> : ICollection<T>',
    {},
    { 'bool Add(T item)': (self: NetSet, item: unknown) => self.add(item) },
    setOperations,
  ),
  typeTable(
    'interface System.Collections.Generic.IReadOnlyDictionary<TKey, TValue> : IReadOnlyCollection<KeyValuePair<TKey,TValue>>',
    {},
    reading,
    { 'TValue this[TKey key] { get; }': lookUp },
  ),
  typeTable(
    'interface System.Collections.Generic.IDictionary<TKey, TValue> : ICollection<KeyValuePair<TKey,TValue>>',
    {},
    reading,
    {
      'TValue this[TKey key] { get; set; }': {
        get: lookUp,
        set: (self: unknown, key: unknown, value: unknown) => writable(self).set(key, value),
      },
      'void Add(TKey key, TValue value)': (self: unknown, key: unknown, value: unknown) =>
        writable(self).add(key, value),
      'bool Remove(TKey key)': (self: unknown, key: unknown) => writable(self).remove(key),
    },
  ),
];
