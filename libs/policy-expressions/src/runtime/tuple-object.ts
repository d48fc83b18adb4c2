import type { NamedType } from '../binding/net-type.js';

/** Tuple<…>: items raw by the type arguments. */
export class NetTupleObject {
  constructor(
    readonly netType: NamedType,
    readonly items: unknown[],
  ) {}
}
