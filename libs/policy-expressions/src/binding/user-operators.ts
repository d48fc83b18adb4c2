import { arrange } from '../compile/calls.js';
import type { Code } from '../compile/code.js';
import type { Site } from '../runtime/runtime.js';
import type { BoundValue } from './bound.js';
import { nullableOf } from './numeric-operators.js';
import { isValueType, nullableUnderlying, type NetType } from './net-type.js';
import { bestOf, tryCandidate, type Applicable, type CallArgument } from './overloads.js';
import { CompileError } from './problem.js';
import { allBases } from './subtyping.js';
import type { Method } from './type-definition.js';

function operatorMethods(
  type: NetType,
  name: string,
): readonly { method: Method; owner: NetType }[] {
  const inner = nullableUnderlying(type) ?? type;
  if (inner.kind !== 'named') return [];
  return allBases(inner).flatMap((owner) =>
    owner.definition
      .members(name)
      .flatMap((m) => (m.kind === 'method' ? [{ method: m, owner }] : [])),
  );
}

/** An operator that a table declares for the operands' types, lifted over Nullable; null without one. */
export function userOperator(
  name: string,
  operands: readonly BoundValue[],
  start: number,
): BoundValue | null {
  const seen = new Set<Method>();
  const candidates = operands
    .flatMap((o) => operatorMethods(o.type, name))
    .filter(
      ({ method }) =>
        method.parameters.length === operands.length && !seen.has(method) && seen.add(method),
    );
  if (candidates.length === 0) return null;
  const args: CallArgument[] = operands.map((bound) => ({
    name: null,
    mode: 'value',
    bound,
    start: bound.start,
  }));
  const fit = (lift: boolean): Applicable[] =>
    candidates.flatMap(({ method, owner }) => {
      const lifted = lift
        ? {
            ...method,
            parameters: method.parameters.map((p) => ({
              ...p,
              type: isValueType(p.type) ? nullableOf(p.type) : p.type,
            })),
          }
        : method;
      const result = tryCandidate({ method: lifted, owner }, args, null);
      return 'kind' in result ? [] : [result];
    });
  const plain = fit(false);
  const isLifted = plain.length === 0;
  const applicable = isLifted ? fit(true) : plain;
  if (applicable.length === 0) return null;
  const best = bestOf(applicable, args);
  if (Array.isArray(best))
    throw new CompileError('CS0034', `Operator '${name.slice(3)}' is ambiguous`, start);
  return operatorCall(best as Applicable, operands, { name, isLifted, start });
}

function operatorCall(
  chosen: Applicable,
  operands: readonly BoundValue[],
  facts: { name: string; isLifted: boolean; start: number },
): BoundValue {
  const { name, isLifted, start } = facts;
  const isComparison = ['op_==', 'op_!=', 'op_<', 'op_>', 'op_<=', 'op_>='].includes(name);
  const type =
    isLifted && !isComparison && isValueType(chosen.returns)
      ? nullableOf(chosen.returns)
      : chosen.returns;
  const site: Site = { typeArguments: [], owner: chosen.owner, returns: chosen.returns };
  const call = chosen.method.implementation as (...args: unknown[]) => unknown;
  return {
    kind: 'value',
    type,
    start,
    emit: () => {
      const codes = arrange(
        chosen,
        operands.map((o, i) => chosen.conversions[i]!.apply(o.emit())),
      );
      const [a, b] = codes;
      if (!isLifted && a !== undefined && b !== undefined && codes.length === 2)
        return (frame) => {
          const x = a(frame);
          const y = b(frame);
          frame.runtime.at = start;
          return call(x, y, frame.runtime, site);
        };
      return (frame) => {
        const values = codes.map((code: Code) => code(frame));
        frame.runtime.at = start;
        if (isLifted && values.some((v) => v === null || v === undefined))
          return liftedNull(name, values);
        return call(...values, frame.runtime, site);
      };
    },
  };
}

/** What a lifted operator gives when an operand is null. */
function liftedNull(name: string, values: readonly unknown[]): unknown {
  const both = values.every((v) => v === null || v === undefined);
  if (name === 'op_==') return both;
  if (name === 'op_!=') return !both;
  return name === 'op_<' || name === 'op_>' || name === 'op_<=' || name === 'op_>=' ? false : null;
}
