import type { Code } from '../compile/code.js';
import type { Ref } from '../runtime/ref.js';
import type { Binder } from './binder.js';
import type { BoundLambda, BoundValue, Place } from './bound.js';
import { named } from './catalogue.js';
import { delegateShape } from './delegate-shape.js';
import { typeName, type NetType } from './net-type.js';
import { CompileError } from './problem.js';
import { LocalSymbol, type LocalKind, type Scope, type ScopeSymbol } from './symbols.js';

/** Declares and reads local variables. */
export class Declarations {
  readonly bool = named('bool');

  constructor(private readonly binder: Binder) {}

  /** Declares a name in a scope; refuses one that an enclosing or inner scope already uses. */
  declare(name: string, symbol: ScopeSymbol, at: number, scope: Scope = this.binder.scope): void {
    if (scope.symbols.has(name))
      throw new CompileError(
        'CS0128',
        `A local variable or function named '${name}' is already defined in this scope`,
        at,
      );
    const clash =
      scope.inner.has(name) || scope.parent?.find(name) !== undefined || name === 'context';
    if (clash) {
      throw new CompileError(
        'CS0136',
        `A local or parameter named '${name}' cannot be declared in this scope because that name is used in an enclosing local scope to define a local or parameter`,
        at,
      );
    }
    scope.symbols.set(name, symbol);
    for (let s = scope.parent; s !== null; s = s.parent) s.inner.add(name);
  }

  local(name: string, type: NetType, kind: LocalKind, at: number): LocalSymbol {
    const symbol = new LocalSymbol(name, type, this.binder.owner, kind);
    this.declare(name, symbol, at);
    return symbol;
  }

  /** The value of a variable as seen from the current function. */
  read(symbol: LocalSymbol, at: number): BoundValue {
    if (symbol.constant !== null) {
      const { value } = symbol.constant;
      return {
        kind: 'value',
        type: symbol.type,
        start: at,
        constant: { value },
        emit: () => () => value,
      };
    }
    const user = this.binder.owner;
    const slot = user.captureSlot(symbol);
    return {
      kind: 'value',
      type: symbol.type,
      start: at,
      emit: (): Code =>
        symbol.captured
          ? (frame) => (frame.slots[slot] as Ref).value
          : (frame) => frame.slots[slot],
      place: this.place(symbol, slot),
    };
  }

  private place(symbol: LocalSymbol, slot: number): Place {
    const reasons: Partial<Record<LocalKind, string>> = {
      foreach: 'foreach iteration variable',
      using: 'using variable',
    };
    const reason = reasons[symbol.kind];
    return {
      isVariable: true,
      slot: () => (symbol.captured ? null : slot),
      readOnly:
        reason === undefined
          ? undefined
          : {
              code: 'CS1656',
              message: `Cannot assign to '${symbol.name}' because it is a '${reason}'`,
            },
      reference: () => {
        if (symbol.captured) return (frame) => frame.slots[slot] as Ref;
        return (frame) => slotReference(frame.slots, slot);
      },
      store: (value) => {
        if (symbol.captured) {
          return (frame) => {
            const stored = value(frame);
            (frame.slots[slot] as Ref).value = stored;
            return stored;
          };
        }
        return (frame) => (frame.slots[slot] = value(frame));
      },
    };
  }

  /** Why a lambda does not fit a delegate type. */
  lambdaMismatch(lambda: BoundLambda, to: NetType): CompileError {
    const shape = delegateShape(to);
    const count = shape?.parameters.length ?? 0;
    if (lambda.arity !== null && lambda.arity !== count) {
      return new CompileError(
        'CS1593',
        `Delegate '${typeName(to)}' does not take ${lambda.arity} arguments`,
        lambda.start,
      );
    }
    const types = shape?.parameters.map((p) => p.type) ?? [];
    if (lambda.explicitTypes?.some((t, i) => t !== types[i])) {
      return new CompileError(
        'CS1661',
        `Cannot convert lambda expression to type '${typeName(to)}' because the parameter types do not match the delegate parameter types`,
        lambda.start,
      );
    }
    const { error } = lambda.bind(types, shape?.returns ?? null);
    return error instanceof CompileError
      ? error
      : new CompileError(
          'CS1662',
          'Cannot convert lambda expression to intended delegate type',
          lambda.start,
        );
  }
}

function slotReference(slots: unknown[], slot: number): Ref {
  return {
    get value() {
      return slots[slot];
    },
    set value(value: unknown) {
      slots[slot] = value;
    },
  };
}
