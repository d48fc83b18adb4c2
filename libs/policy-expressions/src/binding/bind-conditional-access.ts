import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import type { BoundValue } from './bound.js';
import { named } from './catalogue.js';
import {
  isValueType,
  namedType,
  nullableUnderlying,
  nullType,
  typeName,
  voidType,
} from './net-type.js';
import { CompileError } from './problem.js';

/** `target?.access`: null when the target is null; a value type becomes nullable. */
export function bindConditionalAccess(
  binder: Binder,
  node: ExpressionOf<'conditionalAccess'>,
): BoundValue {
  const target = binder.value(node.target);
  const underlying = nullableUnderlying(target.type);
  if (
    (isValueType(target.type) && underlying === undefined) ||
    target.type === nullType ||
    target.type === voidType
  ) {
    throw new CompileError(
      'CS0023',
      `Operator '?' cannot be applied to operand of type '${typeName(target.type)}'`,
      node.start,
    );
  }
  const { slot, value } = binder.temporary(underlying ?? target.type, node.start);
  binder.receivers.push(value);
  const access = binder.value(node.access);
  binder.receivers.pop();
  const type =
    isValueType(access.type) && nullableUnderlying(access.type) === undefined
      ? namedType(named('int?').definition, [access.type])
      : access.type;
  return {
    kind: 'value',
    type,
    start: node.start,
    emit: () => {
      const receive = target.emit();
      const continueWith = access.emit();
      return (frame) => {
        const received = receive(frame);
        if (received === null || received === undefined) return null;
        frame.slots[slot] = received;
        return continueWith(frame);
      };
    },
  };
}
