import type { Binder } from './binder.js';
import type { BinaryUse } from './binary-use.js';
import { constantValue } from './bind-literals.js';
import type { BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { classify } from './classify.js';
import { isEnumType, nullableUnderlying, type NetType } from './net-type.js';
import { nullableOf } from './numeric-operators.js';

const operations: Readonly<Record<string, (a: number, b: number) => unknown>> = {
  '+': (a, b) => (a + b) | 0,
  '-': (a, b) => (a - b) | 0,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

/** The operators that every enum has: `E + int`, `E - E`, `E & E`, comparisons; null when these operands have none. */
export function bindEnumOperator(binder: Binder, use: BinaryUse): BoundValue | null {
  const { operator, left, right, start } = use;
  const run = operations[operator];
  if (run === undefined) return null;
  const lifted = [left, right].some((v) => nullableUnderlying(v.type) !== undefined);
  const leftInner = nullableUnderlying(left.type) ?? left.type;
  const rightInner = nullableUnderlying(right.type) ?? right.type;
  const type = isEnumType(leftInner) ? leftInner : rightInner;
  const shape = enumShape(use, { type, leftInner, rightInner });
  if (shape === null) return null;
  const wrap = (t: NetType): NetType => (lifted ? nullableOf(t) : t);
  if (classify(left, wrap(shape.left)) === null || classify(right, wrap(shape.right)) === null)
    return null;
  const a = binder.convert(left, wrap(shape.left));
  const b = binder.convert(right, wrap(shape.right));
  const isComparison = shape.result === named('bool');
  if (!lifted && a.constant !== undefined && b.constant !== undefined) {
    return constantValue(
      run(Number(a.constant.value), Number(b.constant.value)),
      shape.result,
      start,
    );
  }
  return {
    kind: 'value',
    type: isComparison ? shape.result : wrap(shape.result),
    start,
    emit: () => {
      const x = a.emit();
      const y = b.emit();
      return (frame) => {
        const p = x(frame) as number | null;
        const q = y(frame) as number | null;
        if (p === null || q === null)
          return isComparison
            ? operator === '=='
              ? p === q
              : operator === '!='
                ? p !== q
                : false
            : null;
        return run(p, q);
      };
    },
  };
}

interface EnumTypes {
  readonly type: NetType;
  readonly leftInner: NetType;
  readonly rightInner: NetType;
}

function enumShape(
  use: BinaryUse,
  { type, leftInner, rightInner }: EnumTypes,
): { left: NetType; right: NetType; result: NetType } | null {
  const int = named('int');
  const { operator } = use;
  if (operator === '+') {
    if (leftInner === type && rightInner !== type) return { left: type, right: int, result: type };
    return rightInner === type && leftInner !== type
      ? { left: int, right: type, result: type }
      : null;
  }
  if (operator === '-') {
    if (leftInner !== type) return null;
    return rightInner === type || use.right.literal === 'zero'
      ? { left: type, right: type, result: int }
      : { left: type, right: int, result: type };
  }
  const isBitwise = operator === '&' || operator === '|' || operator === '^';
  return { left: type, right: type, result: isBitwise ? type : named('bool') };
}
