/** An exchange that gave no usable answer. `code` becomes the code of the action. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';

  /** @param retryable the retry policy applies */
  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
  ) {
    super(message);
  }
}
