/** What the expressions of policy templates read. */
export interface ExpressionInput {
  readonly connectionParameters: Readonly<Record<string, string>>;
  readonly queries: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Values of the operation's path, decoded. */
  readonly pathValues: Readonly<Record<string, string>>;
  /** Parsed JSON of the section. */
  readonly body?: unknown;
  /** The element of the collection that is worked on. */
  readonly item?: unknown;
}

/** A parameter of a policy template: a text with expressions in it, or one expression that keeps its type. */
export type Evaluate = (input: ExpressionInput) => unknown;

type Functions = Readonly<
  Record<string, (args: readonly unknown[], input: ExpressionInput) => unknown>
>;

const functions: Functions = {
  connectionparameters: ([name, fallback], input) =>
    own(input.connectionParameters, textOf(name)) ?? fallback ?? null,
  queryparameters: ([name, fallback], input) => input.queries.get(textOf(name)) ?? fallback ?? null,
  headers: ([name, fallback], input) =>
    own(input.headers, textOf(name).toLowerCase()) ?? fallback ?? null,
  body: (_, input) => input.body ?? null,
  triggerbody: (_, input) => input.body ?? null,
  item: (_, input) => input.item ?? null,
  concat: (args) => args.map(textOf).join(''),
  base64: ([value]) => Buffer.from(textOf(value)).toString('base64'),
  tolower: ([value]) => textOf(value).toLowerCase(),
  toupper: ([value]) => textOf(value).toUpperCase(),
  replace: ([value, from, to]) => textOf(value).replaceAll(textOf(from), () => textOf(to)),
  equals: ([left, right]) => left === right,
  empty: ([value]) => value === null || textOf(value) === '',
  if: ([condition, yes, no]) => (condition === true ? yes : no),
  coalesce: (args) => args.find((value) => value !== null && value !== undefined) ?? null,
};

function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** As it stands in a text: null is empty, objects and arrays are JSON. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A member of an object, or an item of an array; null where there is none. */
export function memberOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? (value[key] ?? null) : null;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
  return (value as Record<string, unknown>)[key];
}

/**
 * Reads a parameter of a policy template: `@body().a['b'][0]`, `@{headers('x')}`, `{@body()['x']}`, also in the midst
 * of a text. @throws Error that names an expression which cannot be read
 */
export function compileTemplate(template: string): Evaluate {
  const parts = new TemplateReader(template).parts();
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'function') return only;
  return (input) =>
    parts.map((part) => (typeof part === 'string' ? part : textOf(part(input)))).join('');
}

/** The keys of a path such as `a.b['c d'][0]`. @throws Error of what is no path */
export function pathKeys(path: string): readonly (string | number)[] {
  const reader = new TemplateReader(path.startsWith('[') ? path : `.${path}`);
  const keys = reader.accessors();
  if (!reader.isAtEnd || keys.length === 0)
    throw new Error(`connector properties: '${path}' is not the path of a property`);
  return keys;
}

class TemplateReader {
  private at = 0;

  constructor(private readonly text: string) {}

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  parts(): (string | Evaluate)[] {
    const parts: (string | Evaluate)[] = [];
    while (!this.isAtEnd) {
      const opening = this.take(/@\{|\{@|@(?=\w+\()/y);
      if (opening === undefined) {
        const literal = this.take(/[^@{]+|[\s\S]/y) as string;
        if (typeof parts.at(-1) === 'string') parts.push(`${parts.pop() as string}${literal}`);
        else parts.push(literal);
        continue;
      }
      parts.push(this.expression());
      if (opening !== '@' && this.take(/\s*\}/y) === undefined) throw this.wrong();
    }
    return parts;
  }

  accessors(): (string | number)[] {
    const keys: (string | number)[] = [];
    for (;;) {
      const name = this.take(/\?{0,1}\.[\w$@-]+/y);
      if (name !== undefined) keys.push(name.replace(/^\??\./, ''));
      else if (this.take(/\?{0,1}\[\s*/y) === undefined) return keys;
      else {
        keys.push(this.literal());
        if (this.take(/\s*\]/y) === undefined) throw this.wrong();
      }
    }
  }

  private expression(): Evaluate {
    this.take(/\s+/y);
    if (/['\d-]/.test(this.text[this.at] ?? '')) {
      const value = this.literal();
      return () => value;
    }
    const name = this.take(/\w+\s*\(/y)?.replace(/\s*\($/, '') ?? '';
    const apply = functions[name.toLowerCase()];
    if (!apply || !Object.hasOwn(functions, name.toLowerCase())) throw this.wrong();
    const args = this.args();
    const keys = this.accessors();
    return (input) =>
      keys.reduce(
        memberOf,
        apply(
          args.map((argument) => argument(input)),
          input,
        ),
      );
  }

  private args(): readonly Evaluate[] {
    const args: Evaluate[] = [];
    if (this.take(/\s*\)/y) !== undefined) return args;
    for (;;) {
      args.push(this.expression());
      if (this.take(/\s*\)/y) !== undefined) return args;
      if (this.take(/\s*,/y) === undefined) throw this.wrong();
    }
  }

  private literal(): string | number {
    const quoted = this.take(/'(?:[^']|'')*'/y);
    if (quoted !== undefined) return quoted.slice(1, -1).replaceAll("''", "'");
    const number = this.take(/-?\d+(?:\.\d+)?/y);
    if (number === undefined) throw this.wrong();
    return Number(number);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private wrong(): Error {
    return new Error(
      `connector properties: the expression '${this.text}' cannot be read at position ${this.at + 1}`,
    );
  }
}
