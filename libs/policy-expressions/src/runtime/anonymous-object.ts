import type { NamedType } from '../binding/net-type.js';

/** An instance of an anonymous type: values in the order of the type's properties, raw by their static types. */
export class AnonymousObject {
  constructor(
    readonly netType: NamedType,
    readonly values: readonly unknown[],
  ) {}
}
