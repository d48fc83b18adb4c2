import type {
  Argument,
  Expression,
  ExpressionOf,
  ParameterNode,
  TypeNode,
} from '../syntax/tree.js';
import type { QueryClause } from '../syntax/tree-parts.js';
import type { Binder } from './binder.js';
import type { Bound } from './bound.js';

/** A query expression: rewritten to method calls (C# 7.3, 7.16.2) and bound as such. */
export function bindQuery(binder: Binder, node: ExpressionOf<'query'>): Bound {
  return binder.bind(new Rewriter(node).rewrite());
}

type Names = ReadonlyMap<string, Expression>;

/**
 * Range variables after the first travel in nested anonymous objects; `names` maps each to the member access that reads
 * it from the lambda parameter.
 */
class Rewriter {
  private source!: Expression;
  private parameter = '';
  private names: Names = new Map();
  private count = 0;

  constructor(private readonly node: ExpressionOf<'query'>) {}

  rewrite(): Expression {
    const { clauses } = this.node;
    clauses.forEach((clause, i) => this.clause(clause, clauses[i + 1]));
    return this.source;
  }

  private clause(clause: QueryClause, next: QueryClause | undefined): void {
    switch (clause.kind) {
      case 'from':
        if (this.parameter === '') this.begin(clause.name, cast(clause.source, clause.type));
        else this.selectMany(clause, next);
        break;
      case 'let':
        this.extend(clause.name, clause.value);
        break;
      case 'where':
        this.source = call(this.source, 'Where', [this.lambda(clause.test)]);
        break;
      case 'join':
        this.join(clause);
        break;
      case 'orderby':
        clause.keys.forEach(({ key, descending }, i) => {
          this.source = call(
            this.source,
            `${i === 0 ? 'OrderBy' : 'ThenBy'}${descending ? 'Descending' : ''}`,
            [this.lambda(key)],
          );
        });
        break;
      case 'select': {
        // `from x in e select x` alone still makes a sequence of its own.
        const isIdentity = clause.value.kind === 'name' && clause.value.name === this.parameter;
        if (!isIdentity || this.node.clauses.length === 2)
          this.source = call(this.source, 'Select', [this.lambda(clause.value)]);
        break;
      }
      case 'group':
        this.group(clause);
        break;
      case 'into':
        this.begin(clause.name, this.source);
        break;
    }
  }

  private begin(name: string, source: Expression): void {
    this.source = source;
    this.parameter = name;
    this.names = new Map();
  }

  private group(clause: Extract<QueryClause, { kind: 'group' }>): void {
    const isSelf = clause.value.kind === 'name' && clause.value.name === this.parameter;
    const args = [this.lambda(clause.by)];
    if (!isSelf) args.push(this.lambda(clause.value));
    this.source = call(this.source, 'GroupBy', args);
  }

  private lambda(body: Expression): Expression {
    return lambda([this.parameter], rename(body, this.names));
  }

  /** A new parameter that holds the old one and the new variable. */
  private carry(name: string): { readonly result: Expression; readonly adopt: () => void } {
    const start = this.node.start;
    const old = this.parameter;
    const fresh = `$t${this.count}`;
    this.count += 1;
    const result: Expression = {
      kind: 'newAnonymous',
      start,
      members: [
        { name: `$p`, value: variable(old, start) },
        { name, value: variable(name, start) },
      ],
    };
    const adopt = (): void => {
      const outer = member(variable(fresh, start), '$p');
      const names = new Map<string, Expression>();
      for (const [n, e] of this.names) names.set(n, rename(e, new Map([[old, outer]])));
      if (!old.startsWith('$t')) names.set(old, outer);
      names.set(name, member(variable(fresh, start), name));
      this.parameter = fresh;
      this.names = names;
    };
    return { result, adopt };
  }

  private extend(name: string, value: Expression): void {
    const { result, adopt } = this.carry(name);
    const renamed = rename(value, this.names);
    const object =
      result.kind === 'newAnonymous'
        ? { ...result, members: [result.members[0]!, { name, value: renamed }] }
        : result;
    this.source = call(this.source, 'Select', [lambda([this.parameter], object)]);
    adopt();
  }

  private selectMany(
    clause: Extract<QueryClause, { kind: 'from' }>,
    _next: QueryClause | undefined,
  ): void {
    const { result, adopt } = this.carry(clause.name);
    const inner = this.lambda(cast(clause.source, clause.type));
    this.source = call(this.source, 'SelectMany', [
      inner,
      lambda([this.parameter, clause.name], result),
    ]);
    adopt();
  }

  private join(clause: Extract<QueryClause, { kind: 'join' }>): void {
    const name = clause.into ?? clause.name;
    const { result, adopt } = this.carry(name);
    this.source = call(this.source, clause.into === null ? 'Join' : 'GroupJoin', [
      cast(clause.source, clause.type),
      this.lambda(clause.on),
      lambda([clause.name], clause.equals),
      lambda([this.parameter, name], result),
    ]);
    adopt();
  }
}

function variable(name: string, start: number): Expression {
  return { kind: 'name', name, args: null, verbatim: false, start };
}

function member(target: Expression, name: string): Expression {
  return { kind: 'member', target, name, args: null, start: target.start };
}

function call(target: Expression, name: string, args: readonly Expression[]): Expression {
  const list: Argument[] = args.map((value) => ({
    name: null,
    mode: 'value',
    value,
    start: value.start,
  }));
  return { kind: 'invoke', target: member(target, name), args: list, start: target.start };
}

function cast(source: Expression, type: TypeNode | null): Expression {
  if (type === null) return source;
  return {
    kind: 'invoke',
    target: { kind: 'member', target: source, name: 'Cast', args: [type], start: source.start },
    args: [],
    start: source.start,
  };
}

function lambda(names: readonly string[], body: Expression): Expression {
  const parameters: ParameterNode[] = names.map((name) => ({
    name,
    type: null,
    mode: 'value',
    initial: null,
    start: body.start,
  }));
  return { kind: 'lambda', parameters, body, start: body.start };
}

/** Replaces names in a copy of a syntax tree. */
function rename<T>(node: T, names: Names): T {
  if (names.size === 0 || typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((n) => rename(n as unknown, names)) as T;
  const tree = node as unknown as Expression;
  if (tree.kind === 'name') return (names.get(tree.name) ?? tree) as T;
  return Object.fromEntries(
    Object.entries(node).map(([k, v]) => [k, rename(v as unknown, names)]),
  ) as T;
}
