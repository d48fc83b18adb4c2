/** The selections of a GraphQL document, as far as validation needs them (GraphQL specification, October 2021). */

export interface GraphqlField {
  readonly name: string;
  readonly selections: readonly GraphqlSelection[];
}

export type GraphqlSelection =
  | { readonly kind: 'field'; readonly field: GraphqlField }
  | { readonly kind: 'spread'; readonly fragment: string }
  | { readonly kind: 'inline'; readonly selections: readonly GraphqlSelection[] };

export interface GraphqlOperation {
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly name: string | undefined;
  readonly selections: readonly GraphqlSelection[];
}

export interface GraphqlDocument {
  readonly operations: readonly GraphqlOperation[];
  readonly fragments: ReadonlyMap<string, readonly GraphqlSelection[]>;
}

/** The document is no GraphQL. */
export class GraphqlSyntaxError extends Error {
  override readonly name = 'GraphqlSyntaxError';
}

const token =
  /[\s,\uFEFF]+|#[^\n\r]*|(\.\.\.|[!$&()=@[\]{}|:])|([A-Za-z_]\w*)|("""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n\r])*"|-?\d[\d.eE+-]*)/y;

/** Nesting beyond this is refused before anything else is looked at. */
const deepest = 200;

/** Parses an executable document. Throws GraphqlSyntaxError. */
export function parseGraphql(text: string): GraphqlDocument {
  return new Parser(tokensOf(text)).document();
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) throw new GraphqlSyntaxError(`Syntax Error: Unexpected character at ${at}.`);
    const found = match[1] ?? match[2] ?? match[3];
    if (found !== undefined) tokens.push(found);
  }
  return tokens;
}

class Parser {
  #at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  document(): GraphqlDocument {
    const operations: GraphqlOperation[] = [];
    const fragments = new Map<string, readonly GraphqlSelection[]>();
    while (this.#at < this.tokens.length) {
      const word = this.#peek();
      if (word === 'fragment') {
        this.#at++;
        const name = this.#name();
        this.#expect('on');
        this.#name();
        this.#directives();
        fragments.set(name, this.#selections(0));
      } else operations.push(this.#operation());
    }
    if (operations.length === 0)
      throw new GraphqlSyntaxError('Syntax Error: The document has no operation.');
    return { operations, fragments };
  }

  #operation(): GraphqlOperation {
    if (this.#peek() === '{')
      return { type: 'query', name: undefined, selections: this.#selections(0) };
    const type = this.#name();
    if (type !== 'query' && type !== 'mutation' && type !== 'subscription')
      throw new GraphqlSyntaxError(`Syntax Error: Unexpected Name "${type}".`);
    const name = /^[A-Za-z_]/.test(this.#peek() ?? '') ? this.#name() : undefined;
    if (this.#peek() === '(') this.#balanced('(', ')');
    this.#directives();
    return { type, name, selections: this.#selections(0) };
  }

  #selections(depth: number): GraphqlSelection[] {
    if (depth > deepest) throw new GraphqlSyntaxError('The query is nested too deeply.');
    this.#expect('{');
    const selections: GraphqlSelection[] = [];
    while (this.#peek() !== '}')
      selections.push(this.#peek() === '...' ? this.#spread(depth) : this.#field(depth));
    this.#at++;
    if (selections.length === 0)
      throw new GraphqlSyntaxError('Syntax Error: Expected Name, found "}".');
    return selections;
  }

  #field(depth: number): GraphqlSelection {
    let name = this.#name();
    if (this.#peek() === ':') {
      this.#at++;
      name = this.#name();
    }
    if (this.#peek() === '(') this.#balanced('(', ')');
    this.#directives();
    return {
      kind: 'field',
      field: { name, selections: this.#peek() === '{' ? this.#selections(depth + 1) : [] },
    };
  }

  #spread(depth: number): GraphqlSelection {
    this.#at++;
    const word = this.#peek();
    if (word !== 'on' && /^[A-Za-z_]/.test(word ?? '')) {
      const fragment = this.#name();
      this.#directives();
      return { kind: 'spread', fragment };
    }
    if (word === 'on') {
      this.#at++;
      this.#name();
    }
    this.#directives();
    return { kind: 'inline', selections: this.#selections(depth + 1) };
  }

  #directives(): void {
    while (this.#peek() === '@') {
      this.#at++;
      this.#name();
      if (this.#peek() === '(') this.#balanced('(', ')');
    }
  }

  #balanced(open: string, close: string): void {
    let depth = 0;
    do {
      const word = this.#next();
      if (word === open) depth++;
      if (word === close) depth--;
    } while (depth > 0);
  }

  #peek(): string | undefined {
    return this.tokens[this.#at];
  }

  #next(): string {
    const word = this.tokens[this.#at++];
    if (word === undefined) throw new GraphqlSyntaxError('Syntax Error: Unexpected <EOF>.');
    return word;
  }

  #name(): string {
    const word = this.#next();
    if (!/^[A-Za-z_]/.test(word))
      throw new GraphqlSyntaxError(`Syntax Error: Expected Name, found "${word}".`);
    return word;
  }

  #expect(wanted: string): void {
    const word = this.#next();
    if (word !== wanted)
      throw new GraphqlSyntaxError(`Syntax Error: Expected "${wanted}", found "${word}".`);
  }
}
