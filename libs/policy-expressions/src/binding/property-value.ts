import { nullReference } from '../compile/casts.js';
import { tagResult } from '../compile/calls.js';
import type { Code, Frame } from '../compile/code.js';
import { box } from '../runtime/runtime-type.js';
import type { Site } from '../runtime/runtime.js';
import { constantValue } from './bind-literals.js';
import type { BoundValue, Place } from './bound.js';
import { type FoundProperty } from './member-lookup.js';
import { isValueType, nullableUnderlying, substitute, typeName, type NetType } from './net-type.js';
import { ownerSubstitution } from './overloads.js';
import { CompileError } from './problem.js';

/** A property, field or constant, static or of a receiver. */
export function propertyValue(
  found: FoundProperty,
  target: BoundValue | null,
  start: number,
): BoundValue {
  const { property, owner } = found;
  const type = substitute(property.type, ownerSubstitution(owner));
  if (property.constant !== null) return constantValue(property.constant.value, type, start);
  const site: Site = { typeArguments: [], owner, returns: type };
  const get = property.get as ((...args: unknown[]) => unknown) | null;
  const self = target === null ? null : receiverCode(target, owner, start);
  const tag = tagResult(type);
  const read = (): Code => {
    if (get === null)
      throw new CompileError(
        'CS0154',
        `The property '${property.name}' cannot be used in this context because it lacks the get accessor`,
        start,
      );
    const code =
      target === null || self === null
        ? (frame: Frame) => get(frame.runtime, site)
        : (plainRead(target, { get, site, start }) ?? receivedRead(self(), { get, site, start }));
    return tag === null ? code : (frame) => tag(code(frame));
  };
  return {
    kind: 'value',
    type,
    start,
    emit: read,
    place: propertyPlace(found, self, { site, start }),
  };
}

interface ReadFacts {
  readonly get: (...args: unknown[]) => unknown;
  readonly site: Site;
  readonly start: number;
}

function receivedRead(receive: Code, { get, site, start }: ReadFacts): Code {
  return (frame) => {
    const value = receive(frame);
    frame.runtime.at = start;
    return get(value, frame.runtime, site);
  };
}

/** Reads a member of a reference in one go, the check of the receiver included; undefined where a receiver is boxed or nullable. */
function plainRead(target: BoundValue, facts: ReadFacts): Code | undefined {
  if (isValueType(target.type) || nullableUnderlying(target.type) !== undefined) return undefined;
  const code = target.emit();
  const { get, site, start } = facts;
  return (frame) => {
    const value = code(frame);
    const { runtime } = frame;
    runtime.at = start;
    if (value === null || value === undefined) throw nullReference();
    return get(value, runtime, site);
  };
}

/** The receiver of a member: null is refused; a value type is boxed where the member is declared for objects. */
export function receiverCode(target: BoundValue, owner: NetType, start: number): () => Code {
  const boxes = isValueType(target.type) && !isValueType(owner);
  const isNullable =
    nullableUnderlying(target.type) !== undefined &&
    owner.kind === 'named' &&
    owner.definition.fullName === 'System.Nullable';
  return () => {
    const code = target.emit();
    if (isNullable) return code;
    return (frame) => {
      const value = code(frame);
      if (value === null || value === undefined) {
        frame.runtime.at = start;
        throw nullReference();
      }
      return boxes ? box(value, target.type) : value;
    };
  };
}

function propertyPlace(
  found: FoundProperty,
  self: (() => Code) | null,
  at: { site: Site; start: number },
): Place {
  const { property, owner } = found;
  const get = property.get as (...args: unknown[]) => unknown;
  const set = property.set as ((...args: unknown[]) => unknown) | null;
  const name = `${typeName(owner)}.${property.name}`;
  return {
    isVariable: false,
    readOnly:
      set === null
        ? {
            code: 'CS0200',
            message: `Property or indexer '${name}' cannot be assigned to -- it is read only`,
          }
        : undefined,
    store: (value) => {
      const receive = self?.();
      return (frame) => {
        const target = receive?.(frame);
        const stored = value(frame);
        frame.runtime.at = at.start;
        if (receive === undefined) set!(stored, frame.runtime, at.site);
        else set!(target, stored, frame.runtime, at.site);
        return stored;
      };
    },
    reference: () => {
      const receive = self?.();
      return (frame) => {
        const { runtime } = frame;
        const first = receive === undefined ? [] : [receive(frame)];
        return {
          get value() {
            return get(...first, runtime, at.site);
          },
          set value(v: unknown) {
            set!(...first, v, runtime, at.site);
          },
        };
      };
    },
  };
}
