import type { Wording } from '@isthmus/workflow-engine';

/** An exchange that gave no usable answer. `code` becomes the code of the action. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';

  /** The message with `{0}`, `{1}` … instead of what was put in. */
  readonly messageTemplate: string;

  /**
   * @param words a text that holds nothing put in, or one of `worded`
   * @param retryable the retry policy applies
   */
  constructor(
    readonly code: string,
    words: string | Wording,
    readonly retryable: boolean,
  ) {
    super(typeof words === 'string' ? words : words.message);
    this.messageTemplate = typeof words === 'string' ? words : words.messageTemplate;
  }
}
