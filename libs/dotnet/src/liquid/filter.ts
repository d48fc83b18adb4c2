import type { LiquidContext } from './context.js';
import type { LiquidValue } from './value.js';

/** A filter's parameter beside its input; without `optional` a value must be given. */
export interface Parameter {
  readonly name: string;
  readonly optional?: true;
}

/** One filter: its parameters and what it does. */
export interface Filter {
  readonly parameters: readonly Parameter[];
  apply(
    input: LiquidValue,
    args: readonly (LiquidValue | undefined)[],
    context: LiquidContext,
  ): LiquidValue;
}

/** A filter; names of parameters that need no value end in `?`. */
export function filter(names: readonly string[], apply: Filter['apply']): Filter {
  const parameters = names.map((name) =>
    name.endsWith('?') ? { name: name.slice(0, -1), optional: true as const } : { name },
  );
  return { parameters, apply };
}
