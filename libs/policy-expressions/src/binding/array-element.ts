import { DotNetError } from '@isthmus/dotnet';
import { isInstance, nullReference } from '../compile/casts.js';
import { runtimeType } from '../runtime/runtime-type.js';
import type { Code, Frame } from '../compile/code.js';
import type { Ref } from '../runtime/ref.js';
import { NetMatrix } from '../runtime/net-matrix.js';
import type { Binder } from './binder.js';
import type { BoundValue } from './bound.js';
import { classify, applyConversion } from './classify.js';
import { named } from './catalogue.js';
import { isReferenceType, type ArrayType } from './net-type.js';
import { type CallArgument } from './overloads.js';
import { CompileError } from './problem.js';

interface ArrayUse {
  readonly target: BoundValue;
  readonly type: ArrayType;
  readonly args: readonly CallArgument[];
  readonly start: number;
}

const indexTypes = ['int', 'uint', 'long', 'ulong'];

export function arrayElement(binder: Binder, use: ArrayUse): BoundValue {
  const { target, type, args, start } = use;
  if (args.length !== type.rank)
    throw new CompileError(
      'CS0022',
      `Wrong number of indices inside []; expected ${type.rank}`,
      start,
    );
  const indices = args.map((a) => indexValue(binder, a));
  const codes = (): { items: Code; at: readonly Code[] } => ({
    items: target.emit(),
    at: indices.map((i) => i.emit()),
  });
  const refer = (): ((frame: Frame) => Ref) => {
    const { items, at } = codes();
    return (frame) =>
      elementReference(
        items(frame),
        at.map((c) => Number(c(frame))),
        { frame, start },
      );
  };
  return {
    kind: 'value',
    type: type.element,
    start,
    emit: () => (type.rank === 1 ? readVector(codes(), start) : readThrough(refer())),
    place: {
      isVariable: true,
      reference: refer,
      store: (value) => {
        const reference = refer();
        const checks = isReferenceType(type.element) && type.rank === 1;
        const array = target.emit();
        return (frame) => {
          const place = reference(frame);
          const stored = value(frame);
          if (checks) checkStore(array(frame), stored, type);
          place.value = stored;
          return stored;
        };
      },
    },
  };
}

/** Arrays are covariant: what is stored must fit the array's own element type. */
function checkStore(array: unknown, value: unknown, type: ArrayType): void {
  const own = runtimeType(array);
  if (
    own === type ||
    own?.kind !== 'array' ||
    value === null ||
    value === undefined ||
    isInstance(value, own.element)
  )
    return;
  throw new DotNetError(
    'System.ArrayTypeMismatchException',
    'Attempted to access an element as a type incompatible with the array.',
  );
}

function readThrough(reference: (frame: Frame) => Ref): Code {
  return (frame) => reference(frame).value;
}

function readVector({ items, at }: { items: Code; at: readonly Code[] }, start: number): Code {
  const index = at[0]!;
  return (frame) => {
    const array = items(frame) as ArrayLike<unknown> | null;
    const i = Number(index(frame));
    if (array === null || i < 0 || i >= array.length) throw badAccess(array, frame, start);
    return array[i];
  };
}

function badAccess(array: unknown, frame: Frame, start: number): Error {
  frame.runtime.at = start;
  if (array === null || array === undefined) return nullReference();
  return new DotNetError(
    'System.IndexOutOfRangeException',
    'Index was outside the bounds of the array.',
  );
}

function elementReference(
  array: unknown,
  index: readonly number[],
  at: { frame: Frame; start: number },
): Ref {
  if (array instanceof NetMatrix) {
    const position = array.position(index);
    if (position < 0) throw badAccess(array, at.frame, at.start);
    return elementOfItems(array.items, position);
  }
  const items = array as unknown[] | Uint8Array | null;
  const i = index[0]!;
  if (items === null || i < 0 || i >= items.length) throw badAccess(items, at.frame, at.start);
  return elementOfItems(items as unknown[], i);
}

function elementOfItems(items: unknown[], i: number): Ref {
  return {
    get value() {
      return items[i];
    },
    set value(v: unknown) {
      items[i] = v;
    },
  };
}

function indexValue(binder: Binder, argument: CallArgument): BoundValue {
  for (const name of indexTypes) {
    const conversion = classify(argument.bound, named(name));
    if (conversion !== null) return applyConversion(argument.bound, named(name), conversion);
  }
  throw binder.noConversion(argument.bound, named('int'));
}
