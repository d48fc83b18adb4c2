import { tagDelegate } from '../runtime/runtime-type.js';
import type { Binder } from './binder.js';
import type { BinaryUse } from './binary-use.js';
import type { BoundValue } from './bound.js';
import { delegateShape } from './delegate-shape.js';

type Run = (...args: unknown[]) => unknown;

const targets = new WeakMap<Run, readonly Run[]>();

const listOf = (run: Run): readonly Run[] => targets.get(run) ?? [run];

function multicast(list: readonly Run[]): Run | null {
  if (list.length <= 1) return list[0] ?? null;
  const run: Run = (...args) => {
    let result: unknown;
    for (const target of list) result = target(...args);
    return result;
  };
  targets.set(run, list);
  return run;
}

/** `+` and `-` of delegates: a list that runs in order and gives the last result. */
export function bindDelegateCombination(binder: Binder, use: BinaryUse): BoundValue | null {
  const { left, right, operator, start } = use;
  const type =
    delegateShape(left.type) !== null
      ? left.type
      : delegateShape(right.type) !== null
        ? right.type
        : null;
  if (type === null) return null;
  const a = binder.convert(left, type);
  const b = binder.convert(right, type);
  return {
    kind: 'value',
    type,
    start,
    emit: () => {
      const x = a.emit();
      const y = b.emit();
      return (frame) => {
        const first = x(frame) as Run | null;
        const second = y(frame) as Run | null;
        if (first === null) return operator === '+' ? second : null;
        if (second === null) return first;
        const combined = multicast(
          operator === '+'
            ? [...listOf(first), ...listOf(second)]
            : listOf(first).filter((run) => run !== second),
        );
        return combined === null ? null : tagDelegate(combined, type);
      };
    },
  };
}
