import { invalidOperation } from '@isthmus/dotnet';
import { NetQueue, NetStack } from '../../runtime/collections/net-queue.js';
import { defaultValue } from '../../runtime/default-value.js';
import { enumeratorOf } from '../../runtime/enumerator.js';
import { valuesEqual } from '../../runtime/equality.js';
import type { Ref } from '../../runtime/ref.js';
import type { Runtime, Site } from '../../runtime/runtime.js';
import { iterate } from '../../runtime/sequence.js';
import { typeTable, type MemberRecord, type TypeTable } from '../table.js';

function peek(self: NetQueue | NetStack, name: string): unknown {
  if (self.items.length === 0) throw invalidOperation(`${name} empty.`);
  return self.items[0];
}

function take(self: NetQueue | NetStack, name: string): unknown {
  const item = peek(self, name);
  self.items.shift();
  self.version += 1;
  return item;
}

function tryFirst(
  self: NetQueue | NetStack,
  result: Ref,
  { site, takes }: { site: Site; takes: boolean },
): boolean {
  const any = self.items.length > 0;
  const type = site.owner.kind === 'named' ? site.owner.args[0]! : site.returns;
  result.value = any ? self.items[0] : defaultValue(type);
  if (any && takes) take(self, '');
  return any;
}

const lineMembers: MemberRecord = {
  'int Count { get; }': (self: NetQueue) => self.items.length,
  'void Clear()': (self: NetQueue) => {
    self.items.length = 0;
    self.version += 1;
  },
  'bool Contains(T item)': (self: NetQueue, item: unknown) =>
    self.items.some((x) => valuesEqual(x, item)),
  'T[] ToArray()': (self: NetQueue) => [...self.items],
  'IEnumerator<T> GetEnumerator()': (self: NetQueue) => enumeratorOf(self),
};

/** Queue and Stack. */
export const lineTables: readonly TypeTable[] = [
  typeTable(
    'class System.Collections.Generic.Queue<T> : IReadOnlyCollection<T>',
    { instance: NetQueue },
    lineMembers,
    {
      'new()': (_runtime: Runtime, site: Site) => new NetQueue(site.owner, []),
      'new(int capacity)': (_capacity: number, _runtime: Runtime, site: Site) =>
        new NetQueue(site.owner, []),
      'new(IEnumerable<T> collection)': (source: unknown, _runtime: Runtime, site: Site) =>
        new NetQueue(site.owner, [...iterate(source)]),
      'void Enqueue(T item)': (self: NetQueue, item: unknown, runtime: Runtime) => {
        runtime.size(self.items.length + 1);
        self.items.push(item);
        self.version += 1;
      },
      'T Dequeue()': (self: NetQueue) => take(self, 'Queue'),
      'bool TryDequeue(out T result)': (self: NetQueue, result: Ref, ...rest: unknown[]) =>
        tryFirst(self, result, { site: rest[1] as Site, takes: true }),
      'bool TryPeek(out T result)': (self: NetQueue, result: Ref, ...rest: unknown[]) =>
        tryFirst(self, result, { site: rest[1] as Site, takes: false }),
      'T Peek()': (self: NetQueue) => peek(self, 'Queue'),
    },
  ),
  typeTable(
    'class System.Collections.Generic.Stack<T> : IReadOnlyCollection<T>',
    { instance: NetStack },
    lineMembers,
    {
      'new()': (_runtime: Runtime, site: Site) => new NetStack(site.owner, []),
      'new(int capacity)': (_capacity: number, _runtime: Runtime, site: Site) =>
        new NetStack(site.owner, []),
      'new(IEnumerable<T> collection)': (source: unknown, _runtime: Runtime, site: Site) =>
        new NetStack(site.owner, [...iterate(source)].reverse()),
      'void Push(T item)': (self: NetStack, item: unknown, runtime: Runtime) => {
        runtime.size(self.items.length + 1);
        self.items.unshift(item);
        self.version += 1;
      },
      'T Pop()': (self: NetStack) => take(self, 'Stack'),
      'bool TryPop(out T result)': (self: NetStack, result: Ref, ...rest: unknown[]) =>
        tryFirst(self, result, { site: rest[1] as Site, takes: true }),
      'bool TryPeek(out T result)': (self: NetStack, result: Ref, ...rest: unknown[]) =>
        tryFirst(self, result, { site: rest[1] as Site, takes: false }),
      'T Peek()': (self: NetStack) => peek(self, 'Stack'),
    },
  ),
];
