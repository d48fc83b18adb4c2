/** A limit of the evaluation budget was reached. Expressions cannot catch it. */
export class BudgetError extends Error {
  constructor(readonly limit: 'steps' | 'depth' | 'size' | 'time') {
    super(`The expression exceeded its ${limit} budget.`);
    this.name = 'BudgetError';
  }
}
