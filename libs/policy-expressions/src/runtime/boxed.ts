import { typeName, type NamedType } from '../binding/net-type.js';

/**
 * A value type held as `object`, where the raw JS value does not tell the .NET type: all numbers, char, enums,
 * KeyValuePair, ValueTuple. Strings, booleans and class instances (Decimal, DateTime, Guid, …) are never wrapped.
 */
export class Boxed {
  constructor(
    readonly type: NamedType,
    readonly value: unknown,
  ) {}

  /** The C# name of the exact type: `int`, `long`, `char`, `DayOfWeek`. */
  get typeName(): string {
    return typeName(this.type);
  }
}

/** The raw value of something held as `object`. */
export function unbox(value: unknown): unknown {
  return value instanceof Boxed ? value.value : value;
}
