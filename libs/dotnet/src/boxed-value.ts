/** A value type held as `object`: the C# name of its type (`int`, `char`, an enum's) and the raw value. */
export interface BoxedValue {
  readonly typeName: string;
  readonly value: unknown;
}

/** Whether something is a boxed value in this sense. */
export function isBoxedValue(value: unknown): value is BoxedValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    'typeName' in value &&
    typeof value.typeName === 'string'
  );
}
