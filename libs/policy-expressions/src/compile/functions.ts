import type { FunctionScope, LocalSymbol, Scope } from '../binding/symbols.js';
import type { Ref } from '../runtime/ref.js';
import { newSlots, type Action, type Code, type Frame } from './code.js';

/** A lambda or local function, bound. */
export interface FunctionFacts {
  readonly owner: FunctionScope;
  readonly parameters: readonly LocalSymbol[];
  /** The scope of the parameters and of an expression body. */
  readonly scope: Scope;
  readonly value: (() => Code) | null;
  readonly block: (() => Action) | null;
  /** Parameters that are references already (`ref`, `out`). */
  readonly byReference?: ReadonlySet<LocalSymbol>;
}

/** Code that makes a closure over the current frame. */
export function emitFunction(facts: FunctionFacts): Code {
  const { owner, parameters } = facts;
  const value = facts.value?.() ?? null;
  const block = facts.block?.() ?? null;
  const cells = freshCells(facts.scope, parameters);
  const captures = [...owner.captures].map(([symbol, slot]) => ({
    from: owner.parent!.captureSlot(symbol),
    to: slot,
  }));
  const places = parameters.map((p) => ({
    slot: p.slot,
    wraps: p.captured && facts.byReference?.has(p) !== true,
  }));
  return (frame) => {
    const { runtime } = frame;
    const held = captures.map((c) => frame.slots[c.from]);
    return (...args: unknown[]) => {
      const slots = newSlots(owner.slots);
      for (let i = 0; i < captures.length; i += 1) slots[captures[i]!.to] = held[i];
      for (const cell of cells) slots[cell] = { value: undefined };
      for (let i = 0; i < places.length; i += 1) {
        const place = places[i]!;
        slots[place.slot] = place.wraps ? { value: args[i] } : args[i];
      }
      const inner: Frame = { slots, runtime, result: undefined, label: '' };
      runtime.enter();
      let result: unknown;
      if (value !== null) result = value(inner);
      else {
        block!(inner);
        result = inner.result;
      }
      runtime.leave();
      return result;
    };
  };
}

/** Slots of captured variables declared in a scope: each entry to the scope makes new cells. */
export function freshCells(scope: Scope, except: readonly LocalSymbol[] = []): readonly number[] {
  const slots: number[] = [];
  for (const symbol of scope.symbols.values()) {
    const variable = 'variable' in symbol ? symbol.variable : symbol;
    if (variable.captured && variable.owner === scope.owner && !except.includes(variable))
      slots.push(variable.slot);
  }
  return slots;
}

/** Makes the cells of a scope. */
export function enterScope(cells: readonly number[], frame: Frame): void {
  for (let i = 0; i < cells.length; i += 1)
    frame.slots[cells[i]!] = { value: undefined } satisfies Ref;
}
