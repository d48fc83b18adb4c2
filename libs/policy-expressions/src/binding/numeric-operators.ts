import type { ArithmeticKind } from '../compile/arithmetic.js';
import type { BoundValue } from './bound.js';
import { classify } from './classify.js';
import { named } from './catalogue.js';
import { implicitConversion } from './conversion.js';
import { namedType, nullableUnderlying, nullType, type NetType } from './net-type.js';

const all: readonly ArithmeticKind[] = [
  'int',
  'uint',
  'long',
  'ulong',
  'float',
  'double',
  'decimal',
];
const integral: readonly ArithmeticKind[] = ['int', 'uint', 'long', 'ulong'];

export interface NumericChoice {
  readonly kind: ArithmeticKind;
  readonly lifted: boolean;
}

export const nullableOf = (type: NetType): NetType => namedType(named('int?').definition, [type]);

/** The predefined operator that two operands choose (7.3.6.2): null without one, 'ambiguous' as for int + ulong. */
export function chooseNumeric(
  left: BoundValue,
  right: BoundValue,
  isIntegral: boolean,
): NumericChoice | 'ambiguous' | null {
  const lifted = [left, right].some(
    (v) => nullableUnderlying(v.type) !== undefined || v.type === nullType,
  );
  if (left.type === nullType && right.type === nullType) return null;
  const fits = (isIntegral ? integral : all).filter((kind) => {
    const type = lifted ? nullableOf(named(kind)) : named(kind);
    return convertsStandard(left, type) && convertsStandard(right, type);
  });
  if (fits.length === 0) return null;
  const best = fits.filter((k) =>
    fits.every((other) => other === k || isBetter(k, other, [left, right])),
  );
  return best.length === 1 ? { kind: best[0]!, lifted } : 'ambiguous';
}

/** A predefined operator takes standard and user-defined implicit conversions alike; tables' types have few of the latter. */
function convertsStandard(value: BoundValue, type: NetType): boolean {
  return classify(value, type) !== null;
}

function isBetter(a: ArithmeticKind, b: ArithmeticKind, operands: readonly BoundValue[]): boolean {
  const exact = (k: ArithmeticKind): number =>
    operands.filter((o) => (nullableUnderlying(o.type) ?? o.type) === named(k)).length;
  const forward = implicitConversion(named(a), named(b)) !== null;
  const backward = implicitConversion(named(b), named(a)) !== null;
  if (forward !== backward) return forward || (exact(a) > exact(b) && exact(b) === 0 && !backward);
  return (
    (a === 'int' && (b === 'uint' || b === 'ulong')) ||
    (a === 'long' && (b === 'ulong' || b === 'uint'))
  );
}
