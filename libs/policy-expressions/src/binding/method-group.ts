import { nullReference } from '../compile/casts.js';
import { emitInvocation } from '../compile/calls.js';
import type { Code } from '../compile/code.js';
import { tagDelegate, box } from '../runtime/runtime-type.js';
import type { BoundMethodGroup, BoundValue, GroupParameter } from './bound.js';
import type { Conversion } from './conversion.js';
import { delegateShape } from './delegate-shape.js';
import { isValueType, voidType, type NetType } from './net-type.js';
import { bestOf, tryCandidate, type Applicable, type CallArgument } from './overloads.js';
import { isSubtype } from './subtyping.js';

/** A method group that knows how to become a delegate. */
export function methodGroup(
  facts: Omit<BoundMethodGroup, 'kind' | 'convert' | 'returnFor'>,
): BoundMethodGroup {
  const group: BoundMethodGroup = {
    ...facts,
    kind: 'methods',
    convert: (to) => convertMethodGroup(group, to),
    returnFor: (types) => resolveGroup(group, types)?.returns ?? null,
  };
  return group;
}

/** The method of a group that takes arguments of these types, or null. */
function resolveGroup(
  group: BoundMethodGroup,
  types: readonly GroupParameter[],
): Applicable | null {
  const args: CallArgument[] = types.map(({ type, mode }, i) => ({
    name: null,
    mode: mode === 'params' ? 'value' : mode,
    start: group.start,
    bound: { kind: 'value', type, start: group.start, emit: () => (frame) => frame.slots[i] },
  }));
  const receiver = group.receiver;
  const applicable: Applicable[] = [];
  for (const method of group.methods) {
    const all =
      method.isExtension && receiver !== null ? [receiverArgument(receiver), ...args] : args;
    const result = tryCandidate({ method, owner: group.owner }, all, group.typeArguments);
    if (
      !('kind' in result) &&
      !result.expanded &&
      result.mapping.length === result.parameters.length
    )
      applicable.push(result);
  }
  if (applicable.length === 0) return null;
  const best = bestOf(
    applicable,
    applicable[0]!.method.isExtension && receiver !== null
      ? [receiverArgument(receiver), ...args]
      : args,
  );
  return Array.isArray(best) ? null : (best as Applicable);
}

function receiverArgument(receiver: BoundValue): CallArgument {
  return { name: null, mode: 'value', bound: receiver, start: receiver.start };
}

/** The conversion of a method group to a delegate type (6.6). */
function convertMethodGroup(group: BoundMethodGroup, to: NetType): Conversion | null {
  const shape = delegateShape(to);
  if (shape === null) return null;
  const chosen = resolveGroup(group, shape.parameters);
  if (chosen === null) return null;
  const returnsFit =
    shape.returns === voidType ||
    chosen.returns === shape.returns ||
    isSubtype(chosen.returns, shape.returns);
  if (!returnsFit || (shape.returns !== voidType && chosen.returns === voidType)) return null;
  return { kind: 'methods', apply: () => emitDelegate(group, chosen, to) };
}

/** A delegate on a method: the receiver is evaluated once, when the delegate is made. */
function emitDelegate(group: BoundMethodGroup, chosen: Applicable, to: NetType): Code {
  const { local, receiver } = group;
  if (local !== null && receiver !== null) return receiver.emit();
  const count = chosen.parameters.length - (chosen.method.isExtension && receiver !== null ? 1 : 0);
  const target =
    receiver === null || (chosen.method.isStatic && !chosen.method.isExtension) ? null : receiver;
  const boxes = target !== null && isValueType(target.type) && !isValueType(chosen.owner);
  const receiverCode = target?.emit();
  const invoke = emitInvocation({
    chosen,
    target: target === null ? null : (frame) => frame.slots[0],
    args: Array.from({ length: count }, (_, i): Code =>
      convertArgument(chosen, i + (chosen.method.isExtension && receiver !== null ? 1 : 0), i + 1),
    ),
    start: group.start,
  });
  return (frame) => {
    const self = receiverCode?.(frame);
    if (receiverCode !== undefined && (self === null || self === undefined)) throw nullReference();
    const first = boxes ? box(self, target!.type) : self;
    return tagDelegate(
      (...values: unknown[]) =>
        invoke({ slots: [first, ...values], runtime: frame.runtime, result: undefined, label: '' }),
      to,
    );
  };
}

function convertArgument(chosen: Applicable, argument: number, slot: number): Code {
  const conversion = chosen.conversions[argument];
  const read: Code = (frame) => frame.slots[slot];
  return conversion === undefined ? read : conversion.apply(read);
}
