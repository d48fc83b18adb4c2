/** Failure of an expression: it does not parse, or it cannot be evaluated. */
export class WorkflowExpressionError extends Error {
  override readonly name = 'WorkflowExpressionError';
  /** The error code that an action shows when its expressions fail. */
  readonly code = 'InvalidTemplate';

  /**
   * @param message the inner text, as the service words it, without the frame "Unable to process …"
   * @param offset index of the offending character in the expression, for syntax errors
   */
  constructor(
    message: string,
    readonly offset?: number,
  ) {
    super(message);
  }
}
