import { DotNetError } from '@isthmus/dotnet';
import { isInstance, nullReference } from '../compile/casts.js';
import { runtimeType } from '../runtime/runtime-type.js';
import { arrange, tagResult } from '../compile/calls.js';
import type { Code, Frame } from '../compile/code.js';
import type { Ref } from '../runtime/ref.js';
import type { Site } from '../runtime/runtime.js';
import { NetMatrix } from '../runtime/net-matrix.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { bindArguments, convertArguments } from './bind-arguments.js';
import { choose, misfitError } from './bind-call.js';
import { receiverCode } from './bind-names.js';
import type { BoundValue, Place } from './bound.js';
import { classify, applyConversion } from './classify.js';
import { named } from './catalogue.js';
import { findIndexers } from './member-lookup.js';
import { isReferenceType, typeName, type ArrayType } from './net-type.js';
import { ownerSubstitution, type Applicable, type CallArgument } from './overloads.js';
import { CompileError } from './problem.js';
import { substitute } from './net-type.js';
import type { Method, Property } from './type-definition.js';

/** `target[arguments]`: array element or indexer. */
export function bindElement(binder: Binder, node: ExpressionOf<'element'>): BoundValue {
  const target = binder.value(node.target);
  const args = bindArguments(binder, node.args);
  return elementOf(binder, target, args, node.start);
}

export function elementOf(binder: Binder, target: BoundValue, args: readonly CallArgument[], start: number): BoundValue {
  if (target.type.kind === 'array') return arrayElement(binder, { target, type: target.type, args, start });
  const indexers = findIndexers(target.type);
  if (indexers.length === 0) throw new CompileError('CS0021', `Cannot apply indexing with [] to an expression of type '${typeName(target.type)}'`, start);
  const byMethod = new Map<Method, Property>();
  const candidates = indexers.map(({ property, owner }) => {
    const method = asMethod(property);
    byMethod.set(method, property);
    return { method, owner };
  });
  const choice = choose(candidates, args, null);
  if (choice.ambiguous !== null) throw choice.ambiguous(start);
  if (choice.best === null) throw misfitError(binder, { group: { name: 'this', owner: target.type }, args, chosen: choice, start });
  const { best } = choice;
  const property = byMethod.get(best.method)!;
  return indexerValue({ target, property, chosen: best, args: convertArguments(binder, best, args), start });
}

function asMethod(property: Property): Method {
  return {
    kind: 'method', name: 'this[]', isStatic: false, isExtension: false, typeParameters: [], parameters: property.parameters, returns: property.type,
    declaring: property.declaring, implementation: () => null, signature: property.signature,
  };
}

interface IndexerUse {
  readonly target: BoundValue;
  readonly property: Property;
  readonly chosen: Applicable;
  readonly args: readonly (() => Code)[];
  readonly start: number;
}

function indexerValue(use: IndexerUse): BoundValue {
  const { property, chosen, start } = use;
  const type = substitute(property.type, ownerSubstitution(chosen.owner));
  const site: Site = { typeArguments: [], owner: chosen.owner, returns: type };
  const self = receiverCode(use.target, chosen.owner, start);
  const get = property.get as (...args: unknown[]) => unknown;
  const tag = tagResult(type);
  return {
    kind: 'value', type, start,
    emit: () => {
      const receive = self();
      const codes = arrange(chosen, use.args.map((emit) => emit()));
      const [only] = codes;
      const code: Code = codes.length === 1 && only !== undefined ? (frame) => {
        const value = receive(frame);
        const key = only(frame);
        frame.runtime.at = start;
        return get(value, key, frame.runtime, site);
      } : (frame) => get(receive(frame), ...codes.map((c) => c(frame)), frame.runtime, site);
      return tag === null ? code : (frame) => tag(code(frame));
    },
    place: indexerPlace(use, self, site),
  };
}

function indexerPlace(use: IndexerUse, self: () => Code, site: Site): Place {
  const { property, chosen, start } = use;
  const get = property.get as (...args: unknown[]) => unknown;
  const set = property.set as ((...args: unknown[]) => unknown) | null;
  const prepare = (): { receive: Code; codes: readonly Code[] } => ({ receive: self(), codes: arrange(chosen, use.args.map((emit) => emit())) });
  return {
    isVariable: false,
    readOnly: set === null ? { code: 'CS0200', message: `Property or indexer '${typeName(chosen.owner)}.this[]' cannot be assigned to -- it is read only` } : undefined,
    store: (value) => {
      const { receive, codes } = prepare();
      return (frame) => {
        const target = receive(frame);
        const index = codes.map((c) => c(frame));
        const stored = value(frame);
        frame.runtime.at = start;
        set!(target, ...index, stored, frame.runtime, site);
        return stored;
      };
    },
    reference: () => {
      const { receive, codes } = prepare();
      return (frame) => {
        const target = receive(frame);
        const index = codes.map((c) => c(frame));
        const { runtime } = frame;
        return {
          get value() { return get(target, ...index, runtime, site); },
          set value(v: unknown) { set!(target, ...index, v, runtime, site); },
        };
      };
    },
  };
}

interface ArrayUse {
  readonly target: BoundValue;
  readonly type: ArrayType;
  readonly args: readonly CallArgument[];
  readonly start: number;
}

const indexTypes = ['int', 'uint', 'long', 'ulong'];

function arrayElement(binder: Binder, use: ArrayUse): BoundValue {
  const { target, type, args, start } = use;
  if (args.length !== type.rank) throw new CompileError('CS0022', `Wrong number of indices inside []; expected ${type.rank}`, start);
  const indices = args.map((a) => indexValue(binder, a));
  const codes = (): { items: Code; at: readonly Code[] } => ({ items: target.emit(), at: indices.map((i) => i.emit()) });
  const refer = (): ((frame: Frame) => Ref) => {
    const { items, at } = codes();
    return (frame) => elementReference(items(frame), at.map((c) => Number(c(frame))), { frame, start });
  };
  return {
    kind: 'value', type: type.element, start,
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
  if (own === type || own?.kind !== 'array' || value === null || value === undefined || isInstance(value, own.element)) return;
  throw new DotNetError('System.ArrayTypeMismatchException', 'Attempted to access an element as a type incompatible with the array.');
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
  return new DotNetError('System.IndexOutOfRangeException', 'Index was outside the bounds of the array.');
}

function elementReference(array: unknown, index: readonly number[], at: { frame: Frame; start: number }): Ref {
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
    get value() { return items[i]; },
    set value(v: unknown) { items[i] = v; },
  };
}

function indexValue(binder: Binder, argument: CallArgument): BoundValue {
  for (const name of indexTypes) {
    const conversion = classify(argument.bound, named(name));
    if (conversion !== null) return applyConversion(argument.bound, named(name), conversion);
  }
  throw binder.noConversion(argument.bound, named('int'));
}
