/** The variables that are definitely assigned at a point; null: the point cannot be reached, so everything is. */
export type Assigned = ReadonlySet<number> | null;

export function join(a: Assigned, b: Assigned): Assigned {
  if (a === null) return b;
  if (b === null) return a;
  return new Set([...a].filter((v) => b.has(v)));
}

export function assign(state: Assigned, variable: number): Assigned {
  if (state === null || state.has(variable)) return state;
  return new Set([...state, variable]);
}

/** Everything of both: what a `finally` block adds to what came before. */
export function union(a: Assigned, b: Assigned): Assigned {
  if (a === null || b === null) return null;
  return new Set([...a, ...b]);
}

interface Jump {
  breaks: Assigned;
  continues: Assigned;
}

/** Variables by name, and where jumps lead. */
export class FlowScopes {
  private readonly scopes: Map<string, number>[] = [new Map()];
  private count = 0;
  readonly jumps: Jump[] = [];
  readonly labels = new Map<string, Assigned>();
  /** Parameters that must be assigned before the function returns. */
  outputs: readonly { readonly name: string; readonly id: number; readonly start: number }[] = [];

  declare(name: string): number {
    this.count += 1;
    this.scopes.at(-1)!.set(name, this.count);
    return this.count;
  }

  find(name: string): number | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i -= 1) {
      const found = this.scopes[i]!.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  within<T>(run: () => T): T {
    this.scopes.push(new Map());
    try {
      return run();
    } finally {
      this.scopes.pop();
    }
  }

  /** Every variable that is known: the state in which the body of a local function is checked. */
  everything(): Assigned {
    return new Set(this.scopes.flatMap((s) => [...s.values()]));
  }
}
