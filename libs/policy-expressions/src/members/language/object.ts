import { hashCode, valuesEqual } from '../../runtime/equality.js';
import { NetReflectedType } from '../../runtime/reflected-type.js';
import { runtimeType } from '../../runtime/runtime-type.js';
import { textOf } from '../../runtime/text.js';
import { typeTable } from '../table.js';

export const objectTable = typeTable(
  'class System.Object',
  {},
  {
    'new()': () => ({}),
    'string ToString()': (self: unknown) => textOf(self),
    'bool Equals(object obj)': (self: unknown, other: unknown) => valuesEqual(self, other),
    'int GetHashCode()': (self: unknown) => hashCode(self),
    'Type GetType()': (self: unknown) => new NetReflectedType(runtimeType(self)!),
    'static bool Equals(object objA, object objB)': (a: unknown, b: unknown) => valuesEqual(a, b),
    'static bool ReferenceEquals(object objA, object objB)': (a: unknown, b: unknown) => a === b,
  },
);

export const typeTypeTable = typeTable(
  'class System.Type',
  {
    instance: NetReflectedType,
    text: (self: NetReflectedType) => self.fullName,
    equals: (a: NetReflectedType, b: NetReflectedType) => a.type === b.type,
    key: (a: NetReflectedType) => a.type.key,
  },
  {
    'string Name { get; }': (self: NetReflectedType) => self.name,
    'string FullName { get; }': (self: NetReflectedType) => self.fullName,
    'static bool operator ==(Type left, Type right)': (
      a: NetReflectedType | null,
      b: NetReflectedType | null,
    ) => a?.type === b?.type,
    'static bool operator !=(Type left, Type right)': (
      a: NetReflectedType | null,
      b: NetReflectedType | null,
    ) => a?.type !== b?.type,
  },
);

export const valueTypeTable = typeTable('abstract class System.ValueType', {});
