import type { Conversion } from '../binding/conversion.js';
import { isValueType, type NetType } from '../binding/net-type.js';
import { castReference, unboxTo } from './casts.js';

/** The conversion of a `dynamic` value: decided by its run-time type. */
export function dynamicConversion(to: NetType): Conversion {
  return { kind: 'reference', apply: isValueType(to) ? unboxTo(to) : castReference(to) };
}
