/**
 * The offset of the first mistake in a text that `JSON.parse` has refused; its message does not
 * always tell. The text's length when it ends too early.
 */
export function jsonErrorOffset(text: string): number {
  const scanner = new JsonScanner(text);
  scanner.value();
  return scanner.failed ?? scanner.end();
}

class JsonScanner {
  #at = 0;
  /** Where the first mistake is. */
  failed: number | undefined;

  constructor(private readonly text: string) {}

  /** What stands behind the value is a mistake. */
  end(): number {
    this.#blank();
    return this.#at;
  }

  value(): void {
    this.#blank();
    const first = this.text[this.#at];
    if (first === '{') this.#list('}', () => this.#member());
    else if (first === '[') this.#list(']', () => this.value());
    else if (
      !this.#token(
        /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy,
      )
    )
      this.#fail();
  }

  #member(): void {
    this.#blank();
    if (!this.#token(/"(?:[^"\\\p{Cc}]|\\.)*"/uy)) return this.#fail();
    this.#blank();
    if (!this.#token(/:/y)) return this.#fail();
    this.value();
  }

  #list(close: string, item: () => void): void {
    this.#at++;
    this.#blank();
    if (this.text[this.#at] === close) {
      this.#at++;
      return;
    }
    while (this.failed === undefined) {
      item();
      this.#blank();
      const next = this.text[this.#at];
      if (next === close && this.failed === undefined) {
        this.#at++;
        return;
      }
      if (next !== ',') return this.#fail();
      this.#at++;
    }
  }

  #token(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text);
    if (match) this.#at = pattern.lastIndex;
    return match !== null;
  }

  #blank(): void {
    this.#token(/[ \t\r\n]*/y);
  }

  #fail(): void {
    this.failed ??= this.#at;
  }
}
