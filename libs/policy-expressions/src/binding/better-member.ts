import { numberKind } from '../compile/numeric-kinds.js';
import type { Bound } from './bound.js';
import { implicitConversion } from './conversion.js';
import { delegateShape } from './delegate-shape.js';
import { mentions, nullableUnderlying, voidType, type NetType } from './net-type.js';
import type { Applicable, CallArgument } from './overloads.js';

function typeFor(candidate: Applicable, index: number): NetType {
  const parameter = candidate.parameters[candidate.mapping[index]!]!;
  return candidate.expanded && parameter.mode === 'params' && parameter.type.kind === 'array'
    ? parameter.type.element
    : parameter.type;
}

/** Positive: `a` is the better function member; negative: `b`; zero: neither. */
export function betterMember(a: Applicable, b: Applicable, args: readonly CallArgument[]): number {
  let score = 0;
  let identical = true;
  for (const [i, argument] of args.entries()) {
    const p = typeFor(a, i);
    const q = typeFor(b, i);
    if (p !== q) identical = false;
    const better = betterConversion(argument.bound, p, q);
    if (better === 0) continue;
    if (score !== 0 && better !== score) return 0;
    score = better;
  }
  if (score !== 0) return score;
  return identical ? tieBreak(a, b) : omissions(a, b);
}

function tieBreak(a: Applicable, b: Applicable): number {
  const generic =
    Number(b.method.typeParameters.length > 0) - Number(a.method.typeParameters.length > 0);
  if (generic !== 0) return generic;
  const form = Number(b.expanded) - Number(a.expanded);
  if (form !== 0) return form;
  if (a.expanded && a.parameters.length !== b.parameters.length)
    return a.parameters.length > b.parameters.length ? 1 : -1;
  const defaults = omissions(a, b);
  if (defaults !== 0) return defaults;
  const specific = moreSpecific(a, b);
  if (specific !== 0) return specific;
  const values = (c: Applicable): number => c.parameters.filter((p) => p.mode === 'in').length;
  const byMode = Math.sign(values(b) - values(a));
  return byMode === 0 && a.expanded && b.expanded ? emptyParams(a, b) : byMode;
}

/** A candidate that needs no default value is better than one that does. */
function omissions(a: Applicable, b: Applicable): number {
  const omitted = (c: Applicable): boolean =>
    c.parameters.some((p, i) => p.optional && !c.mapping.includes(i));
  return Number(omitted(b)) - Number(omitted(a));
}

/** Two empty `params` arrays: the one whose elements convert to the other's wins. */
function emptyParams(a: Applicable, b: Applicable): number {
  const p = a.parameters.at(-1)!.type;
  const q = b.parameters.at(-1)!.type;
  if (p.kind !== 'array' || q.kind !== 'array') return 0;
  return (
    Number(implicitConversion(p.element, q.element) !== null) -
    Number(implicitConversion(q.element, p.element) !== null)
  );
}

/** Compares the uninstantiated parameter types. */
function moreSpecific(a: Applicable, b: Applicable): number {
  let score = 0;
  const length = Math.min(a.mapping.length, b.mapping.length);
  for (let i = 0; i < length; i += 1) {
    const p = a.method.parameters[a.mapping[i]!]!.type;
    const q = b.method.parameters[b.mapping[i]!]!.type;
    const s = specificity(p, q);
    if (s === 0) continue;
    if (score !== 0 && s !== score) return 0;
    score = s;
  }
  return score;
}

function specificity(p: NetType, q: NetType): number {
  if (p === q) return 0;
  if (p.kind === 'parameter' && q.kind !== 'parameter') return -1;
  if (q.kind === 'parameter' && p.kind !== 'parameter') return 1;
  if (p.kind === 'array' && q.kind === 'array') return specificity(p.element, q.element);
  if (p.kind === 'named' && q.kind === 'named' && p.definition === q.definition) {
    let score = 0;
    for (const [i, arg] of p.args.entries()) {
      const s = specificity(arg, q.args[i]!);
      if (s === 0) continue;
      if (score !== 0 && s !== score) return 0;
      score = s;
    }
    return score;
  }
  if (mentions(p) && !mentions(q)) return -1;
  return !mentions(p) && mentions(q) ? 1 : 0;
}

/** Positive when the conversion of `e` to `p` is better than that to `q` (7.5.3.3). */
function betterConversion(e: Bound, p: NetType, q: NetType): number {
  if (p === q) return 0;
  const exactP = matchesExactly(e, p);
  const exactQ = matchesExactly(e, q);
  if (exactP !== exactQ) return exactP ? 1 : -1;
  return betterTarget(p, q, e);
}

function matchesExactly(e: Bound, type: NetType): boolean {
  if (e.kind === 'value') {
    if (
      e.tuple !== undefined &&
      type.kind === 'named' &&
      type.definition.fullName === 'System.ValueTuple'
    ) {
      return e.tuple.every((element, i) => matchesExactly(element, type.args[i]!));
    }
    return e.type === type;
  }
  if (e.kind !== 'lambda') return false;
  const shape = delegateShape(type);
  if (shape === null) return false;
  const inferred = e.bind(
    shape.parameters.map((x) => x.type),
    null,
  ).returns;
  return inferred !== null && inferred !== voidType && inferred === shape.returns;
}

const signed = ['sbyte', 'short', 'int', 'long'];
const unsigned = ['byte', 'ushort', 'uint', 'ulong'];

function betterTarget(p: NetType, q: NetType, e: Bound): number {
  const forward = implicitConversion(p, q) !== null;
  const backward = implicitConversion(q, p) !== null;
  if (forward !== backward) return forward ? 1 : -1;
  const a = numberKind(nullableUnderlying(p) ?? p);
  const b = numberKind(nullableUnderlying(q) ?? q);
  if (a !== undefined && b !== undefined) {
    if (signed.includes(a) && unsigned.includes(b) && signed.indexOf(a) <= unsigned.indexOf(b) + 3)
      return 1;
    if (signed.includes(b) && unsigned.includes(a) && signed.indexOf(b) <= unsigned.indexOf(a) + 3)
      return -1;
  }
  return betterDelegate(p, q, e);
}

function betterDelegate(p: NetType, q: NetType, e: Bound): number {
  const s = delegateShape(p);
  const t = delegateShape(q);
  if (s === null || t === null || e.kind === 'value') return 0;
  if (
    s.parameters.length !== t.parameters.length ||
    s.parameters.some((x, i) => x.type !== t.parameters[i]!.type)
  )
    return 0;
  if (s.returns === t.returns) return 0;
  if (s.returns === voidType) return -1;
  if (t.returns === voidType) return 1;
  return betterTarget(s.returns, t.returns, e);
}
