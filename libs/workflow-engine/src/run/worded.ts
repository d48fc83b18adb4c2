/** The words of an error, and the same with `{0}`, `{1}` … in the place of what was put in. */
export interface Wording {
  readonly message: string;
  readonly messageTemplate: string;
}

/** Tag of the texts of errors: keeps the template beside the message, as the service does. */
export function worded(
  words: TemplateStringsArray,
  ...values: readonly (string | number)[]
): Wording {
  return {
    message: String.raw({ raw: words }, ...values),
    messageTemplate: String.raw({ raw: words }, ...values.map((_, index) => `{${index}}`)),
  };
}
