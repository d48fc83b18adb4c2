import type { Code } from '../compile/code.js';
import { NetTuple } from '../runtime/pair.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import type { Bound, BoundValue } from './bound.js';
import { findDefinition } from './catalogue.js';
import { namedType, noType, nullType, voidType, type NetType } from './net-type.js';
import { CompileError } from './problem.js';

/** `(a, b)`: a tuple literal; without a natural type where an element has none. */
export function bindTuple(binder: Binder, node: ExpressionOf<'tuple'>): BoundValue {
  const elements: Bound[] = node.elements.map((e) => binder.bind(e.value));
  const types = elements.map((e) =>
    e.kind === 'value' && e.type !== nullType && e.type !== noType && e.type !== voidType
      ? e.type
      : null,
  );
  const definition = findDefinition('ValueTuple', elements.length);
  if (definition === undefined)
    throw new CompileError(
      'CS8124',
      'Tuples of this size are not supported within expressions',
      node.start,
    );
  const complete = types.every((t): t is NetType => t !== null);
  const type = complete ? namedType(definition, types) : noType;
  node.elements.forEach((e, i) => {
    const name =
      e.name ?? (e.value.kind === 'name' || e.value.kind === 'member' ? e.value.name : null);
    if (name !== null && type.kind === 'named') binder.tupleNames.set(`${type.key}.${name}`, i);
  });
  return {
    kind: 'value',
    type,
    start: node.start,
    tuple: elements,
    emit: () => {
      const codes: Code[] = elements.map((e) => binder.asValue(e).emit());
      return (frame) => new NetTuple(codes.map((code) => code(frame)));
    },
  };
}
