import type { LocalSymbol } from './symbols.js';

interface Target {
  readonly kind: 'loop' | 'switch' | 'barrier';
  broken: boolean;
}

/** What `break`, `continue`, `goto` and `throw;` refer to. */
export class Jumps {
  private readonly targets: Target[] = [];
  private readonly labels: { readonly names: ReadonlySet<string>; readonly used: Set<string> }[] =
    [];
  /** The exception variable of the innermost catch clause. */
  caught: LocalSymbol | null = null;
  inFinally = false;
  /** Where `yield return` may not stand: a try block with catch clauses, a catch clause. */
  noYield: 'try' | 'catch' | null = null;

  /** Runs inside a loop, a switch, or a barrier (a function body, a finally block). */
  within<T>(kind: Target['kind'], run: (target: Target) => T): { result: T; broken: boolean } {
    const target: Target = { kind, broken: false };
    this.targets.push(target);
    try {
      return { result: run(target), broken: target.broken };
    } finally {
      this.targets.pop();
    }
  }

  /** Runs the body of a function: no jump leaves it. */
  inFunction<T>(run: () => T): T {
    const { caught, inFinally, noYield } = this;
    const labels = this.labels.splice(0);
    this.caught = null;
    this.inFinally = false;
    this.noYield = null;
    try {
      return this.within('barrier', run).result;
    } finally {
      this.caught = caught;
      this.inFinally = inFinally;
      this.noYield = noYield;
      this.labels.push(...labels);
    }
  }

  /** Runs where `yield return` may not stand. */
  withoutYield<T>(place: 'try' | 'catch', run: () => T): T {
    const before = this.noYield;
    this.noYield = place;
    try {
      return run();
    } finally {
      this.noYield = before;
    }
  }

  target(kind: 'break' | 'continue'): Target | null {
    for (let i = this.targets.length - 1; i >= 0; i -= 1) {
      const target = this.targets[i]!;
      if (target.kind === 'barrier') return null;
      if (target.kind === 'loop' || kind === 'break') return target;
    }
    return null;
  }

  withLabels<T>(names: ReadonlySet<string>, run: () => T): T {
    this.labels.push({ names, used: new Set() });
    try {
      return run();
    } finally {
      this.labels.pop();
    }
  }

  hasLabel(name: string): boolean {
    return this.labels.some((l) => l.names.has(name));
  }
}
