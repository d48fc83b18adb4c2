import type { Code } from '../compile/code.js';
import { NetTuple } from '../runtime/pair.js';
import type { Designation, Expression, ExpressionOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { binaryValue } from './bind-binary.js';
import { castTo } from './bind-casts.js';
import { isVar } from './bind-type.js';
import type { Bound, BoundValue, Place } from './bound.js';
import { classify } from './classify.js';
import { numberKind } from '../compile/numeric-kinds.js';
import { isEnumType, noType, nullableUnderlying, nullType, typeName, voidType, type NetType } from './net-type.js';
import { CompileError } from './problem.js';

/** The place of an assignable expression, or the compiler's complaint. */
export function requireWritable(target: Bound): Place {
  const place = target.kind === 'value' ? target.place : undefined;
  if (place === undefined) throw new CompileError('CS0131', 'The left-hand side of an assignment must be a variable, property or indexer', target.start);
  if (place.readOnly !== undefined) throw new CompileError(place.readOnly.code, place.readOnly.message, target.start);
  return place;
}

/** `a = b`, `a += b`, `(a, b) = c`, `_ = c`. */
export function bindAssign(binder: Binder, node: ExpressionOf<'assign'>): BoundValue {
  const { target, operator, start } = node;
  if (operator === '' && (target.kind === 'tuple' || target.kind === 'declaration')) return bindDeconstruction(binder, { target, value: node.value, start });
  if (operator === '' && target.kind === 'invoke' && target.target.kind === 'name' && target.target.name === 'var' && binder.scope.find('var') === undefined) {
    return bindDeconstruction(binder, { target: varDeconstruction(target), value: node.value, start });
  }
  if (operator === '' && target.kind === 'name' && target.name === '_' && binder.scope.find('_') === undefined) return bindDiscard(binder, node);
  const bound = binder.bind(target);
  if (bound.kind === 'type' || bound.kind === 'namespace') throw binder.notAValue(bound);
  const place = requireWritable(bound);
  const type = (bound as BoundValue).type;
  if (operator !== '') return compound(binder, { node, target: bound as BoundValue, place });
  const value = binder.convert(binder.bind(node.value), type);
  return { kind: 'value', type, start, emit: () => place.store(copied(value)) };
}

/** Tuples are values: assigning one copies it. */
export function copied(value: BoundValue): Code {
  const code = value.emit();
  if (value.type.kind !== 'named' || value.type.definition.fullName !== 'System.ValueTuple' || value.place === undefined) return code;
  return (frame) => {
    const tuple = code(frame);
    return tuple instanceof NetTuple ? tuple.copy() : tuple;
  };
}

function bindDiscard(binder: Binder, node: ExpressionOf<'assign'>): BoundValue {
  const value = binder.value(node.value);
  if (value.type === nullType || value.type === noType || value.type === voidType) throw new CompileError('CS8183', 'Cannot infer the type of implicitly-typed discard.', node.start);
  return { kind: 'value', type: value.type, start: node.start, emit: value.emit };
}

interface CompoundUse {
  readonly node: ExpressionOf<'assign'>;
  readonly target: BoundValue;
  readonly place: Place;
}

/** `x op= y`: x = (T)(x op y), with x evaluated once; the cast is implicit where the operands allow it (7.17.2). */
function compound(binder: Binder, { node, target, place }: CompoundUse): BoundValue {
  const { start } = node;
  let current: unknown;
  const read: BoundValue = { kind: 'value', type: target.type, start, emit: (): Code => () => current };
  const right = binder.bind(node.value);
  if (right.kind === 'type' || right.kind === 'namespace') throw binder.notAValue(right);
  const operand = right.kind === 'value' ? right : binder.convert(right, target.type);
  const result = binaryValue(binder, { operator: node.operator as '+', left: read, right: operand, start });
  const next = compoundResult(binder, { result, right: operand, target, isShift: node.operator === '<<' || node.operator === '>>' });
  return {
    kind: 'value', type: target.type, start,
    emit: () => {
      const refer = place.reference();
      const code = next.emit();
      return (frame) => {
        const reference = refer(frame);
        // Read before the right operand runs; the operator takes it at once.
        current = reference.value;
        const stored = code(frame);
        reference.value = stored;
        return stored;
      };
    },
  };
}

interface CompoundResult {
  readonly result: BoundValue;
  readonly right: BoundValue;
  readonly target: BoundValue;
  readonly isShift: boolean;
}

function compoundResult(binder: Binder, { result, right, target, isShift }: CompoundResult): BoundValue {
  const plain: BoundValue = { ...result, constant: undefined };
  if (classify(plain, target.type) !== null) return binder.convert(plain, target.type);
  const isNumeric = (t: NetType): boolean => numberKind(nullableUnderlying(t) ?? t) !== undefined || isEnumType(t);
  const fits = classify(right, target.type) !== null || isShift;
  if (isNumeric(target.type) && isNumeric(result.type) && fits) return castTo(binder, plain, target.type, plain.start);
  throw binder.noConversion(plain, target.type);
}

interface DeconstructionUse {
  readonly target: Expression;
  readonly value: Expression;
  readonly start: number;
}

/** `var (a, b)` as an expression parses like a call of `var`. */
function varDeconstruction(target: ExpressionOf<'invoke'>): Expression {
  const designate = (e: Expression): Designation => {
    if (e.kind === 'name') return { kind: 'variable', name: e.name === '_' ? null : e.name, start: e.start };
    if (e.kind === 'tuple') return { kind: 'several', parts: e.elements.map((x) => designate(x.value)), start: e.start };
    throw new CompileError('CS1001', 'Identifier expected', e.start);
  };
  const type = { kind: 'namedType' as const, parts: [{ name: 'var', args: [] }], omitted: false, start: target.start };
  return { kind: 'declaration', type, designation: { kind: 'several', parts: target.args.map((a) => designate(a.value)), start: target.start }, start: target.start };
}

function bindDeconstruction(binder: Binder, use: DeconstructionUse): BoundValue {
  const value = binder.value(use.value);
  const { slot, value: kept } = binder.temporary(value.type, use.start);
  const stores = deconstruct(binder, use.target, value.tuple !== undefined ? { ...kept, tuple: value.tuple, type: value.type } : kept);
  return {
    kind: 'value', type: value.type, start: use.start,
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
    target.kind === 'tuple' ? target.elements.map((e) => e.value) : target.kind === 'declaration' && target.designation.kind === 'several' ? target.designation.parts : [];
  if (target.kind === 'declaration' && !isVar(binder, target.type)) throw new CompileError('CS8136', "Deconstruction 'var (...)' form disallows a specific type for 'var'.", target.start);
  const parts = partsOf(source, targets.length, target.start);
  const actions: (() => Code)[] = [];
  targets.forEach((t, i) => {
    if (t.kind === 'several' || t.kind === 'tuple') {
      const inner: Expression = t.kind === 'tuple' ? t : { kind: 'declaration', type: { kind: 'namedType', parts: [{ name: 'var', args: [] }], omitted: false, start: t.start }, designation: t, start: t.start };
      actions.push(...deconstruct(binder, inner, parts[i]!).actions);
    } else {
      const action = storePart(binder, t, parts[i]!);
      if (action !== null) actions.push(action);
    }
  });
  return { actions, types: parts.map((p) => p.type) };
}

function storePart(binder: Binder, target: Expression | Designation, part: BoundValue): (() => Code) | null {
  if (target.kind === 'variable' || target.kind === 'declaration') {
    const designation = target.kind === 'declaration' ? target.designation : target;
    if (designation.kind !== 'variable' || designation.name === null) return null;
    const type = target.kind === 'declaration' && !isVar(binder, target.type) ? binder.type(target.type) : part.type;
    if (type === nullType || type === noType) throw new CompileError('CS8130', `Cannot infer the type of implicitly-typed deconstruction variable '${designation.name}'.`, target.start);
    const value = binder.convert(part, type);
    const symbol = binder.declarations.local(designation.name, type, 'local', designation.start);
    const read = binder.declarations.read(symbol, target.start);
    return () => read.place!.store(value.emit());
  }
  if (target.kind === 'several') return null;
  if (target.kind === 'name' && target.name === '_' && binder.scope.find('_') === undefined) return null;
  const bound = binder.value(target);
  const place = requireWritable(bound);
  const value = binder.convert(part, bound.type);
  return () => place.store(value.emit());
}

function partsOf(source: BoundValue, count: number, start: number): BoundValue[] {
  const { type } = source;
  const part = (t: NetType, read: (value: never) => unknown): BoundValue => ({
    kind: 'value', type: t, start,
    emit: () => {
      const code = source.emit();
      return (frame) => read(code(frame) as never);
    },
  });
  if (source.tuple !== undefined) {
    if (source.tuple.length !== count) throw new CompileError('CS8132', `Cannot deconstruct a tuple of '${source.tuple.length}' elements into '${count}' variables.`, start);
    return source.tuple.map((e, i) => {
      const t = e.kind === 'value' ? e.type : noType;
      return { ...part(t, (v: NetTuple) => v.items[i]), ...(t === nullType ? { constant: { value: null }, literal: 'null' as const } : {}) };
    });
  }
  if (type.kind === 'named' && (type.definition.fullName === 'System.ValueTuple' || type.definition.fullName === 'System.Tuple')) {
    if (type.args.length !== count) throw new CompileError('CS8132', `Cannot deconstruct a tuple of '${type.args.length}' elements into '${count}' variables.`, start);
    return type.args.map((t, i) => part(t, (v: { items: unknown[] }) => v.items[i]));
  }
  if (type.kind === 'named' && type.definition.fullName === 'System.Collections.Generic.KeyValuePair' && count === 2) {
    return [part(type.args[0]!, (v: { key: unknown }) => v.key), part(type.args[1]!, (v: { value: unknown }) => v.value)];
  }
  throw new CompileError('CS8129', `No suitable 'Deconstruct' instance or extension method was found for type '${typeName(type, true)}'`, start);
}
