const tagGoesOn = /^\s*(?:\/?>|[A-Za-z_][\w.:-]*\s*=\s*["'])/;

/**
 * Closing quotes for values whose expression does not close: the first quote after which the tag goes on as a tag does.
 * What one search found holds for the next ones, so that a text full of such values is searched once.
 */
export class PlausibleQuotes {
  readonly #known = new Map<string, { readonly from: number; readonly at: number }>();

  constructor(private readonly text: string) {}

  /** The quote at or behind `from`, or -1 when there is none at all. */
  find(from: number, quote: string): number {
    const known = this.#known.get(quote);
    const holds = known && known.from <= from && (known.at < 0 || from <= known.at);
    const at = holds ? known.at : this.#search(from, quote);
    if (!holds) this.#known.set(quote, { from, at });
    return at >= 0 ? at : this.text.indexOf(quote, from);
  }

  #search(from: number, quote: string): number {
    const { text } = this;
    for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1))
      if (tagGoesOn.test(text.slice(at + 1, at + 80))) return at;
    return -1;
  }
}
