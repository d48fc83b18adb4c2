import type { BoundValue } from './bound.js';
import {
  explicitConversion,
  implicitConversion,
  liftConversion,
  type Conversion,
} from './conversion.js';
import { isValueType, nullableUnderlying, type NetType } from './net-type.js';
import { CompileError } from './problem.js';
import { allBases } from './subtyping.js';
import type { Method } from './type-definition.js';

interface Candidate {
  readonly method: Method;
  readonly source: NetType;
  readonly target: NetType;
}

/** A user-defined conversion of a value (C# 7.3, 6.4.4 and 6.4.5), or null. Throws CS0457 when ambiguous. */
export function userConversion(
  from: BoundValue,
  to: NetType,
  mode: 'implicit' | 'explicit',
): Conversion | null {
  const source = nullableUnderlying(from.type) ?? from.type;
  const target = nullableUnderlying(to) ?? to;
  const candidates = [...operatorsOf(source, mode), ...operatorsOf(target, mode)].filter((c) =>
    fits(c, { from: source, to: target, mode }),
  );
  const unique = candidates.filter(
    (c, i) => candidates.findIndex((d) => d.method === c.method) === i,
  );
  if (unique.length === 0) return null;
  // A null that is lifted: only where both ends may be null and the operator takes a value type.
  const nullablePair = nullableUnderlying(from.type) !== undefined;
  const best = mostSpecific(unique, from.type, to);
  if (best === null) {
    if (mode === 'implicit') return null;
    throw new CompileError(
      'CS0457',
      `Ambiguous user defined conversions '${unique[0]!.method.signature}' and '${unique[1]!.method.signature}'`,
      from.start,
    );
  }
  const lifts =
    nullablePair && nullableUnderlying(best.source) === undefined && isValueType(best.source);
  const conversion = chain(best, lifts ? source : from.type, to, mode);
  if (conversion === null) return null;
  return lifts ? { ...conversion, apply: liftConversion(conversion.apply) } : conversion;
}

function operatorsOf(type: NetType, mode: 'implicit' | 'explicit'): Candidate[] {
  if (type.kind !== 'named' || type.definition.kind === 'interface') return [];
  const names = mode === 'implicit' ? ['op_implicit'] : ['op_implicit', 'op_explicit'];
  const list: Candidate[] = [];
  for (const base of allBases(type)) {
    if (base.definition.kind === 'interface') continue;
    for (const name of names) {
      for (const member of base.definition.members(name)) {
        if (member.kind === 'method')
          list.push({ method: member, source: member.parameters[0]!.type, target: member.returns });
      }
    }
  }
  return list;
}

interface Wanted {
  readonly from: NetType;
  readonly to: NetType;
  readonly mode: 'implicit' | 'explicit';
}

function encompassed(from: NetType, to: NetType): boolean {
  const a = nullableUnderlying(from) ?? from;
  const b = nullableUnderlying(to) ?? to;
  return a === b || implicitConversion(a, b) !== null;
}

function fits(candidate: Candidate, wanted: Wanted): boolean {
  const { source, target } = candidate;
  if (wanted.mode === 'implicit')
    return encompassed(wanted.from, source) && encompassed(target, wanted.to);
  return (
    (encompassed(wanted.from, source) || encompassed(source, wanted.from)) &&
    (encompassed(target, wanted.to) || encompassed(wanted.to, target))
  );
}

function mostSpecific(
  candidates: readonly Candidate[],
  from: NetType,
  to: NetType,
): Candidate | null {
  const sx = bestSource(
    candidates.map((c) => c.source),
    from,
  );
  const tx = bestTarget(
    candidates.map((c) => c.target),
    to,
  );
  if (sx === null || tx === null) return null;
  const exact = candidates.filter((c) => c.source === sx && c.target === tx);
  return exact.length === 1 ? exact[0]! : null;
}

function bestSource(types: readonly NetType[], from: NetType): NetType | null {
  const exact = types.find((t) => t === from) ?? types.find((t) => t === nullableUnderlying(from));
  if (exact !== undefined) return exact;
  const encompassing = types.filter((t) => encompassed(from, t));
  if (encompassing.length > 0)
    return encompassing.find((t) => encompassing.every((u) => encompassed(t, u))) ?? null;
  return types.find((t) => types.every((u) => encompassed(u, t))) ?? null;
}

function bestTarget(types: readonly NetType[], to: NetType): NetType | null {
  const exact = types.find((t) => t === to) ?? types.find((t) => t === nullableUnderlying(to));
  if (exact !== undefined) return exact;
  const inside = types.filter((t) => encompassed(t, to));
  if (inside.length > 0) return inside.find((t) => inside.every((u) => encompassed(u, t))) ?? null;
  return types.find((t) => types.every((u) => encompassed(t, u))) ?? null;
}

function chain(
  candidate: Candidate,
  from: NetType,
  to: NetType,
  mode: 'implicit' | 'explicit',
): Conversion | null {
  const step = (a: NetType, b: NetType): Conversion | null =>
    mode === 'implicit' ? implicitConversion(a, b) : explicitConversion(a, b, false);
  const before = step(from, candidate.source);
  const after = step(candidate.target, to);
  if (before === null || after === null) return null;
  const call = candidate.method.implementation as (value: unknown, runtime: unknown) => unknown;
  return {
    kind: 'user',
    apply: (code) => {
      const input = before.apply(code);
      return after.apply((frame) => call(input(frame), frame.runtime));
    },
  };
}
