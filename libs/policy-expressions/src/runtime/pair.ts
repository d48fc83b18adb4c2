import { structBrand } from './runtime-type.js';

/** KeyValuePair<K, V>; its type arguments are static. */
export class Pair {
  readonly [structBrand] = true;
  constructor(
    readonly key: unknown,
    readonly value: unknown,
  ) {}
}

/** ValueTuple<…>: mutable, copied when assigned. */
export class NetTuple {
  readonly [structBrand] = true;
  constructor(readonly items: unknown[]) {}

  copy(): NetTuple {
    return new NetTuple([...this.items]);
  }
}
