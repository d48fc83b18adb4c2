import { completion, type Code } from '../compile/code.js';
import { enterScope, freshCells } from '../compile/functions.js';
import { nullReference } from '../compile/casts.js';
import { iterate } from '../runtime/sequence.js';
import type { StatementOf } from '../syntax/tree.js';
import type { Binder } from './binder.js';
import { deconstruct } from './bind-assign.js';
import { castTo } from './bind-casts.js';
import { stepsOf, type BoundStatement } from './bind-statements.js';
import { isVar } from './bind-type.js';
import type { BoundValue } from './bound.js';
import { itemTypeOf } from './item-type.js';
import { typeName } from './net-type.js';
import { CompileError } from './problem.js';

export function bindForeach(binder: Binder, node: StatementOf<'foreach'>): BoundStatement {
  const source = binder.value(node.source);
  const item = itemTypeOf(source.type);
  if (item === null) {
    throw new CompileError('CS1579', `foreach statement cannot operate on variables of type '${typeName(source.type)}' because '${typeName(source.type)}' does not contain a public instance definition for 'GetEnumerator'`, node.start);
  }
  return binder.within((scope) => {
    const { slot, value: current } = binder.temporary(item, node.start);
    const assign = variables(binder, node, current);
    const { result: body } = binder.jumps.within('loop', () => binder.within(() => binder.statement(node.body)));
    const itemName = typeName(item);
    const prepare = (): { items: Code; store: readonly Code[]; cells: readonly number[] } => ({ items: source.emit(), store: assign.map((a) => a()), cells: freshCells(scope) });
    return {
      start: node.start, endsReachable: true,
      emit: () => {
        const { items, store, cells } = prepare();
        const run = body.emit();
        return (frame) => {
          const value = items(frame);
          frame.runtime.at = node.start;
          if (value === null || value === undefined) throw nullReference();
          for (const element of iterate(value, itemName)) {
            frame.runtime.step();
            enterScope(cells, frame);
            frame.slots[slot] = element;
            for (const s of store) s(frame);
            const ended = run(frame);
            if (ended === completion.next || ended === completion.continue) continue;
            return ended === completion.break ? completion.next : ended;
          }
          return completion.next;
        };
      },
      emitSteps: body.emitSteps === undefined ? undefined : () => {
        const { items, store, cells } = prepare();
        const run = stepsOf(body);
        return function* (frame) {
          for (const element of iterate(items(frame), itemName)) {
            frame.runtime.step();
            enterScope(cells, frame);
            frame.slots[slot] = element;
            for (const s of store) s(frame);
            const ended = yield* run(frame);
            if (ended === completion.break) break;
            if (ended === completion.return || ended === completion.goto) return ended;
          }
          return completion.next;
        };
      },
    };
  });
}

/** Declares the loop variable (or the parts of a deconstruction) and gives the code that sets it. */
function variables(binder: Binder, node: StatementOf<'foreach'>, current: BoundValue): (() => Code)[] {
  const { target, type } = node;
  if (target.kind === 'several') {
    return deconstruct(binder, { kind: 'declaration', type: type!, designation: target, start: target.start }, current).actions;
  }
  if (target.kind !== 'variable') return deconstruct(binder, target as Parameters<typeof deconstruct>[1], current).actions;
  const declared = type === null || isVar(binder, type) ? current.type : binder.type(type);
  const value = castTo(binder, current, declared, node.start);
  const name = target.name ?? '_';
  const symbol = binder.declarations.local(name, declared, 'foreach', target.start);
  const place = binder.declarations.read(symbol, target.start).place!;
  return [() => place.store(value.emit())];
}
