import { arithmetic, type ArithmeticKind } from '../compile/arithmetic.js';
import type { Binder } from './binder.js';
import type { BinaryUse } from './binary-use.js';
import { constantValue } from './bind-literals.js';
import type { BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { classify } from './classify.js';
import { nullableOf } from './numeric-operators.js';
import { nullableUnderlying, nullType, typeName } from './net-type.js';
import { CompileError } from './problem.js';

const kinds: readonly ArithmeticKind[] = ['int', 'uint', 'long', 'ulong'];

/** `<<` and `>>`: the count is an int, masked by the width. */
export function bindShift(binder: Binder, use: BinaryUse): BoundValue {
  const { operator, left, right, start } = use;
  const lifted = [left, right].some(
    (v) => nullableUnderlying(v.type) !== undefined || v.type === nullType,
  );
  const wrap = (name: string) => (lifted ? nullableOf(named(name)) : named(name));
  const kind = kinds.find((k) => classify(left, wrap(k)) !== null);
  if (kind === undefined || classify(right, wrap('int')) === null) {
    throw new CompileError(
      'CS0019',
      `Operator '${operator}' cannot be applied to operands of type '${typeName(left.type)}' and '${typeName(right.type)}'`,
      start,
    );
  }
  const a = binder.convert(left, wrap(kind));
  const b = binder.convert(right, wrap('int'));
  const run = arithmetic(operator, kind, false) as (x: unknown, y: unknown) => unknown;
  if (!lifted && a.constant !== undefined && b.constant !== undefined)
    return constantValue(run(a.constant.value, b.constant.value), wrap(kind), start);
  return {
    kind: 'value',
    type: wrap(kind),
    start,
    emit: () => {
      const x = a.emit();
      const y = b.emit();
      return (frame) => {
        const value = x(frame);
        const count = y(frame);
        return value === null || count === null ? null : run(value, count);
      };
    },
  };
}
