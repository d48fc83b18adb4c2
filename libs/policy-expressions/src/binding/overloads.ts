import type { Bound } from './bound.js';
import { classify } from './classify.js';
import type { Conversion } from './conversion.js';
import { inferTypeArguments, type InferencePair } from './inference.js';
import {
  isValueType,
  noType,
  nullableUnderlying,
  substitute,
  type NetType,
  type TypeParameter,
} from './net-type.js';
import { betterMember } from './better-member.js';
import { inherits, isSubtype } from './subtyping.js';
import type { Method, Parameter } from './type-definition.js';

/** An argument as written. */
export interface CallArgument {
  readonly name: string | null;
  readonly mode: 'value' | 'ref' | 'out' | 'in';
  readonly bound: Bound;
  readonly start: number;
  /** `out var x`, `out _`: takes the parameter's type. */
  readonly declares?: ((type: NetType) => void) | undefined;
}

/** A method of a constructed type. */
export interface Candidate {
  readonly method: Method;
  readonly owner: NetType;
}

/** A candidate that fits the arguments. */
export interface Applicable {
  readonly method: Method;
  readonly owner: NetType;
  readonly typeArguments: readonly NetType[];
  /** Parameters with their constructed types, in declared order. */
  readonly parameters: readonly Parameter[];
  readonly returns: NetType;
  readonly expanded: boolean;
  /** For each argument the index of its parameter. */
  readonly mapping: readonly number[];
  readonly conversions: readonly Conversion[];
}

/** Why a candidate does not fit: to word the error. */
export interface Misfit {
  readonly kind: 'count' | 'name' | 'duplicate' | 'infer' | 'convert' | 'mode' | 'constraint';
  readonly argument: number;
  readonly type: NetType | null;
  readonly mode?: Parameter['mode'];
  readonly name?: string;
}

/** The substitution of a constructed type's parameters. */
export function ownerSubstitution(owner: NetType): Map<TypeParameter, NetType> {
  if (owner.kind !== 'named') return new Map();
  return new Map(owner.definition.parameters.map((p, i) => [p, owner.args[i] ?? p]));
}

/** Checks one candidate in normal, then expanded form. */
export function tryCandidate(
  candidate: Candidate,
  args: readonly CallArgument[],
  typeArguments: readonly NetType[] | null,
): Applicable | Misfit {
  const normal = tryForm(candidate, args, typeArguments, false);
  if (!('kind' in normal)) return normal;
  const last = candidate.method.parameters.at(-1);
  if (last?.mode !== 'params') return normal;
  const expanded = tryForm(candidate, args, typeArguments, true);
  return 'kind' in expanded && expanded.kind === 'count' ? normal : expanded;
}

function mapArguments(
  method: Method,
  args: readonly CallArgument[],
  expanded: boolean,
): number[] | Misfit {
  const { parameters } = method;
  const mapping: number[] = [];
  const taken = new Set<number>();
  let outOfPosition = false;
  for (const [i, argument] of args.entries()) {
    let index = i;
    if (argument.name !== null) {
      index = parameters.findIndex((p) => p.name === argument.name);
      if (index < 0) return { kind: 'name', argument: i, type: null, name: argument.name };
      if (index !== i) outOfPosition = true;
    } else if (outOfPosition) {
      return { kind: 'count', argument: i, type: null };
    } else if (index >= parameters.length - 1 && expanded) index = parameters.length - 1;
    else if (index >= parameters.length) return { kind: 'count', argument: i, type: null };
    if (taken.has(index) && !(expanded && index === parameters.length - 1))
      return { kind: 'duplicate', argument: i, type: null, name: parameters[index]?.name ?? '' };
    taken.add(index);
    mapping.push(index);
  }
  for (const [i, parameter] of parameters.entries()) {
    if (!taken.has(i) && !parameter.optional && !(expanded && parameter.mode === 'params'))
      return { kind: 'count', argument: -1, type: null, name: parameter.name };
  }
  return mapping;
}

function tryForm(
  candidate: Candidate,
  args: readonly CallArgument[],
  given: readonly NetType[] | null,
  expanded: boolean,
): Applicable | Misfit {
  const { method, owner } = candidate;
  const mapping = mapArguments(method, args, expanded);
  if (!Array.isArray(mapping)) return mapping;
  const outer = ownerSubstitution(owner);
  const open = (i: number): NetType => parameterType(method.parameters[mapping[i]!]!, expanded);
  let inner = new Map<TypeParameter, NetType>();
  if (method.typeParameters.length > 0) {
    if (given !== null) {
      if (given.length !== method.typeParameters.length)
        return { kind: 'count', argument: -1, type: null };
      inner = new Map(method.typeParameters.map((p, i) => [p, given[i]!]));
    } else {
      const pairs: InferencePair[] = args.map((a, i) => ({
        argument: a.bound,
        type: substitute(open(i), outer),
        byReference: a.mode === 'ref' || a.mode === 'out',
      }));
      const inferred = inferTypeArguments(method.typeParameters, pairs);
      if (inferred === null) return { kind: 'infer', argument: -1, type: null };
      inner = inferred;
    }
    if (!method.typeParameters.every((p) => satisfies(inner.get(p)!, p, inner)))
      return { kind: 'constraint', argument: -1, type: null };
  } else if (given !== null && given.length > 0) return { kind: 'count', argument: -1, type: null };
  const map = new Map([...outer, ...inner]);
  const conversions: Conversion[] = [];
  for (const [i, argument] of args.entries()) {
    const conversion = argumentConversion(
      argument,
      method.parameters[mapping[i]!]!,
      substitute(open(i), map),
    );
    if (conversion === 'mode')
      return {
        kind: 'mode',
        argument: i,
        type: substitute(open(i), map),
        mode: method.parameters[mapping[i]!]!.mode,
      };
    if (conversion === null)
      return { kind: 'convert', argument: i, type: substitute(open(i), map) };
    conversions.push(conversion);
  }
  return {
    method,
    owner,
    typeArguments: method.typeParameters.map((p) => inner.get(p)!),
    expanded,
    mapping,
    conversions,
    parameters: method.parameters.map((p) => ({ ...p, type: substitute(p.type, map) })),
    returns: substitute(method.returns, map),
  };
}

function parameterType(parameter: Parameter, expanded: boolean): NetType {
  return expanded && parameter.mode === 'params' && parameter.type.kind === 'array'
    ? parameter.type.element
    : parameter.type;
}

function satisfies(
  type: NetType,
  parameter: TypeParameter,
  map: ReadonlyMap<TypeParameter, NetType>,
): boolean {
  const fits = (bound: NetType): boolean =>
    isSubtype(type, bound) || (bound.kind === 'named' && inherits(type, bound));
  if (!parameter.bounds.every((b) => fits(substitute(b, map)))) return false;
  if (parameter.constraints.includes('struct'))
    return isValueType(type) && nullableUnderlying(type) === undefined;
  if (parameter.constraints.includes('class')) return !isValueType(type);
  return true;
}

function argumentConversion(
  argument: CallArgument,
  parameter: Parameter,
  type: NetType,
): Conversion | 'mode' | null {
  const wanted = parameter.mode === 'params' ? 'value' : parameter.mode;
  if (wanted !== argument.mode && !(wanted === 'in' && argument.mode === 'value')) return 'mode';
  if (wanted === 'ref' || wanted === 'out' || argument.mode === 'in') {
    if (argument.declares !== undefined) {
      return argument.bound.kind === 'value' &&
        (argument.bound.type === noType || argument.bound.type === type)
        ? keep
        : null;
    }
    return argument.bound.kind === 'value' && argument.bound.type === type ? keep : null;
  }
  return classify(argument.bound, type);
}

const keep: Conversion = { kind: 'identity', apply: (code) => code };

/** The best of the applicable candidates (7.5.3.2), or the two between which it is ambiguous. */
export function bestOf(
  applicable: readonly Applicable[],
  args: readonly CallArgument[],
): Applicable | readonly [Applicable, Applicable] {
  let best = applicable[0]!;
  for (const other of applicable.slice(1)) if (betterMember(other, best, args) > 0) best = other;
  for (const other of applicable) {
    if (other !== best && betterMember(best, other, args) <= 0) return [best, other];
  }
  return best;
}

/** The type of the parameter that takes an argument, in the form that was chosen. */
export function argumentType(chosen: Applicable, index: number): NetType {
  const parameter = chosen.parameters[chosen.mapping[index]!]!;
  return chosen.expanded && parameter.mode === 'params' && parameter.type.kind === 'array'
    ? parameter.type.element
    : parameter.type;
}
