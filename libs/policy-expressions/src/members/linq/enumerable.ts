import { typeTable, type TypeTable } from '../table.js';
import { elementMembers } from './elements.js';
import { groupingMembers, NetGrouping, NetLookup } from './grouping.js';
import { keyedMembers } from './keyed.js';
import { numericAggregates } from './numeric-aggregates.js';
import { NetOrdered, orderingMembers } from './ordering.js';
import { sequenceMembers } from './sequences.js';

export const linqTables: readonly TypeTable[] = [
  typeTable(
    'static class System.Linq.Enumerable',
    {},
    sequenceMembers,
    keyedMembers,
    elementMembers,
    groupingMembers,
    orderingMembers,
    numericAggregates,
  ),
  typeTable('interface System.Linq.IOrderedEnumerable<out TElement> : IEnumerable<TElement>', {
    instance: NetOrdered,
  }),
  typeTable(
    'interface System.Linq.IGrouping<out TKey, out TElement> : IEnumerable<TElement>',
    { instance: NetGrouping },
    {
      'TKey Key { get; }': (self: NetGrouping) => self.key,
    },
  ),
  typeTable(
    'interface System.Linq.ILookup<TKey, TElement> : IEnumerable<IGrouping<TKey,TElement>>',
    { instance: NetLookup },
    {
      'int Count { get; }': (self: NetLookup) => self.groups.size,
      'bool Contains(TKey key)': (self: NetLookup, key: unknown) =>
        self.groups.has(self.comparer.key(key)),
      'IEnumerable<TElement> this[TKey key] { get; }': (self: NetLookup, key: unknown) =>
        self.groups.get(self.comparer.key(key)) ?? [],
    },
  ),
];
