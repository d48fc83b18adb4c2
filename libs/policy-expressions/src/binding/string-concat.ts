import type { Code } from '../compile/code.js';
import { rawText } from '../runtime/text.js';
import type { Binder } from './binder.js';
import { operatorError, type BinaryUse } from './binary-use.js';
import { constantValue } from './bind-literals.js';
import type { BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { noType, nullType, voidType } from './net-type.js';

/** `+` with a string: ToString() of the other operand, null is empty. */
export function bindStringConcat(_binder: Binder, use: BinaryUse): BoundValue {
  const { left, right, start } = use;
  if (
    [left, right].some((v) => v.type === voidType || (v.type === noType && v.tuple === undefined))
  )
    throw operatorError(use);
  const string = named('string');
  const a = constantText(left);
  const b = constantText(right);
  if (a !== null && b !== null) return constantValue(a + b, string, start);
  return {
    kind: 'value',
    type: string,
    start,
    emit: () => {
      const x = textCode(left);
      const y = textCode(right);
      return (frame) => {
        const text = x(frame) + y(frame);
        frame.runtime.size(text.length);
        if (text.length > 1024) frame.runtime.step(text.length >> 8);
        return text;
      };
    },
  };
}

/** Only strings and null fold; `"a" + 1` is no constant in C# 7.3. */
function constantText(value: BoundValue): string | null {
  if (value.constant === undefined) return null;
  if (value.constant.value === null) return '';
  return typeof value.constant.value === 'string' ? value.constant.value : null;
}

function textCode(value: BoundValue): (frame: Parameters<Code>[0]) => string {
  const code = value.emit();
  const { type } = value;
  if (type === nullType) return () => '';
  if (type === named('string')) return (frame) => (code(frame) as string | null) ?? '';
  return (frame) => rawText(code(frame), type);
}
