import { enumeratorOf } from '../../runtime/enumerator.js';
import { argumentException, argumentNull, argumentOutOfRange, countWork } from '@isthmus/dotnet';
import { compareValues } from '../../runtime/comparing.js';
import { NetList, newList } from '../../runtime/collections/net-list.js';
import { defaultValue } from '../../runtime/default-value.js';
import { valuesEqual, type Comparer } from '../../runtime/equality.js';
import type { NamedType, NetType } from '../../binding/net-type.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { iterate } from '../../runtime/sequence.js';
import { typeTable, type MemberRecord } from '../table.js';
import { binarySearch, sortItems } from './sorting.js';

const element = (site: Site) => (site.owner as NamedType).args[0]!;
type Test = (item: unknown) => boolean;

function inside(
  self: NetList,
  index: number,
  message = 'Index was out of range. Must be non-negative and less than the size of the collection.',
): void {
  if (index < 0 || index >= self.items.length) throw argumentOutOfRange('index', message);
}

function changed(self: NetList): void {
  self.version += 1;
}

function checkRange(self: NetList, index: number, count: number): void {
  if (index < 0) throw argumentOutOfRange('index', 'Non-negative number required.');
  if (count < 0) throw argumentOutOfRange('count', 'Non-negative number required.');
  if (self.items.length - index < count)
    throw argumentException(
      'Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.',
    );
}

function addAll(self: NetList, at: number, source: unknown, runtime: Runtime): void {
  if (source === null) throw argumentNull('collection');
  const items = [...iterate(source)];
  runtime.size(self.items.length + items.length);
  runtime.step(items.length);
  self.items.splice(at, 0, ...items);
  changed(self);
}

const basics: MemberRecord = {
  'new()': (_runtime: Runtime, site: Site) => newList(element(site)),
  'new(int capacity)': (capacity: number, _runtime: Runtime, site: Site) => {
    if (capacity < 0) throw argumentOutOfRange('capacity', 'Non-negative number required.');
    return newList(element(site));
  },
  'new(IEnumerable<T> collection)': (source: unknown, runtime: Runtime, site: Site) => {
    const list = newList(element(site));
    addAll(list, 0, source, runtime);
    return list;
  },
  'int Count { get; }': (self: NetList) => self.items.length,
  'int Capacity { get; set; }': {
    get: (self: NetList) => Math.max(self.items.length, self.items.length === 0 ? 0 : 4),
    set: () => undefined,
  },
  'T this[int index] { get; set; }': {
    get: (self: NetList, index: number) => {
      inside(self, index);
      return self.items[index];
    },
    set: (self: NetList, index: number, value: unknown) => {
      inside(self, index);
      self.items[index] = value;
      changed(self);
    },
  },
  'IEnumerator<T> GetEnumerator()': (self: NetList) => enumeratorOf(self),
  'void Add(T item)': (self: NetList, item: unknown, runtime: Runtime) => {
    runtime.size(self.items.length + 1);
    self.items.push(item);
    changed(self);
  },
  'void AddRange(IEnumerable<T> collection)': (self: NetList, source: unknown, runtime: Runtime) =>
    addAll(self, self.items.length, source, runtime),
  'void Insert(int index, T item)': (self: NetList, index: number, item: unknown) => {
    if (index < 0 || index > self.items.length)
      throw argumentOutOfRange('index', 'Index must be within the bounds of the List.');
    countWork((self.items.length - index) >> 8);
    self.items.splice(index, 0, item);
    changed(self);
  },
  'void InsertRange(int index, IEnumerable<T> collection)': (
    self: NetList,
    index: number,
    source: unknown,
    runtime: Runtime,
  ) => {
    if (index < 0 || index > self.items.length)
      throw argumentOutOfRange('index', 'Index must be within the bounds of the List.');
    addAll(self, index, source, runtime);
  },
  'void Clear()': (self: NetList) => {
    self.items.length = 0;
    changed(self);
  },
  'bool Remove(T item)': (self: NetList, item: unknown) => {
    const at = looked(self).findIndex((x) => valuesEqual(x, item));
    if (at >= 0) self.items.splice(at, 1);
    changed(self);
    return at >= 0;
  },
  'void RemoveAt(int index)': (self: NetList, index: number) => {
    inside(self, index);
    self.items.splice(index, 1);
    changed(self);
  },
  'void RemoveRange(int index, int count)': (self: NetList, index: number, count: number) => {
    checkRange(self, index, count);
    self.items.splice(index, count);
    changed(self);
  },
  'int RemoveAll(Predicate<T> match)': (self: NetList, test: Test) => {
    const kept = self.items.filter((x) => !test(x));
    const removed = self.items.length - kept.length;
    self.items.splice(0, self.items.length, ...kept);
    changed(self);
    return removed;
  },
};

/** The items of a list that are looked through: each costs a part of a step. */
function looked(self: NetList): readonly unknown[] {
  countWork(self.items.length >> 2);
  return self.items;
}

const finding: MemberRecord = {
  'bool Contains(T item)': (self: NetList, item: unknown) =>
    looked(self).some((x) => valuesEqual(x, item)),
  'int IndexOf(T item)': (self: NetList, item: unknown) =>
    looked(self).findIndex((x) => valuesEqual(x, item)),
  'int IndexOf(T item, int index)': (self: NetList, item: unknown, index: number) =>
    looked(self).findIndex((x, i) => i >= index && valuesEqual(x, item)),
  'int LastIndexOf(T item)': (self: NetList, item: unknown) =>
    looked(self).findLastIndex((x) => valuesEqual(x, item)),
  'bool Exists(Predicate<T> match)': (self: NetList, test: Test) => self.items.some(test),
  'bool TrueForAll(Predicate<T> match)': (self: NetList, test: Test) => self.items.every(test),
  'T Find(Predicate<T> match)': (self: NetList, test: Test, _runtime: Runtime, site: Site) => {
    const at = self.items.findIndex(test);
    return at < 0 ? defaultValue(element(site)) : self.items[at];
  },
  'T FindLast(Predicate<T> match)': (self: NetList, test: Test, _runtime: Runtime, site: Site) => {
    const at = self.items.findLastIndex(test);
    return at < 0 ? defaultValue(element(site)) : self.items[at];
  },
  'List<T> FindAll(Predicate<T> match)': (
    self: NetList,
    test: Test,
    _runtime: Runtime,
    site: Site,
  ) => newList(element(site), self.items.filter(test)),
  'int FindIndex(Predicate<T> match)': (self: NetList, test: Test) => self.items.findIndex(test),
  'int FindIndex(int startIndex, Predicate<T> match)': (
    self: NetList,
    start: number,
    test: Test,
  ) => {
    if (start < 0 || start > self.items.length)
      throw argumentOutOfRange(
        'startIndex',
        'Index was out of range. Must be non-negative and less than or equal to the size of the collection.',
      );
    return self.items.findIndex((x, i) => i >= start && test(x));
  },
  'int FindLastIndex(Predicate<T> match)': (self: NetList, test: Test) =>
    self.items.findLastIndex(test),
  'int BinarySearch(T item)': (self: NetList, item: unknown) =>
    binarySearch(self.items, item, compareValues),
  'int BinarySearch(T item, IComparer<T> comparer)': (
    self: NetList,
    item: unknown,
    comparer: Comparer | null,
  ) =>
    binarySearch(
      self.items,
      item,
      comparer === null ? compareValues : (a, b) => comparer.compare(a, b),
    ),
};

const shaping: MemberRecord = {
  'List<T> GetRange(int index, int count)': (
    self: NetList,
    index: number,
    count: number,
    ...rest: unknown[]
  ) => {
    checkRange(self, index, count);
    return newList(element(rest[1] as Site), self.items.slice(index, index + count));
  },
  'T[] ToArray()': (self: NetList, _runtime: Runtime, site: Site) =>
    element(site).key === 'System.Byte`0'
      ? Uint8Array.from(self.items as number[])
      : [...self.items],
  'ReadOnlyCollection<T> AsReadOnly()': (self: NetList, _runtime: Runtime, site: Site) =>
    new ReadOnlyView(site.returns, self),
  'List<TOutput> ConvertAll<TOutput>(Converter<T, TOutput> converter)': (
    self: NetList,
    map: (item: unknown) => unknown,
    _runtime: Runtime,
    site: Site,
  ) =>
    newList(
      site.typeArguments[0]!,
      self.items.map((x) => map(x)),
    ),
  'void ForEach(Action<T> action)': (self: NetList, action: (item: unknown) => void) => {
    for (const item of self) action(item);
  },
  'void Reverse()': (self: NetList) => {
    self.items.reverse();
    changed(self);
  },
  'void Reverse(int index, int count)': (self: NetList, index: number, count: number) => {
    checkRange(self, index, count);
    self.items.splice(index, count, ...self.items.slice(index, index + count).reverse());
    changed(self);
  },
  'void Sort()': (self: NetList, runtime: Runtime) => {
    sortItems(self.items, compareValues, runtime);
    changed(self);
  },
  'void Sort(IComparer<T> comparer)': (
    self: NetList,
    comparer: Comparer | null,
    runtime: Runtime,
  ) => {
    sortItems(
      self.items,
      comparer === null ? compareValues : (a, b) => comparer.compare(a, b),
      runtime,
    );
    changed(self);
  },
  'void Sort(Comparison<T> comparison)': (
    self: NetList,
    compare: (a: unknown, b: unknown) => number,
    runtime: Runtime,
  ) => {
    sortItems(self.items, compare, runtime);
    changed(self);
  },
  'void CopyTo(T[] array)': (self: NetList, target: unknown[]) => {
    if (target.length < self.items.length)
      throw argumentException(
        "Destination array was not long enough. Check the destination index, length, and the array's lower bounds.",
        'destinationArray',
      );
    self.items.forEach((x, i) => (target[i] = x));
  },
  'void TrimExcess()': () => undefined,
};

export const listTable = typeTable(
  'class System.Collections.Generic.List<T> : IList<T>, IReadOnlyList<T>',
  { instance: NetList },
  basics,
  finding,
  shaping,
);

/** ReadOnlyCollection<T>: a view on a list. */
class ReadOnlyView implements Iterable<unknown> {
  constructor(
    readonly netType: NetType,
    readonly list: NetList,
  ) {}

  [Symbol.iterator](): Iterator<unknown> {
    return this.list[Symbol.iterator]();
  }
}

export const readOnlyCollectionTable = typeTable(
  'class System.Collections.ObjectModel.ReadOnlyCollection<T> : IList<T>, IReadOnlyList<T>',
  { instance: ReadOnlyView },
  {
    'int Count { get; }': (self: ReadOnlyView) => self.list.items.length,
    'T this[int index] { get; }': (self: ReadOnlyView, index: number) => {
      inside(self.list, index);
      return self.list.items[index];
    },
  },
);
