import { arrange, tagResult } from '../compile/calls.js';
import type { Code } from '../compile/code.js';
import type { Site } from '../runtime/runtime.js';
import type { ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { bindArguments, convertArguments } from './bind-arguments.js';
import { choose } from './choose.js';
import { misfitError } from './call-errors.js';
import { receiverCode } from './property-value.js';
import type { BoundValue, Place } from './bound.js';
import { findIndexers } from './member-lookup.js';
import { typeName, substitute } from './net-type.js';
import { ownerSubstitution, type Applicable, type CallArgument } from './overloads.js';
import { CompileError } from './problem.js';
import type { Method, Property } from './type-definition.js';
import { arrayElement } from './array-element.js';

/** `target[arguments]`: array element or indexer. */
export function bindElement(binder: Binder, node: ExpressionOf<'element'>): BoundValue {
  const target = binder.value(node.target);
  const args = bindArguments(binder, node.args);
  return elementOf(binder, target, args, node.start);
}

export function elementOf(
  binder: Binder,
  target: BoundValue,
  args: readonly CallArgument[],
  start: number,
): BoundValue {
  if (target.type.kind === 'array')
    return arrayElement(binder, { target, type: target.type, args, start });
  const indexers = findIndexers(target.type);
  if (indexers.length === 0)
    throw new CompileError(
      'CS0021',
      `Cannot apply indexing with [] to an expression of type '${typeName(target.type)}'`,
      start,
    );
  const byMethod = new Map<Method, Property>();
  const candidates = indexers.map(({ property, owner }) => {
    const method = asMethod(property);
    byMethod.set(method, property);
    return { method, owner };
  });
  const choice = choose(candidates, args, null);
  if (choice.ambiguous !== null) throw choice.ambiguous(start);
  if (choice.best === null)
    throw misfitError(binder, {
      group: { name: 'this', owner: target.type },
      args,
      chosen: choice,
      start,
    });
  const { best } = choice;
  const property = byMethod.get(best.method)!;
  return indexerValue({
    target,
    property,
    chosen: best,
    args: convertArguments(binder, best, args),
    start,
  });
}

function asMethod(property: Property): Method {
  return {
    kind: 'method',
    name: 'this[]',
    isStatic: false,
    isExtension: false,
    typeParameters: [],
    parameters: property.parameters,
    returns: property.type,
    declaring: property.declaring,
    implementation: () => null,
    signature: property.signature,
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
    kind: 'value',
    type,
    start,
    emit: () => {
      const receive = self();
      const codes = arrange(
        chosen,
        use.args.map((emit) => emit()),
      );
      const [only] = codes;
      const code: Code =
        codes.length === 1 && only !== undefined
          ? (frame) => {
              const value = receive(frame);
              const key = only(frame);
              frame.runtime.at = start;
              return get(value, key, frame.runtime, site);
            }
          : (frame) => get(receive(frame), ...codes.map((c) => c(frame)), frame.runtime, site);
      return tag === null ? code : (frame) => tag(code(frame));
    },
    place: indexerPlace(use, self, site),
  };
}

function indexerPlace(use: IndexerUse, self: () => Code, site: Site): Place {
  const { property, chosen, start } = use;
  const get = property.get as (...args: unknown[]) => unknown;
  const set = property.set as ((...args: unknown[]) => unknown) | null;
  const prepare = (): { receive: Code; codes: readonly Code[] } => ({
    receive: self(),
    codes: arrange(
      chosen,
      use.args.map((emit) => emit()),
    ),
  });
  return {
    isVariable: false,
    readOnly:
      set === null
        ? {
            code: 'CS0200',
            message: `Property or indexer '${typeName(chosen.owner)}.this[]' cannot be assigned to -- it is read only`,
          }
        : undefined,
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
          get value() {
            return get(target, ...index, runtime, site);
          },
          set value(v: unknown) {
            set!(target, ...index, v, runtime, site);
          },
        };
      };
    },
  };
}
