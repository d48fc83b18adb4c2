import type { Bound } from './bound.js';
import { implicitConversion } from './conversion.js';
import { delegateShape } from './delegate-shape.js';
import {
  isReferenceType,
  mentions,
  noType,
  nullableUnderlying,
  nullType,
  substitute,
  voidType,
  type NamedType,
  type NetType,
  type TypeParameter,
} from './net-type.js';
import { basesOf } from './subtyping.js';

interface Bounds {
  readonly exact: Set<NetType>;
  readonly lower: Set<NetType>;
  readonly upper: Set<NetType>;
}

/** An argument with the (open) type of its parameter. */
export interface InferencePair {
  readonly argument: Bound;
  readonly type: NetType;
  readonly byReference: boolean;
}

/** Type inference of a generic method call (C# 7.3, 7.5.2); null when it fails. */
export function inferTypeArguments(
  parameters: readonly TypeParameter[],
  pairs: readonly InferencePair[],
): Map<TypeParameter, NetType> | null {
  return new Inference(parameters, pairs).run();
}

class Inference {
  private readonly fixed = new Map<TypeParameter, NetType>();
  private readonly bounds = new Map<TypeParameter, Bounds>();
  private readonly done = new Set<InferencePair>();

  constructor(
    private readonly parameters: readonly TypeParameter[],
    private readonly pairs: readonly InferencePair[],
  ) {
    for (const p of parameters)
      this.bounds.set(p, { exact: new Set(), lower: new Set(), upper: new Set() });
  }

  run(): Map<TypeParameter, NetType> | null {
    for (const pair of this.pairs) this.first(pair);
    this.outputs();
    while (this.fixed.size < this.parameters.length) {
      const progress = this.fixSome();
      if (!progress) return null;
      this.outputs();
    }
    return this.fixed;
  }

  private first(pair: InferencePair): void {
    const { argument, type } = pair;
    if (argument.kind === 'lambda' && argument.explicitTypes !== null) {
      const shape = delegateShape(type);
      argument.explicitTypes.forEach((t, i) => {
        const parameter = shape?.parameters[i];
        if (parameter !== undefined) this.exact(t, parameter.type);
      });
    }
    if (argument.kind !== 'value') return;
    if (
      argument.tuple !== undefined &&
      type.kind === 'named' &&
      type.definition.fullName === 'System.ValueTuple'
    ) {
      argument.tuple.forEach((element, i) => {
        const target = type.args[i];
        if (target !== undefined)
          this.first({ argument: element, type: target, byReference: false });
      });
      return;
    }
    if (argument.type === nullType || argument.type === noType || argument.type === voidType)
      return;
    if (pair.byReference) this.exact(argument.type, type);
    else this.lower(argument.type, type);
  }

  private unfixed(): TypeParameter[] {
    return this.parameters.filter((p) => !this.fixed.has(p));
  }

  private isUnfixed(type: NetType): type is TypeParameter {
    return type.kind === 'parameter' && this.bounds.has(type) && !this.fixed.has(type);
  }

  private inputs(pair: InferencePair): readonly NetType[] {
    const { argument, type } = pair;
    const implicit =
      (argument.kind === 'lambda' && argument.explicitTypes === null && argument.arity !== 0) ||
      argument.kind === 'methods';
    return implicit ? (delegateShape(type)?.parameters.map((p) => p.type) ?? []) : [];
  }

  private output(pair: InferencePair): NetType | null {
    const { argument, type } = pair;
    return argument.kind === 'lambda' || argument.kind === 'methods'
      ? (delegateShape(type)?.returns ?? null)
      : null;
  }

  /** Whether `a` depends on `b`, through any chain. */
  private depends(a: TypeParameter, b: TypeParameter, seen = new Set<TypeParameter>()): boolean {
    if (seen.has(a)) return false;
    seen.add(a);
    for (const pair of this.pairs) {
      const output = this.output(pair);
      if (output === null || !mentions(output, new Set([a]))) continue;
      for (const other of this.unfixed()) {
        if (!this.inputs(pair).some((t) => mentions(t, new Set([other])))) continue;
        if (other === b || this.depends(other, b, seen)) return true;
      }
    }
    return false;
  }

  private fixSome(): boolean {
    const open = this.unfixed();
    let ready = open.filter((a) => !open.some((b) => this.depends(a, b)));
    if (ready.length === 0 || ready.every((p) => this.isEmpty(p))) {
      const wanted = open.filter((a) => !this.isEmpty(a) && open.some((b) => this.depends(b, a)));
      ready = ready.filter((p) => !this.isEmpty(p));
      if (ready.length === 0) ready = wanted;
    }
    if (ready.length === 0) return false;
    return ready.every((p) => this.fix(p));
  }

  private isEmpty(p: TypeParameter): boolean {
    const b = this.bounds.get(p)!;
    return b.exact.size + b.lower.size + b.upper.size === 0;
  }

  private fix(p: TypeParameter): boolean {
    const { exact, lower, upper } = this.bounds.get(p)!;
    let candidates = [...new Set([...exact, ...lower, ...upper])];
    const converts = (a: NetType, b: NetType): boolean =>
      a === b || implicitConversion(a, b) !== null;
    for (const u of exact) candidates = candidates.filter((c) => c === u);
    for (const u of lower) candidates = candidates.filter((c) => converts(u, c));
    for (const u of upper) candidates = candidates.filter((c) => converts(c, u));
    const best = candidates.filter((v) => candidates.every((c) => converts(c, v)));
    if (best.length !== 1) return false;
    this.fixed.set(p, best[0]!);
    return true;
  }

  private outputs(): void {
    for (const pair of this.pairs) {
      const output = this.output(pair);
      if (this.done.has(pair) || output === null || !mentions(output, new Set(this.unfixed())))
        continue;
      if (this.inputs(pair).some((t) => mentions(t, new Set(this.unfixed())))) continue;
      this.done.add(pair);
      this.outputInference(pair, output);
    }
  }

  private outputInference(pair: InferencePair, output: NetType): void {
    const { argument, type } = pair;
    const shape = delegateShape(type)!;
    const types = shape.parameters.map((p) => substitute(p.type, this.fixed));
    if (argument.kind === 'lambda') {
      if (argument.arity !== null && argument.arity !== types.length) return;
      const { returns } = argument.bind(argument.explicitTypes ?? types, null);
      if (returns !== null && returns !== voidType) this.lower(returns, output);
    } else if (argument.kind === 'methods') {
      const returns = argument.returnFor(
        types.map((t, i) => ({ type: t, mode: shape.parameters[i]!.mode })),
      );
      if (returns !== null && returns !== voidType) this.lower(returns, output);
    }
  }

  private exact(u: NetType, v: NetType): void {
    if (this.isUnfixed(v)) this.bounds.get(v)!.exact.add(u);
    else if (u.kind === 'array' && v.kind === 'array' && u.rank === v.rank)
      this.exact(u.element, v.element);
    else if (u.kind === 'named' && v.kind === 'named' && u.definition === v.definition)
      u.args.forEach((a, i) => this.exact(a, v.args[i]!));
  }

  private lower(u: NetType, v: NetType): void {
    if (this.isUnfixed(v)) {
      this.bounds.get(v)!.lower.add(u);
      return;
    }
    if (!mentions(v)) return;
    const inner = nullableUnderlying(v);
    if (inner !== undefined) {
      const source = nullableUnderlying(u);
      if (source !== undefined) this.lower(source, inner);
      return;
    }
    if (v.kind === 'array') {
      if (u.kind === 'array' && u.rank === v.rank) this.element(u.element, v.element);
      return;
    }
    if (v.kind !== 'named') return;
    const base = uniqueConstruction(u, v);
    if (base === undefined) return;
    base.definition.parameters.forEach((p, i) => {
      const a = base.args[i]!;
      const b = v.args[i]!;
      const isArray = u.kind === 'array';
      if (!isReferenceType(a) || (p.variance === 'none' && !isArray)) this.exact(a, b);
      else if (p.variance === 'in') this.upper(a, b);
      else this.lower(a, b);
    });
  }

  private element(u: NetType, v: NetType): void {
    if (isReferenceType(u)) this.lower(u, v);
    else this.exact(u, v);
  }

  private upper(u: NetType, v: NetType): void {
    if (this.isUnfixed(v)) this.bounds.get(v)!.upper.add(u);
    else if (u.kind === 'named' && v.kind === 'named' && u.definition === v.definition) {
      u.definition.parameters.forEach((p, i) => {
        const a = u.args[i]!;
        const b = v.args[i]!;
        if (p.variance === 'out' && isReferenceType(a)) this.upper(a, b);
        else if (p.variance === 'in' && isReferenceType(a)) this.lower(a, b);
        else this.exact(a, b);
      });
    } else if (u.kind === 'array' && v.kind === 'array') this.exact(u.element, v.element);
  }
}

/** The one construction of `v`'s definition among the bases of `u` (two make inference fail, as for JObject). */
function uniqueConstruction(u: NetType, v: NamedType): NamedType | undefined {
  const found = basesOf(u).filter((b) => b.definition === v.definition);
  return found.length === 1 ? found[0] : undefined;
}
