import type { ExpressionContext } from '../context/expression-context.js';
import { BudgetError } from './budget-error.js';
import type { Budget, Runtime } from './runtime.js';

/** What the host gives to an evaluation; `now` in UTC ticks. */
export interface EvaluationHost {
  now(): bigint;
  random(): number;
  randomBytes(count: number): Uint8Array;
  readonly budget?: Budget;
}

export const defaultBudget: Budget = {
  steps: 5_000_000,
  depth: 600,
  size: 16_000_000,
  milliseconds: 2_500,
};

const clockEvery = 4096;

/** The state of one evaluation. */
export class RuntimeState implements Runtime {
  /** Offset in the expression text of what ran last: the position of an error. */
  at = 0;
  private steps: number;
  private untilClock = clockEvery;
  /** Nesting of calls; `catch` puts it back. */
  currentDepth = 0;
  private startedAt: bigint | null = null;
  private readonly budget: Budget;

  constructor(
    readonly context: ExpressionContext,
    private readonly host: EvaluationHost,
  ) {
    this.budget = host.budget ?? defaultBudget;
    this.steps = this.budget.steps;
  }

  now(): bigint {
    return this.host.now();
  }

  random(): number {
    return this.host.random();
  }

  randomBytes(count: number): Uint8Array {
    return this.host.randomBytes(count);
  }

  step(count = 1): void {
    this.steps -= count;
    this.untilClock -= count;
    if (this.steps < 0) throw new BudgetError('steps');
    if (this.untilClock < 0) this.checkClock();
  }

  size(length: number): void {
    if (length > this.budget.size) throw new BudgetError('size');
  }

  enter(): void {
    this.currentDepth += 1;
    if (this.currentDepth > this.budget.depth) throw new BudgetError('depth');
    this.step();
  }

  leave(): void {
    this.currentDepth -= 1;
  }

  private checkClock(): void {
    this.untilClock = clockEvery;
    const now = this.host.now();
    this.startedAt ??= now;
    if (now - this.startedAt > BigInt(this.budget.milliseconds) * 10_000n)
      throw new BudgetError('time');
  }
}
