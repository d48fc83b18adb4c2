import { compareValues } from '../../runtime/comparing.js';
import { valuesEqual, type Comparer, type EqualityComparer } from '../../runtime/equality.js';
import { box } from '../../runtime/runtime-type.js';
import type { NetEnumerator } from '../../runtime/enumerator.js';
import { textOf } from '../../runtime/text.js';
import type { Site, Runtime } from '../../runtime/runtime.js';
import { typeTable, type TypeTable } from '../table.js';

const argument = (site: Site): Parameters<typeof box>[1] =>
  site.owner.kind === 'named' ? site.owner.args[0]! : site.returns;

export const interfaceTables: readonly TypeTable[] = [
  typeTable(
    'interface System.IComparable',
    {},
    { 'int CompareTo(object obj)': (self: unknown, other: unknown) => compareValues(self, other) },
  ),
  typeTable(
    'interface System.IComparable<in T>',
    {},
    {
      'int CompareTo(T other)': (self: unknown, other: unknown, _runtime: Runtime, site: Site) =>
        compareValues(self, box(other, argument(site))),
    },
  ),
  typeTable(
    'interface System.IEquatable<T>',
    {},
    {
      'bool Equals(T other)': (self: unknown, other: unknown, _runtime: Runtime, site: Site) =>
        valuesEqual(self, box(other, argument(site))),
    },
  ),
  typeTable(
    'interface System.IFormattable',
    {},
    {
      'string ToString(string format, IFormatProvider formatProvider)': (
        self: unknown,
        format: string | null,
      ) => textOf(self, format),
    },
  ),
  typeTable('interface System.IConvertible', {}),
  // May be named (a body cannot be read as one), not used.
  typeTable('class System.Xml.XmlDocument', {}),
  typeTable('interface System.ICloneable', {}),
  typeTable('interface System.IDisposable', {}, { 'void Dispose()': () => undefined }),
  typeTable('interface System.Collections.IEnumerable', {}),
  typeTable(
    'interface System.Collections.IEnumerator',
    {},
    {
      'object Current { get; }': (self: NetEnumerator) => self.current(null),
      'bool MoveNext()': (self: NetEnumerator, runtime: Runtime) => {
        runtime.step();
        return self.moveNext();
      },
      'void Reset()': (self: NetEnumerator) => self.reset(),
    },
  ),
  typeTable(
    'interface System.Collections.Generic.IComparer<in T>',
    {},
    { 'int Compare(T x, T y)': (self: Comparer, x: unknown, y: unknown) => self.compare(x, y) },
  ),
  typeTable(
    'interface System.Collections.Generic.IEqualityComparer<in T>',
    {},
    {
      'bool Equals(T x, T y)': (self: EqualityComparer, x: unknown, y: unknown) =>
        self.equals(x, y),
    },
  ),
];
