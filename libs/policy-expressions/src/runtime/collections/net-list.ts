import { invalidOperation } from '@isthmus/dotnet';
import { named, netType } from '../../binding/catalogue.js';
import { namedType, type NetType } from '../../binding/net-type.js';

/** List<T>. `version` detects changes while the list is enumerated. */
export class NetList implements Iterable<unknown> {
  version = 0;

  constructor(
    readonly netType: NetType,
    readonly items: unknown[],
  ) {}

  *[Symbol.iterator](): Generator<unknown> {
    const { version } = this;
    for (let i = 0; i < this.items.length; i += 1) {
      yield this.items[i];
      if (version !== this.version) {
        throw invalidOperation('Collection was modified; enumeration operation may not execute.');
      }
    }
  }
}

/** A `List<T>` of raw items: `newList('string', ['a'])`. The array becomes the list's own. */
export function newList(element: string | NetType, items: unknown[] = []): NetList {
  const type = typeof element === 'string' ? netType(element) : element;
  return new NetList(namedType(named('List<object>').definition, [type]), items);
}
