import type { NetType } from '../binding/net-type.js';

/** A multi-dimensional array: items in row-major order. */
export class NetMatrix implements Iterable<unknown> {
  constructor(
    readonly netType: NetType,
    readonly lengths: readonly number[],
    readonly items: unknown[],
  ) {}

  /** Position of an element in `items`, or -1 outside the bounds. */
  position(index: readonly number[]): number {
    let position = 0;
    for (const [dimension, length] of this.lengths.entries()) {
      const i = index[dimension]!;
      if (i < 0 || i >= length) return -1;
      position = position * length + i;
    }
    return position;
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.items[Symbol.iterator]();
  }
}
