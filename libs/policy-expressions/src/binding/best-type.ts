import type { Bound } from './bound.js';
import { classify } from './classify.js';
import { inferTypeArguments } from './inference.js';
import { noType, nullType, typeParameter, voidType, type NetType } from './net-type.js';

/** The best common type of expressions (7.5.2.14), or null. */
export function bestCommonType(values: readonly Bound[]): NetType | null {
  const types = new Set<NetType>();
  for (const value of values) {
    if (
      value.kind === 'value' &&
      value.type !== nullType &&
      value.type !== noType &&
      value.type !== voidType
    )
      types.add(value.type);
  }
  const [only] = types;
  if (types.size === 1 && only !== undefined)
    return values.every((v) => classify(v, only) !== null) ? only : null;
  const x = typeParameter('X');
  const inferred = inferTypeArguments(
    [x],
    values.map((argument) => ({ argument, type: x, byReference: false })),
  );
  const best = inferred?.get(x) ?? null;
  return best !== null && values.every((v) => classify(v, best) !== null) ? best : null;
}
