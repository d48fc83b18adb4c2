import type { Bound, BoundValue } from './bound.js';
import type { NetType, TypeParameter } from './net-type.js';
import type { Parameter } from './type-definition.js';
import type { LocalFunctionNode } from '../syntax/tree.js';

/** A body with a frame of its own: the expression itself, a lambda, a local function. */
export class FunctionScope {
  slots = 0;
  /** Variables of outer functions that this one uses, with the slot that holds their cell here. */
  readonly captures = new Map<LocalSymbol, number>();

  /** What the body returns to: fixed when a lambda's delegate type has been chosen. */
  returns: NetType | null;
  /** The operands of `return` in a lambda, as bound. */
  readonly returned: Bound[] = [];
  /** A local function, as against a lambda. */
  isNamed = false;
  /** Item type of an iterator (a local function with `yield`). */
  iterator: NetType | null = null;

  constructor(
    readonly parent: FunctionScope | null,
    returns: NetType | null,
  ) {
    this.returns = returns;
  }

  allocate(): number {
    this.slots += 1;
    return this.slots - 1;
  }

  /** The slot in this function of the cell of a variable of an outer one; captures it on the way. */
  captureSlot(symbol: LocalSymbol): number {
    if (symbol.owner === this) return symbol.slot;
    let slot = this.captures.get(symbol);
    if (slot === undefined) {
      symbol.captured = true;
      this.parent?.captureSlot(symbol);
      slot = this.allocate();
      this.captures.set(symbol, slot);
    }
    return slot;
  }
}

export type LocalKind = 'local' | 'parameter' | 'foreach' | 'using' | 'const';

/** A local variable or parameter. Captured ones live in a cell (`Ref`) that the slot holds. */
export class LocalSymbol {
  readonly slot: number;
  captured = false;
  constant: { readonly value: unknown } | null = null;

  constructor(
    readonly name: string,
    public type: NetType,
    readonly owner: FunctionScope,
    readonly kind: LocalKind,
  ) {
    this.slot = owner.allocate();
  }
}

/** A local function. */
export class LocalFunctionSymbol {
  readonly typeParameters: readonly TypeParameter[];
  /** Gives the function of one set of type arguments; only generic ones have it. */
  instantiate: ((types: readonly NetType[]) => BoundValue) | null = null;

  constructor(
    readonly name: string,
    readonly node: LocalFunctionNode,
    /** Holds the function at run time. */
    readonly variable: LocalSymbol,
    shape: {
      readonly parameters: readonly Parameter[];
      readonly returns: NetType;
      readonly typeParameters: readonly TypeParameter[];
    },
  ) {
    this.parameters = shape.parameters;
    this.returns = shape.returns;
    this.typeParameters = shape.typeParameters;
  }

  readonly parameters: readonly Parameter[];
  readonly returns: NetType;
}

export type ScopeSymbol = LocalSymbol | LocalFunctionSymbol;

/** Names of a block, loop, lambda … */
export class Scope {
  readonly symbols = new Map<string, ScopeSymbol>();
  /** Names declared in scopes inside this one: they may not be declared here afterwards. */
  readonly inner = new Set<string>();
  readonly types = new Map<string, NetType>();
  isChecked: boolean | null = null;

  constructor(
    readonly parent: Scope | null,
    readonly owner: FunctionScope,
  ) {}

  find(name: string): ScopeSymbol | undefined {
    return this.symbols.get(name) ?? this.parent?.find(name);
  }

  findType(name: string): NetType | undefined {
    return this.types.get(name) ?? this.parent?.findType(name);
  }

  /** `checked` or `unchecked` in force; null is the default. */
  get checking(): boolean | null {
    return this.isChecked ?? this.parent?.checking ?? null;
  }
}
