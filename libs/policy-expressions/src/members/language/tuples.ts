import { type NamedType } from '../../binding/net-type.js';
import { NetTuple, Pair } from '../../runtime/pair.js';
import { NetTupleObject } from '../../runtime/tuple-object.js';
import { tupleText } from '../../runtime/text.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { typeTable, type MemberRecord, type TypeTable } from '../table.js';

const names = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => (i === 7 ? 'TRest' : `T${i + 1}`));

function makeTuple(values: unknown[], type: unknown): NetTupleObject {
  return new NetTupleObject(type as NamedType, values);
}

/** Tuple<…>: a class with equality by value; the eighth element is a tuple itself. */
function tuple(count: number): TypeTable {
  const list = names(count);
  const items: MemberRecord = Object.fromEntries(
    list.map((n, i) => [
      `${n} ${i === 7 ? 'Rest' : `Item${i + 1}`} { get; }`,
      (self: NetTupleObject) => self.items[i],
    ]),
  );
  const parameters = list.map((n, i) => `${n} item${i + 1}`).join(', ');
  return typeTable(
    `class System.Tuple<${list.join(', ')}> : IComparable`,
    { text: (self: NetTupleObject) => tupleText(self.items, self.netType) },
    items,
    {
      [`new(${parameters})`]: (...args: unknown[]) =>
        makeTuple(args.slice(0, count), (args[count + 1] as Site).owner),
    },
  );
}

const create: MemberRecord = Object.fromEntries(
  Array.from({ length: 8 }, (_, i) => {
    const list = Array.from({ length: i + 1 }, (_x, n) => `T${n + 1}`);
    const returns = i < 7 ? `Tuple<${list.join(',')}>` : 'Tuple<T1,T2,T3,T4,T5,T6,T7,Tuple<T8>>';
    const parameters = list.map((n, k) => `${n} item${k + 1}`).join(', ');
    return [
      `static ${returns} Create<${list.join(', ')}>(${parameters})`,
      (...args: unknown[]) => created(args.slice(0, i + 1), args[i + 2] as Site),
    ] as const;
  }),
);

function created(values: unknown[], site: Site): NetTupleObject {
  const type = site.returns as NamedType;
  if (values.length < 8) return makeTuple(values, type);
  return makeTuple([...values.slice(0, 7), makeTuple(values.slice(7), type.args[7])], type);
}

/** ValueTuple: Item1 … are bound by the language itself. */
function valueTuple(count: number): TypeTable {
  const list = Array.from({ length: count }, (_, i) => `T${i + 1}`);
  const parameters = list.map((n, i) => `${n} item${i + 1}`).join(', ');
  return typeTable(
    `struct System.ValueTuple<${list.join(', ')}> : IComparable`,
    {},
    {
      [`new(${parameters})`]: (...args: unknown[]) => new NetTuple(args.slice(0, count)),
      'string ToString()': (self: NetTuple, _runtime: Runtime, site: Site) =>
        tupleText(self.items, site.owner as NamedType),
    },
  );
}

export const tupleTables: readonly TypeTable[] = [
  ...Array.from({ length: 8 }, (_, i) => tuple(i + 1)),
  typeTable('static class System.Tuple', {}, create),
  ...Array.from({ length: 16 }, (_, i) => valueTuple(i + 1)),
  typeTable(
    'static class System.Collections.Generic.KeyValuePair',
    {},
    {
      'static KeyValuePair<TKey,TValue> Create<TKey, TValue>(TKey key, TValue value)': (
        key: unknown,
        value: unknown,
      ) => new Pair(key, value),
    },
  ),
  typeTable(
    'struct System.Collections.Generic.KeyValuePair<TKey, TValue>',
    {},
    {
      'new(TKey key, TValue value)': (key: unknown, value: unknown) => new Pair(key, value),
      'TKey Key { get; }': (self: Pair) => self.key,
      'TValue Value { get; }': (self: Pair) => self.value,
    },
  ),
];
