/** The text is no JSON; the message is worded as by Newtonsoft's reader, with path, line and position. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError';

  /** @param offset index of the offending character in the text */
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}
