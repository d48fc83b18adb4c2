import type { Code } from '../compile/code.js';
import { NetTuple } from '../runtime/pair.js';
import type { Expression, ExpressionOf } from '../syntax/tree.js';
import type { Designation } from '../syntax/tree-parts.js';
import type { Binder } from './binder.js';
import { isVar } from './bind-type.js';
import type { BoundValue } from './bound.js';
import { noType, nullType, typeName, type NetType } from './net-type.js';
import { CompileError } from './problem.js';
import { requireWritable } from './places.js';

interface DeconstructionUse {
  readonly target: Expression;
  readonly value: Expression;
  readonly start: number;
}

/** `var (a, b)` as an expression parses like a call of `var`. */
export function varDeconstruction(target: ExpressionOf<'invoke'>): Expression {
  const designate = (e: Expression): Designation => {
    if (e.kind === 'name')
      return { kind: 'variable', name: e.name === '_' ? null : e.name, start: e.start };
    if (e.kind === 'tuple')
      return { kind: 'several', parts: e.elements.map((x) => designate(x.value)), start: e.start };
    throw new CompileError('CS1001', 'Identifier expected', e.start);
  };
  const type = {
    kind: 'namedType' as const,
    parts: [{ name: 'var', args: [] }],
    omitted: false,
    start: target.start,
  };
  return {
    kind: 'declaration',
    type,
    designation: {
      kind: 'several',
      parts: target.args.map((a) => designate(a.value)),
      start: target.start,
    },
    start: target.start,
  };
}

export function bindDeconstruction(binder: Binder, use: DeconstructionUse): BoundValue {
  const value = binder.value(use.value);
  const { slot, value: kept } = binder.temporary(value.type, use.start);
  const stores = deconstruct(
    binder,
    use.target,
    value.tuple !== undefined ? { ...kept, tuple: value.tuple, type: value.type } : kept,
  );
  return {
    kind: 'value',
    type: value.type,
    start: use.start,
    emit: () => {
      const code = value.emit();
      const actions = stores.actions.map((a) => a());
      return (frame) => {
        const result = code(frame);
        frame.slots[slot] = result;
        for (const action of actions) action(frame);
        return result;
      };
    },
  };
}

interface Stores {
  readonly actions: (() => Code)[];
  readonly types: NetType[];
}

/** Code that assigns the parts of a tuple, KeyValuePair … to variables, old and new. */
export function deconstruct(binder: Binder, target: Expression, source: BoundValue): Stores {
  const targets: readonly (Expression | Designation)[] =
    target.kind === 'tuple'
      ? target.elements.map((e) => e.value)
      : target.kind === 'declaration' && target.designation.kind === 'several'
        ? target.designation.parts
        : [];
  if (target.kind === 'declaration' && !isVar(binder, target.type))
    throw new CompileError(
      'CS8136',
      "Deconstruction 'var (...)' form disallows a specific type for 'var'.",
      target.start,
    );
  const parts = partsOf(source, targets.length, target.start);
  const actions: (() => Code)[] = [];
  targets.forEach((t, i) => {
    if (t.kind === 'several' || t.kind === 'tuple') {
      const inner: Expression =
        t.kind === 'tuple'
          ? t
          : {
              kind: 'declaration',
              type: {
                kind: 'namedType',
                parts: [{ name: 'var', args: [] }],
                omitted: false,
                start: t.start,
              },
              designation: t,
              start: t.start,
            };
      actions.push(...deconstruct(binder, inner, parts[i]!).actions);
    } else {
      const action = storePart(binder, t, parts[i]!);
      if (action !== null) actions.push(action);
    }
  });
  return { actions, types: parts.map((p) => p.type) };
}

function storePart(
  binder: Binder,
  target: Expression | Designation,
  part: BoundValue,
): (() => Code) | null {
  if (target.kind === 'variable' || target.kind === 'declaration') {
    const designation = target.kind === 'declaration' ? target.designation : target;
    if (designation.kind !== 'variable' || designation.name === null) return null;
    const type =
      target.kind === 'declaration' && !isVar(binder, target.type)
        ? binder.type(target.type)
        : part.type;
    if (type === nullType || type === noType)
      throw new CompileError(
        'CS8130',
        `Cannot infer the type of implicitly-typed deconstruction variable '${designation.name}'.`,
        target.start,
      );
    const value = binder.convert(part, type);
    const symbol = binder.declarations.local(designation.name, type, 'local', designation.start);
    const read = binder.declarations.read(symbol, target.start);
    return () => read.place!.store(value.emit());
  }
  if (target.kind === 'several') return null;
  if (target.kind === 'name' && target.name === '_' && binder.scope.find('_') === undefined)
    return null;
  const bound = binder.value(target);
  const place = requireWritable(bound);
  const value = binder.convert(part, bound.type);
  return () => place.store(value.emit());
}

function partsOf(source: BoundValue, count: number, start: number): BoundValue[] {
  const { type } = source;
  const part = (t: NetType, read: (value: never) => unknown): BoundValue => ({
    kind: 'value',
    type: t,
    start,
    emit: () => {
      const code = source.emit();
      return (frame) => read(code(frame) as never);
    },
  });
  if (source.tuple !== undefined) {
    if (source.tuple.length !== count)
      throw new CompileError(
        'CS8132',
        `Cannot deconstruct a tuple of '${source.tuple.length}' elements into '${count}' variables.`,
        start,
      );
    return source.tuple.map((e, i) => {
      const t = e.kind === 'value' ? e.type : noType;
      return {
        ...part(t, (v: NetTuple) => v.items[i]),
        ...(t === nullType ? { constant: { value: null }, literal: 'null' as const } : {}),
      };
    });
  }
  if (
    type.kind === 'named' &&
    (type.definition.fullName === 'System.ValueTuple' ||
      type.definition.fullName === 'System.Tuple')
  ) {
    if (type.args.length !== count)
      throw new CompileError(
        'CS8132',
        `Cannot deconstruct a tuple of '${type.args.length}' elements into '${count}' variables.`,
        start,
      );
    return type.args.map((t, i) => part(t, (v: { items: unknown[] }) => v.items[i]));
  }
  if (
    type.kind === 'named' &&
    type.definition.fullName === 'System.Collections.Generic.KeyValuePair' &&
    count === 2
  ) {
    return [
      part(type.args[0]!, (v: { key: unknown }) => v.key),
      part(type.args[1]!, (v: { value: unknown }) => v.value),
    ];
  }
  throw new CompileError(
    'CS8129',
    `No suitable 'Deconstruct' instance or extension method was found for type '${typeName(type, true)}'`,
    start,
  );
}
