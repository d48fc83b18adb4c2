import type { DotNetError } from '@isthmus/dotnet';
import type { BudgetError } from './budget-error.js';

/** What `evaluate` throws: the exception with the place in the expression (counted as in Problem). */
export class EvaluationError extends Error {
  constructor(
    readonly exception: DotNetError | BudgetError,
    readonly line: number,
    readonly column: number,
  ) {
    super(exception.message, { cause: exception });
    this.name = 'EvaluationError';
  }

  /** Full .NET type name; a spent budget has none. */
  get typeName(): string | null {
    return 'typeName' in this.exception ? this.exception.typeName : null;
  }
}
