/** A JSON value that keeps what tokens need: the text of numbers and of whole values. */
export type StrictJson =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly raw: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly items: readonly StrictJson[]; readonly raw: string }
  | {
      readonly kind: 'object';
      /** Of duplicate names the last value counts, at the place of the first. */
      readonly members: ReadonlyMap<string, StrictJson>;
      readonly raw: string;
      /** Whether a name stands twice in it. */
      readonly repeats: boolean;
    };

const maxDepth = 64;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const escapes: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Parses JSON by RFC 8259 alone, as System.Text.Json does; undefined if it is not that. */
export function parseStrictJson(text: string): StrictJson | undefined {
  const reader = new StrictReader(text);
  try {
    return reader.document();
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class NotJson extends Error {}

class StrictReader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): StrictJson {
    const value = this.value(0);
    this.skipBlanks();
    if (this.at < this.text.length) throw new NotJson();
    return value;
  }

  private value(depth: number): StrictJson {
    this.skipBlanks();
    const char = this.text.charAt(this.at);
    if (char === '{' || char === '[') {
      if (depth >= maxDepth) throw new NotJson();
      return char === '{' ? this.object(depth + 1) : this.array(depth + 1);
    }
    if (char === '"') return { kind: 'string', value: this.string() };
    if (this.take('true')) return { kind: 'boolean', value: true };
    if (this.take('false')) return { kind: 'boolean', value: false };
    if (this.take('null')) return { kind: 'null' };
    return { kind: 'number', raw: this.match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y) };
  }

  private object(depth: number): StrictJson {
    const start = this.at++;
    const members = new Map<string, StrictJson>();
    let count = 0;
    this.skipBlanks();
    if (!this.take('}'))
      for (;;) {
        this.skipBlanks();
        const name = this.string();
        this.skipBlanks();
        if (!this.take(':')) throw new NotJson();
        members.set(name, this.value(depth));
        count++;
        this.skipBlanks();
        if (this.take('}')) break;
        if (!this.take(',')) throw new NotJson();
      }
    const raw = this.text.slice(start, this.at);
    return { kind: 'object', members, raw, repeats: count > members.size };
  }

  private array(depth: number): StrictJson {
    const start = this.at++;
    const items: StrictJson[] = [];
    this.skipBlanks();
    if (!this.take(']'))
      for (;;) {
        items.push(this.value(depth));
        this.skipBlanks();
        if (this.take(']')) break;
        if (!this.take(',')) throw new NotJson();
      }
    return { kind: 'array', items, raw: this.text.slice(start, this.at) };
  }

  private string(): string {
    // oxlint-disable-next-line no-control-regex
    const raw = this.match(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
    const value = raw
      .slice(1, -1)
      .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, char: string) =>
        hex === undefined ? escapes[char]! : String.fromCharCode(Number.parseInt(hex, 16)),
      );
    // A surrogate without partner is no text.
    if (loneSurrogate.test(value)) throw new NotJson();
    return value;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw new NotJson();
    this.at += found.length;
    return found;
  }

  private take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private skipBlanks(): void {
    while (' \t\r\n'.includes(this.text.charAt(this.at)) && this.at < this.text.length) this.at++;
  }
}
