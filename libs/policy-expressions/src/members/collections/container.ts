import { notSupported } from '@isthmus/dotnet';
import { NetDictionary } from '../../runtime/collections/net-dictionary.js';
import { NetList } from '../../runtime/collections/net-list.js';
import { NetSet } from '../../runtime/collections/net-set.js';
import { valuesEqual } from '../../runtime/equality.js';
import { Pair } from '../../runtime/pair.js';
import type { Runtime } from '../../runtime/runtime.js';
import { iterate } from '../../runtime/sequence.js';

/** What ICollection<T> needs of a value. */
export interface Container {
  readonly count: number;
  toArray(): unknown[];
  add(item: unknown, runtime: Runtime): void;
  remove(item: unknown): boolean;
  clear(): void;
}

const fixed = (self: unknown): Error =>
  notSupported(
    Array.isArray(self) ? 'Collection was of a fixed size.' : 'Collection is read-only.',
  );

/** The collection operations of any value that implements ICollection<T> or IReadOnlyCollection<T>. */
export function containerOf(self: unknown): Container {
  if (self instanceof NetList) return listContainer(self);
  if (self instanceof NetSet) {
    return {
      count: self.count,
      toArray: () => [...self],
      add: (x) => void self.add(x),
      remove: (x) => self.remove(x),
      clear: () => self.clear(),
    };
  }
  if (self instanceof NetDictionary) {
    return {
      count: self.count,
      toArray: () => [...self],
      clear: () => self.clear(),
      add: (x) => self.add((x as Pair).key, (x as Pair).value),
      remove: (x) =>
        valuesEqual(self.find((x as Pair).key), (x as Pair).value) && self.remove((x as Pair).key),
    };
  }
  if (isChangeable(self)) {
    return {
      count: [...iterate(self)].length,
      toArray: () => [...iterate(self)],
      add: (x) => self.add(x),
      clear: () => self.removeAll(),
      remove: (x) => self.removeItem(x),
    };
  }
  const items = [...iterate(self)];
  const refuse = (): never => {
    throw fixed(self);
  };
  return { count: items.length, toArray: () => items, add: refuse, remove: refuse, clear: refuse };
}

interface Changeable {
  add(item: unknown): void;
  removeItem(item: unknown): boolean;
  removeAll(): void;
}

/** JArray and JObject are collections with methods of their own. */
function isChangeable(self: unknown): self is Changeable {
  return (
    typeof self === 'object' &&
    self !== null &&
    !Array.isArray(self) &&
    'add' in self &&
    'removeItem' in self &&
    'removeAll' in self
  );
}

function listContainer(self: NetList): Container {
  return {
    count: self.items.length,
    toArray: () => self.items,
    add: (item, runtime) => {
      runtime.size(self.items.length + 1);
      self.items.push(item);
      self.version += 1;
    },
    remove: (item) => {
      const at = self.items.findIndex((x) => valuesEqual(x, item));
      if (at >= 0) self.items.splice(at, 1);
      self.version += 1;
      return at >= 0;
    },
    clear: () => {
      self.items.length = 0;
      self.version += 1;
    },
  };
}
