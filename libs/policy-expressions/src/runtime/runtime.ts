import type { ExpressionContext } from '../context/expression-context.js';
import type { NetType } from '../binding/net-type.js';

/** The limits of one evaluation. All counts; `milliseconds` is wall-clock time by the host's clock. */
export interface Budget {
  readonly steps: number;
  readonly depth: number;
  /** Characters of a string, bytes of an array, items of a collection. */
  readonly size: number;
  readonly milliseconds: number;
}

/** What member implementations may use: the last but one argument of each. */
export interface Runtime {
  readonly context: ExpressionContext;
  /** UTC now in ticks (100 ns since 0001-01-01). */
  now(): bigint;
  /** Uniform in [0, 1). */
  random(): number;
  /** Cryptographically random bytes. */
  randomBytes(count: number): Uint8Array;
  /** Counts work (one unit is about one evaluated node); throws BudgetError when the budget is spent. */
  step(count?: number): void;
  /** Refuses a string or collection that is longer than the budget allows. Call BEFORE allocating. */
  size(length: number): void;
}

/** What is fixed where a member is used: the last argument of each implementation. */
export interface Site {
  /** Type arguments of a generic method: `As<JObject>()`, `Select<TSource,TResult>`. */
  readonly typeArguments: readonly NetType[];
  /** The constructed type that declares the member: `List<int>` (its `args` are the class's type arguments). */
  readonly owner: NetType;
  /** The constructed return type of the member. */
  readonly returns: NetType;
}
