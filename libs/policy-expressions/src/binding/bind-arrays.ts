import { overflowException } from '@isthmus/dotnet';
import type { Code } from '../compile/code.js';
import { defaultValue } from '../runtime/default-value.js';
import { NetMatrix } from '../runtime/net-matrix.js';
import { tagArray } from '../runtime/runtime-type.js';
import type { Expression, ExpressionOf } from '../syntax/tree.js';
import type { ArrayInitializer } from '../syntax/tree-parts.js';
import { bestCommonType } from './best-type.js';
import type { Binder } from './binder.js';
import type { Bound, BoundValue } from './bound.js';
import { named } from './catalogue.js';
import { arrayType, typeName, type ArrayType } from './net-type.js';
import { CompileError } from './problem.js';

/** `new T[n]`, `new T[] { … }`, `new T[n, m]`. */
export function bindNewArray(binder: Binder, node: ExpressionOf<'newArray'>): BoundValue {
  const type = binder.type(node.type);
  if (type.kind !== 'array')
    throw new CompileError(
      'CS1526',
      'A new expression requires an argument list or (), [], or {} after type',
      node.start,
    );
  const sizes = node.sizes.map((s) => binder.convert(binder.bind(s), named('int')));
  if (node.initializer !== null) {
    const [size] = sizes;
    if (size !== undefined && type.rank === 1) {
      if (size.constant === undefined)
        throw new CompileError('CS0150', 'A constant value is expected', size.start);
      if (size.constant.value !== node.initializer.elements.length)
        throw new CompileError(
          'CS0847',
          `An array initializer of length '${String(size.constant.value)}' is expected`,
          node.initializer.start,
        );
    }
    return filledArray(binder, type, node.initializer);
  }
  for (const size of sizes)
    if (size.constant !== undefined && (size.constant.value as number) < 0)
      throw new CompileError('CS0248', 'Cannot create an array with a negative size', size.start);
  return {
    kind: 'value',
    type,
    start: node.start,
    emit: () =>
      emptyArray(
        type,
        sizes.map((s) => s.emit()),
      ),
  };
}

function emptyArray(type: ArrayType, sizes: readonly Code[]): Code {
  const initial = defaultValue(type.element);
  const isBytes = typeName(type) === 'byte[]';
  return (frame) => {
    const lengths = sizes.map((s) => s(frame) as number);
    if (lengths.some((n) => n < 0))
      throw overflowException('Arithmetic operation resulted in an overflow.');
    const total = lengths.reduce((a, b) => a * b, 1);
    frame.runtime.size(total);
    frame.runtime.step(Math.ceil(total / 16));
    if (isBytes) return new Uint8Array(total);
    const items = Array<unknown>(total).fill(initial);
    return type.rank > 1 ? new NetMatrix(type, lengths, items) : tagArray(items, type);
  };
}

/** An array with given elements; each converts to the element type. */
export function filledArray(
  binder: Binder,
  type: ArrayType,
  initializer: ArrayInitializer,
): BoundValue {
  if (type.rank > 1) return filledMatrix(binder, type, initializer);
  const elements = initializer.elements.map((e) => element(binder, e, type));
  return {
    kind: 'value',
    type,
    start: initializer.start,
    emit: () =>
      collect(
        type,
        elements.map((e) => e.emit()),
      ),
  };
}

function element(binder: Binder, node: Expression, type: ArrayType): BoundValue {
  if (node.kind === 'arrayInitializer') {
    if (type.element.kind !== 'array')
      throw new CompileError(
        'CS0623',
        'Array initializers can only be used in a variable or field initializer. Try using a new expression instead.',
        node.start,
      );
    throw new CompileError(
      'CS0623',
      'Array initializers can only be used in a variable or field initializer. Try using a new expression instead.',
      node.start,
    );
  }
  return binder.convert(binder.bind(node), type.element);
}

function collect(type: ArrayType, codes: readonly Code[]): Code {
  if (typeName(type) === 'byte[]')
    return (frame) => Uint8Array.from(codes, (code) => code(frame) as number);
  return (frame) =>
    tagArray(
      codes.map((code) => code(frame)),
      type,
    );
}

function filledMatrix(binder: Binder, type: ArrayType, initializer: ArrayInitializer): BoundValue {
  const lengths: number[] = [];
  const values: BoundValue[] = [];
  const walk = (node: Expression, depth: number): void => {
    if (depth === type.rank) {
      values.push(binder.convert(binder.bind(node), type.element));
      return;
    }
    if (node.kind !== 'arrayInitializer')
      throw new CompileError('CS0846', 'A nested array initializer is expected', node.start);
    lengths[depth] ??= node.elements.length;
    if (lengths[depth] !== node.elements.length)
      throw new CompileError(
        'CS0847',
        `An array initializer of length '${lengths[depth]}' is expected`,
        node.start,
      );
    for (const e of node.elements) walk(e, depth + 1);
  };
  walk(initializer, 0);
  while (lengths.length < type.rank) lengths.push(0);
  return {
    kind: 'value',
    type,
    start: initializer.start,
    emit: () => {
      const codes = values.map((v) => v.emit());
      return (frame) =>
        new NetMatrix(
          type,
          lengths,
          codes.map((code) => code(frame)),
        );
    },
  };
}

/** `new[] { … }`. */
export function bindImplicitArray(
  binder: Binder,
  node: ExpressionOf<'newImplicitArray'>,
): BoundValue {
  const elements: Bound[] = leaves(node.initializer, node.rank).map((e) => binder.bind(e));
  const best = bestCommonType(elements);
  if (best === null)
    throw new CompileError('CS0826', 'No best type found for implicitly-typed array', node.start);
  const type = arrayType(best, node.rank);
  if (node.rank > 1) return filledMatrix(binder, type, node.initializer);
  const converted = elements.map((e) => binder.convert(e, best));
  return {
    kind: 'value',
    type,
    start: node.start,
    emit: () =>
      collect(
        type,
        converted.map((e) => e.emit()),
      ),
  };
}

function leaves(node: Expression, depth: number): readonly Expression[] {
  if (depth === 0) return [node];
  return node.kind === 'arrayInitializer'
    ? node.elements.flatMap((e) => leaves(e, depth - 1))
    : [node];
}

/** `{ 1, 2 }` outside a declaration. */
export function bindArrayInitializer(_binder: Binder, node: ArrayInitializer): never {
  throw new CompileError('CS1525', "Invalid expression term '{'", node.start);
}
