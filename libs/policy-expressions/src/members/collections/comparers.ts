import { defaultComparer } from '../../runtime/comparing.js';
import {
  defaultEquality,
  type Comparer,
  type EqualityComparer,
  hashCode,
} from '../../runtime/equality.js';
import { typeTable, type TypeTable } from '../table.js';

export const comparerTables: readonly TypeTable[] = [
  typeTable(
    'abstract class System.Collections.Generic.Comparer<T> : IComparer<T>',
    {},
    {
      'static Comparer<T> Default { get; }': () => defaultComparer,
      'static Comparer<T> Create(Comparison<T> comparison)': (compare: Comparer['compare']) => ({
        compare,
      }),
      'int Compare(T x, T y)': (self: Comparer, x: unknown, y: unknown) => self.compare(x, y),
    },
  ),
  typeTable(
    'abstract class System.Collections.Generic.EqualityComparer<T> : IEqualityComparer<T>',
    {},
    {
      'static EqualityComparer<T> Default { get; }': () => defaultEquality,
      'bool Equals(T x, T y)': (self: EqualityComparer, x: unknown, y: unknown) =>
        self.equals(x, y),
      'int GetHashCode(T obj)': (_self: EqualityComparer, x: unknown) => hashCode(x),
    },
  ),
];
