import { enumeratorOf } from '../../runtime/enumerator.js';
import { argumentException, argumentNull, argumentOutOfRange, DotNetError } from '@isthmus/dotnet';
import { nullableUnderlying, type NetType } from '../../binding/net-type.js';
import { unbox } from '../../runtime/boxed.js';
import { castReference } from '../../compile/casts.js';
import { compareValues } from '../../runtime/comparing.js';
import { defaultValue } from '../../runtime/default-value.js';
import { valuesEqual, type Comparer } from '../../runtime/equality.js';
import { NetMatrix } from '../../runtime/net-matrix.js';
import type { Ref } from '../../runtime/ref.js';
import { box, runtimeType, tagArray } from '../../runtime/runtime-type.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { typeTable, type MemberRecord } from '../table.js';
import { binarySearch, sortItems } from './sorting.js';

type Items = unknown[];
type Test = (item: unknown) => boolean;

function required(array: Items | null, name = 'array'): Items {
  if (array === null) throw argumentNull(name);
  return array;
}

const elementOf = (array: unknown): NetType | null => {
  const type = runtimeType(array);
  return type?.kind === 'array' ? type.element : null;
};

/** Array.Copy: elements are checked, and widened between number types. */
function copy(source: Items | null, at: number, target: Items | null, ...rest: number[]): void {
  const from = required(source, 'sourceArray');
  const to = required(target, 'destinationArray');
  const [position = 0, length = 0] = rest;
  if (length < 0) throw argumentOutOfRange('length', 'Non-negative number required.');
  if (at < 0)
    throw argumentOutOfRange(
      'sourceIndex',
      "Value was less than the array's lower bound in the first dimension.",
    );
  if (position < 0)
    throw argumentOutOfRange(
      'destinationIndex',
      "Value was less than the array's lower bound in the first dimension.",
    );
  if (at + length > from.length)
    throw argumentException(
      "Source array was not long enough. Check the source index, length, and the array's lower bounds.",
      'sourceArray',
    );
  if (position + length > to.length)
    throw argumentException(
      "Destination array was not long enough. Check the destination index, length, and the array's lower bounds.",
      'destinationArray',
    );
  const [a, b] = [elementOf(from), elementOf(to)];
  if (
    a !== b &&
    a?.kind === 'named' &&
    b?.kind === 'named' &&
    (a.definition.kind === 'struct') !== (b.definition.kind === 'struct')
  ) {
    throw new DotNetError(
      'System.ArrayTypeMismatchException',
      'Source array type cannot be assigned to destination array type.',
    );
  }
  const moved = from.slice(at, at + length);
  moved.forEach(
    (x, i) =>
      (to[position + i] =
        b !== null && a !== b && b.kind === 'named' && b.definition.kind !== 'struct'
          ? castReference(b)(() => x)(undefined as never)
          : x),
  );
}

const boxedItem = (array: unknown, item: unknown): unknown => {
  const element = elementOf(array);
  return element === null ? item : box(item, nullableUnderlying(element) ?? element);
};

const indexOfObject = (array: Items, value: unknown): number =>
  array.findIndex((x) => valuesEqual(boxedItem(array, x), value));

const properties: MemberRecord = {
  'int Length { get; }': (self: Items | NetMatrix) =>
    self instanceof NetMatrix ? self.items.length : self.length,
  'long LongLength { get; }': (self: Items | NetMatrix) =>
    BigInt(self instanceof NetMatrix ? self.items.length : self.length),
  'int Rank { get; }': (self: Items | NetMatrix) =>
    self instanceof NetMatrix ? self.lengths.length : 1,
  'int GetLength(int dimension)': (self: Items | NetMatrix, d: number) => lengthOf(self, d),
  'int GetUpperBound(int dimension)': (self: Items | NetMatrix, d: number) => lengthOf(self, d) - 1,
  'int GetLowerBound(int dimension)': (self: Items | NetMatrix, d: number) => lengthOf(self, d) * 0,
  'object GetValue(int index)': (self: Items, index: number) => {
    if (index < 0 || index >= self.length)
      throw new DotNetError(
        'System.IndexOutOfRangeException',
        'Index was outside the bounds of the array.',
      );
    return boxedItem(self, self[index]);
  },
  'void SetValue(object value, int index)': (self: Items, value: unknown, index: number) => {
    if (index < 0 || index >= self.length)
      throw new DotNetError(
        'System.IndexOutOfRangeException',
        'Index was outside the bounds of the array.',
      );
    self[index] = unbox(value);
  },
  'object Clone()': (self: Items | Uint8Array) =>
    self instanceof Uint8Array ? self.slice() : tagArray([...self], runtimeType(self)!),
  'void CopyTo(Array array, int index)': (self: Items, target: Items | null, index: number) =>
    copy(self, 0, target, index, self.length),
  'IEnumerator GetEnumerator()': (self: unknown) => enumeratorOf(self),
};

function lengthOf(self: Items | NetMatrix, dimension: number): number {
  const lengths = self instanceof NetMatrix ? self.lengths : [self.length];
  const length = lengths[dimension];
  if (length === undefined)
    throw new DotNetError(
      'System.IndexOutOfRangeException',
      'Array does not have that many dimensions.',
    );
  return length;
}

const copying: MemberRecord = {
  'static void Copy(Array sourceArray, Array destinationArray, int length)': (
    source: Items | null,
    target: Items | null,
    length: number,
  ) => copy(source, 0, target, 0, length),
  'static void Copy(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length)':
    copy,
  'static void Clear(Array array, int index, int length)': (
    array: Items | null,
    index: number,
    length: number,
  ) => {
    const items = required(array);
    if (index < 0 || length < 0 || index + length > items.length)
      throw new DotNetError(
        'System.IndexOutOfRangeException',
        'Index was outside the bounds of the array.',
      );
    const element = elementOf(items);
    items.fill(element === null ? null : defaultValue(element), index, index + length);
  },
  'static void Clear(Array array)': (array: Items | null) => {
    const items = required(array);
    const element = elementOf(items);
    items.fill(element === null ? null : defaultValue(element));
  },
  'static void Resize<T>(ref T[] array, int newSize)': (
    array: Ref<Items | Uint8Array | null>,
    size: number,
    runtime: Runtime,
    site: Site,
  ) => {
    if (size < 0) throw argumentOutOfRange('newSize', 'Non-negative number required.');
    runtime.size(size);
    const old = array.value ?? [];
    const initial = defaultValue(site.typeArguments[0]!);
    if (old instanceof Uint8Array) {
      const bytes = new Uint8Array(size);
      bytes.set(old.subarray(0, size));
      array.value = bytes;
    } else {
      const items = Array.from({ length: size }, (_, i) => (i < old.length ? old[i] : initial));
      const type = runtimeType(old);
      array.value = type === null ? items : tagArray(items, type);
    }
  },
  'static T[] Empty<T>()': () => [],
  'static void Fill<T>(T[] array, T value)': (array: Items | null, value: unknown) =>
    void required(array).fill(value),
};

const searching: MemberRecord = {
  'static bool Exists<T>(T[] array, Predicate<T> match)': (array: Items | null, test: Test) =>
    required(array).some((x) => test(x)),
  'static bool TrueForAll<T>(T[] array, Predicate<T> match)': (array: Items | null, test: Test) =>
    required(array).every((x) => test(x)),
  'static T Find<T>(T[] array, Predicate<T> match)': (
    array: Items | null,
    test: Test,
    _runtime: Runtime,
    site: Site,
  ) => {
    const at = required(array).findIndex((x) => test(x));
    return at < 0 ? defaultValue(site.typeArguments[0]!) : array![at];
  },
  'static T FindLast<T>(T[] array, Predicate<T> match)': (
    array: Items | null,
    test: Test,
    _runtime: Runtime,
    site: Site,
  ) => {
    const at = required(array).findLastIndex((x) => test(x));
    return at < 0 ? defaultValue(site.typeArguments[0]!) : array![at];
  },
  'static T[] FindAll<T>(T[] array, Predicate<T> match)': (array: Items | null, test: Test) =>
    required(array).filter((x) => test(x)),
  'static int FindIndex<T>(T[] array, Predicate<T> match)': (array: Items | null, test: Test) =>
    required(array).findIndex((x) => test(x)),
  'static int FindLastIndex<T>(T[] array, Predicate<T> match)': (array: Items | null, test: Test) =>
    required(array).findLastIndex((x) => test(x)),
  'static int IndexOf<T>(T[] array, T value)': (array: Items | null, value: unknown) =>
    required(array).findIndex((x) => valuesEqual(x, value)),
  'static int IndexOf<T>(T[] array, T value, int startIndex)': (
    array: Items | null,
    value: unknown,
    start: number,
  ) => required(array).findIndex((x, i) => i >= start && valuesEqual(x, value)),
  'static int IndexOf(Array array, object value)': (array: Items | null, value: unknown) =>
    indexOfObject(required(array), value),
  'static int LastIndexOf<T>(T[] array, T value)': (array: Items | null, value: unknown) =>
    required(array).findLastIndex((x) => valuesEqual(x, value)),
  'static int BinarySearch<T>(T[] array, T value)': (array: Items | null, value: unknown) =>
    binarySearch(required(array), value, compareValues),
  'static int BinarySearch<T>(T[] array, T value, IComparer<T> comparer)': (
    array: Items | null,
    value: unknown,
    comparer: Comparer,
  ) => binarySearch(required(array), value, (a, b) => comparer.compare(a, b)),
  'static TOutput[] ConvertAll<TInput, TOutput>(TInput[] array, Converter<TInput, TOutput> converter)':
    (array: Items | null, map: (x: unknown) => unknown) =>
      Array.from(required(array), (x) => map(x)),
  'static void ForEach<T>(T[] array, Action<T> action)': (
    array: Items | null,
    action: (x: unknown) => void,
  ) => required(array).forEach((x) => action(x)),
};

const ordering: MemberRecord = {
  'static void Reverse(Array array)': (array: Items | null) => void required(array).reverse(),
  'static void Reverse<T>(T[] array)': (array: Items | null) => void required(array).reverse(),
  'static void Reverse(Array array, int index, int length)': (
    array: Items | null,
    index: number,
    length: number,
  ) => {
    const items = required(array);
    if (index < 0) throw argumentOutOfRange('index');
    if (length < 0) throw argumentOutOfRange('length');
    if (index + length > items.length)
      throw argumentException(
        'Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.',
      );
    const part = items.slice(index, index + length).reverse();
    part.forEach((x, i) => (items[index + i] = x));
  },
  'static void Sort(Array array)': (array: Items | null, runtime: Runtime) =>
    sortItems(required(array), compareValues, runtime),
  'static void Sort<TKey, TValue>(TKey[] keys, TValue[] items)': (
    keys: Items | null,
    items: Items | null,
    runtime: Runtime,
  ) => {
    const rows = required(keys, 'keys').map((key, i) => [key, items?.[i]] as const);
    sortItems(rows, (a, b) => compareValues(a[0], b[0]), runtime);
    rows.forEach(([key, item], i) => {
      keys![i] = key;
      if (items !== null) items[i] = item;
    });
  },
  'static void Sort<T>(T[] array)': (array: Items | null, runtime: Runtime) =>
    sortItems(required(array), compareValues, runtime),
  'static void Sort<T>(T[] array, IComparer<T> comparer)': (
    array: Items | null,
    comparer: Comparer | null,
    runtime: Runtime,
  ) =>
    sortItems(
      required(array),
      comparer === null ? compareValues : (a, b) => comparer.compare(a, b),
      runtime,
    ),
  'static void Sort<T>(T[] array, Comparison<T> comparison)': (
    array: Items | null,
    compare: (a: unknown, b: unknown) => number,
    runtime: Runtime,
  ) => sortItems(required(array), compare, runtime),
};

export const arrayTable = typeTable(
  'abstract class System.Array : ICloneable, IEnumerable',
  {},
  properties,
  copying,
  searching,
  ordering,
);
