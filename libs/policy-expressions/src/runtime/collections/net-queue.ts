import { invalidOperation } from '@isthmus/dotnet';
import type { NetType } from '../../binding/net-type.js';

/** Queue<T> and Stack<T>: `items` in the order of enumeration. */
class Line implements Iterable<unknown> {
  version = 0;

  constructor(
    readonly netType: NetType,
    readonly items: unknown[],
  ) {}

  *[Symbol.iterator](): Generator<unknown> {
    const { version } = this;
    for (let i = 0; i < this.items.length; i += 1) {
      yield this.items[i];
      if (version !== this.version)
        throw invalidOperation('Collection was modified; enumeration operation may not execute.');
    }
  }
}

/** Queue<T>. */
export class NetQueue extends Line {}

/** Stack<T>: the first item is the top. */
export class NetStack extends Line {}
