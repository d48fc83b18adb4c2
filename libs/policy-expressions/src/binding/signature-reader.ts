import {
  arrayType,
  dynamicType,
  namedType,
  typeParameter,
  voidType,
  type NetType,
  type TypeParameter,
} from './net-type.js';
import type { Parameter, TypeDefinition } from './type-definition.js';

/** Finds a type by simple or full name and number of type arguments. */
export type FindType = (name: string, arity: number) => TypeDefinition | undefined;

/** Reads the C# signatures of the member tables. Tables are ours: a mistake in one throws a plain Error. */
export class SignatureReader {
  private readonly tokens: readonly string[];
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly find: FindType,
    private readonly scope: ReadonlyMap<string, NetType>,
  ) {
    this.tokens =
      text.match(
        /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)'|-?\d[\d.]*[a-zA-Z]*|[\w]+|==|!=|<=|>=|<<|>>(?=\()|\+\+|--|[^\s\w]/g,
      ) ?? [];
  }

  get current(): string {
    return this.tokens[this.position] ?? '';
  }

  peek(ahead: number): string {
    return this.tokens[this.position + ahead] ?? '';
  }

  advance(): string {
    const token = this.current;
    this.position += 1;
    return token;
  }

  accept(token: string): boolean {
    if (this.current !== token) return false;
    this.position += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token))
      throw new Error(
        `'${token}' expected, '${this.current}' found in the signature "${this.text}"`,
      );
  }

  withScope(extra: readonly TypeParameter[]): SignatureReader {
    const scope = new Map<string, NetType>([
      ...this.scope,
      ...extra.map((p) => [p.name, p] as const),
    ]);
    const reader = new SignatureReader(this.text, this.find, scope);
    reader.position = this.position;
    return reader;
  }

  type(): NetType {
    let type = this.current === '(' ? this.tuple() : this.named();
    for (;;) {
      if (this.current === '?') {
        this.advance();
        type = namedType(this.definition('Nullable', 1), [type]);
      } else if (this.current === '[' && (this.peek(1) === ']' || this.peek(1) === ',')) {
        this.advance();
        let rank = 1;
        while (this.accept(',')) rank += 1;
        this.expect(']');
        type = arrayType(type, rank);
      } else return type;
    }
  }

  private tuple(): NetType {
    this.expect('(');
    const types = [this.type()];
    while (this.accept(',')) types.push(this.type());
    this.expect(')');
    return namedType(this.definition('ValueTuple', types.length), types);
  }

  private named(): NetType {
    let name = this.advance();
    while (this.current === '.') {
      this.advance();
      name += `.${this.advance()}`;
    }
    if (name === 'void') return voidType;
    if (name === 'dynamic') return dynamicType;
    const bound = this.scope.get(name);
    if (bound !== undefined) return bound;
    const args: NetType[] = [];
    if (this.accept('<')) {
      do args.push(this.type());
      while (this.accept(','));
      this.expect('>');
    }
    return namedType(this.definition(name, args.length), args);
  }

  private definition(name: string, arity: number): TypeDefinition {
    const definition = this.find(name, arity);
    if (definition === undefined)
      throw new Error(`Unknown type '${name}' in the signature "${this.text}"`);
    return definition;
  }

  /** `<in T, out U>`. */
  typeParameters(): TypeParameter[] {
    const parameters: TypeParameter[] = [];
    if (!this.accept('<')) return parameters;
    do {
      const variance =
        this.current === 'in' || this.current === 'out' ? (this.advance() as 'in' | 'out') : 'none';
      parameters.push(typeParameter(this.advance(), variance));
    } while (this.accept(','));
    this.expect('>');
    return parameters;
  }

  /** Parameters up to `close`; the opening bracket has been read. */
  parameters(close: string): { parameters: Parameter[]; isExtension: boolean } {
    const parameters: Parameter[] = [];
    const isExtension = this.accept('this');
    while (this.current !== close) {
      if (parameters.length > 0) this.expect(',');
      const mode = ['ref', 'out', 'in', 'params'].includes(this.current)
        ? (this.advance() as Parameter['mode'])
        : 'value';
      const type = this.type();
      const name = this.advance();
      const optional = this.accept('=');
      parameters.push({
        name,
        type,
        mode,
        optional,
        initial: optional ? this.initial(type) : undefined,
      });
    }
    this.expect(close);
    return { parameters, isExtension };
  }

  /** The value after `=`: a literal, `default` or an enum member. */
  private initial(type: NetType): unknown {
    const token = this.advance();
    if (token === 'null') return null;
    if (token === 'default') return undefined;
    if (token === 'true' || token === 'false') return token === 'true';
    if (token.startsWith('"')) return JSON.parse(token);
    if (token.startsWith("'")) return token.charCodeAt(1);
    if (this.accept('.')) {
      const member = this.advance();
      const value = this.definition(token, 0).enumeration?.values[member];
      if (value === undefined)
        throw new Error(`Unknown enum member '${token}.${member}' in "${this.text}"`);
      return value;
    }
    const isLong = type.kind === 'named' && /^System\.U?Int64$/.test(type.definition.fullName);
    return isLong ? BigInt(token) : Number(token);
  }

  /** `where T : struct, new() where U : class`: sets the constraints of the parameters. */
  constraints(parameters: readonly TypeParameter[]): void {
    while (this.accept('where')) {
      const name = this.advance();
      this.expect(':');
      const words: string[] = [];
      const bounds: NetType[] = [];
      do {
        if (['class', 'struct', 'new'].includes(this.current)) {
          words.push(this.advance());
          if (this.accept('(')) this.expect(')');
        } else bounds.push(this.type());
      } while (this.accept(','));
      const parameter = parameters.find((p) => p.name === name);
      if (parameter !== undefined) {
        parameter.constraints = words;
        parameter.bounds = bounds;
      }
    }
  }
}
