import { completion, type Action, type Code } from '../compile/code.js';
import { enterScope, freshCells } from '../compile/functions.js';
import { nullReference } from '../compile/casts.js';
import { iterate } from '../runtime/sequence.js';
import type { StatementOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { deconstruct } from './deconstruct.js';
import { castTo } from './bind-casts.js';
import { stepsOf, type BoundStatement, type Steps } from './bound-statement.js';
import { isVar } from './bind-type.js';
import type { BoundValue } from './bound.js';
import { itemTypeOf } from './item-type.js';
import { typeName } from './net-type.js';
import { CompileError } from './problem.js';

export function bindForeach(binder: Binder, node: StatementOf<'foreach'>): BoundStatement {
  const source = binder.value(node.source);
  const item = itemTypeOf(source.type);
  if (item === null) {
    throw new CompileError(
      'CS1579',
      `foreach statement cannot operate on variables of type '${typeName(source.type)}' because '${typeName(source.type)}' does not contain a public instance definition for 'GetEnumerator'`,
      node.start,
    );
  }
  return binder.within((scope) => {
    const { slot, value: current } = binder.temporary(item, node.start);
    const assign = variables(binder, node, current);
    const { result: body } = binder.jumps.within('loop', () =>
      binder.within(() => binder.statement(node.body)),
    );
    const itemName = typeName(item);
    const prepare = (): { items: Code; store: readonly Code[]; cells: readonly number[] } => ({
      items: source.emit(),
      store: assign.map((a) => a()),
      cells: freshCells(scope),
    });
    const facts = { prepare, body, slot, itemName, start: node.start };
    return {
      start: node.start,
      endsReachable: true,
      emit: () => foreachAction(facts),
      emitSteps: body.emitSteps === undefined ? undefined : () => foreachSteps(facts),
    };
  });
}

/** Declares the loop variable (or the parts of a deconstruction) and gives the code that sets it. */
function variables(
  binder: Binder,
  node: StatementOf<'foreach'>,
  current: BoundValue,
): (() => Code)[] {
  const { target, type } = node;
  if (target.kind === 'several') {
    return deconstruct(
      binder,
      { kind: 'declaration', type: type!, designation: target, start: target.start },
      current,
    ).actions;
  }
  if (target.kind !== 'variable')
    return deconstruct(binder, target as Parameters<typeof deconstruct>[1], current).actions;
  const declared = type === null || isVar(binder, type) ? current.type : binder.type(type);
  const value = castTo(binder, current, declared, node.start);
  const name = target.name ?? '_';
  const symbol = binder.declarations.local(name, declared, 'foreach', target.start);
  const place = binder.declarations.read(symbol, target.start).place!;
  return [() => place.store(value.emit())];
}

interface ForeachFacts {
  readonly prepare: () => { items: Code; store: readonly Code[]; cells: readonly number[] };
  readonly body: BoundStatement;
  /** Holds the current item. */
  readonly slot: number;
  readonly itemName: string;
  readonly start: number;
}

function foreachAction(facts: ForeachFacts): Action {
  const { items, store, cells } = facts.prepare();
  const run = facts.body.emit();
  return (frame) => {
    const value = items(frame);
    frame.runtime.at = facts.start;
    if (value === null || value === undefined) throw nullReference();
    for (const element of iterate(value, facts.itemName)) {
      frame.runtime.step();
      enterScope(cells, frame);
      frame.slots[facts.slot] = element;
      for (const s of store) s(frame);
      const ended = run(frame);
      if (ended === completion.next || ended === completion.continue) continue;
      return ended === completion.break ? completion.next : ended;
    }
    return completion.next;
  };
}

function foreachSteps(facts: ForeachFacts): Steps {
  const { items, store, cells } = facts.prepare();
  const run = stepsOf(facts.body);
  return function* (frame) {
    for (const element of iterate(items(frame), facts.itemName)) {
      frame.runtime.step();
      enterScope(cells, frame);
      frame.slots[facts.slot] = element;
      for (const s of store) s(frame);
      const ended = yield* run(frame);
      if (ended === completion.break) break;
      if (ended === completion.return || ended === completion.goto) return ended;
    }
    return completion.next;
  };
}
