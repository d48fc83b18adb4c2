import { completion, type Code } from '../compile/code.js';
import type { Expression, Statement, TypeNode } from '../syntax/tree.js';
import type { Bound, BoundValue } from './bound.js';
import { bindStatement } from './bind-statements.js';
import type { BoundStatement } from './bound-statement.js';
import { handlers } from './handlers.js';
import { resolveType } from './bind-type.js';
import { applyConversion, classify } from './classify.js';
import { Declarations } from './declarations.js';
import { explicitConversion } from './conversion.js';
import { Jumps } from './jumps.js';
import { isSubtype } from './subtyping.js';
import { named } from './catalogue.js';
import { noType, nullType, typeName, voidType, type NetType } from './net-type.js';
import { ProblemLog } from './problem-log.js';
import { CompileError } from './problem.js';
import { Scope, type FunctionScope } from './symbols.js';
import { userConversion } from './user-conversion.js';

/** Turns syntax into bound nodes. One binder serves one expression; the files `bind-*.ts` hold the rules by construct. */
export class Binder {
  scope: Scope;
  /** Receivers of `?.` chains, innermost last. */
  readonly receivers: BoundValue[] = [];
  readonly declarations = new Declarations(this);
  readonly jumps = new Jumps();
  /** `typeof(List<>)` alone may leave type arguments out. */
  allowsOpenTypes = false;
  /** Members of the request and response that the expression reads. */
  readonly reads = { requestBody: false, responseBody: false, response: false };
  /** The mistakes of the statements that are bound. */
  readonly problems = new ProblemLog();
  /** Names of tuple elements by type key and name. */
  readonly tupleNames = new Map<string, number>();

  constructor(root: FunctionScope) {
    this.scope = new Scope(null, root);
  }

  get owner(): FunctionScope {
    return this.scope.owner;
  }

  /** Runs in a new scope (of another function, when given). */
  within<T>(
    run: (scope: Scope) => T,
    owner: FunctionScope = this.owner,
    parent: Scope = this.scope,
  ): T {
    const before = this.scope;
    this.scope = new Scope(parent, owner);
    try {
      return run(this.scope);
    } finally {
      this.scope = before;
    }
  }

  type(node: TypeNode): NetType {
    return resolveType(this, node);
  }

  /** Binds a statement; a mistake goes to `problems`, except in lambdas, which are bound more than once. */
  statement(node: Statement): BoundStatement {
    const { start, kind } = node;
    const receivers = this.receivers.length;
    try {
      return bindStatement(this, node);
    } catch (error) {
      if (!(error instanceof CompileError) || this.isInLambda()) throw error;
      this.problems.add(error, node);
      this.receivers.length = receivers;
      this.allowsOpenTypes = false;
      // Nothing runs: who compiles looks at the problems first.
      return { start, endsReachable: kind !== 'return', emit: () => () => completion.next };
    }
  }

  private isInLambda(): boolean {
    for (let owner: FunctionScope | null = this.owner; owner !== null; owner = owner.parent)
      if (this.isLambda(owner)) return true;
    return false;
  }

  /** Binds an expression that may be a type, namespace, method group or lambda. */
  bind(node: Expression): Bound {
    return (handlers[node.kind] as (binder: Binder, node: Expression) => Bound)(this, node);
  }

  /** Binds an expression that must have a value. */
  value(node: Expression): BoundValue {
    return this.asValue(this.bind(node));
  }

  asValue(bound: Bound): BoundValue {
    if (bound.kind === 'value') return bound;
    throw this.notAValue(bound);
  }

  notAValue(bound: Bound): CompileError {
    switch (bound.kind) {
      case 'type':
        return new CompileError(
          'CS0119',
          `'${typeName(bound.type)}' is a type, which is not valid in the given context`,
          bound.start,
        );
      case 'namespace':
        return new CompileError(
          'CS0118',
          `'${bound.name}' is a namespace but is used like a variable`,
          bound.start,
        );
      case 'methods':
        return new CompileError(
          'CS0428',
          `Cannot convert method group '${bound.name}' to a value. Did you intend to invoke the method?`,
          bound.start,
        );
      case 'lambda':
        return new CompileError(
          'CS1660',
          "Cannot convert lambda expression to type 'object' because it is not a delegate type",
          bound.start,
        );
      case 'value':
        return new CompileError('CS0119', 'not a value', bound.start);
    }
  }

  /** Converts implicitly, or throws what the C# compiler says. */
  convert(bound: Bound, to: NetType): BoundValue {
    const conversion = classify(bound, to);
    if (conversion === null) throw this.noConversion(bound, to);
    return applyConversion(bound, to, conversion);
  }

  noConversion(bound: Bound, to: NetType): CompileError {
    const target = typeName(to, true);
    if (bound.kind === 'lambda') return this.lambdaError(bound, to);
    if (bound.kind === 'methods')
      return new CompileError(
        'CS0123',
        `No overload for '${bound.name}' matches delegate '${target}'`,
        bound.start,
      );
    if (bound.kind !== 'value') return this.notAValue(bound);
    const { type, start } = bound;
    if (type === nullType)
      return new CompileError(
        'CS0037',
        `Cannot convert null to '${target}' because it is a non-nullable value type`,
        start,
      );
    if (type === noType)
      return new CompileError('CS8716', 'There is no target type for the default literal.', start);
    const source = typeName(type, true);
    if (
      bound.constant !== undefined &&
      typeof bound.constant.value === 'number' &&
      /^(int|long)$/.test(source) &&
      /^s?byte$|^u?short$|^u?int$|^u?long$/.test(target)
    ) {
      return new CompileError(
        'CS0031',
        `Constant value '${bound.constant.value}' cannot be converted to a '${target}'`,
        start,
      );
    }
    const exists =
      type !== voidType &&
      (explicitConversion(type, to, false) !== null || this.hasUserCast(bound, to));
    return exists
      ? new CompileError(
          'CS0266',
          `Cannot implicitly convert type '${source}' to '${target}'. An explicit conversion exists (are you missing a cast?)`,
          start,
        )
      : new CompileError(
          'CS0029',
          `Cannot implicitly convert type '${source}' to '${target}'`,
          start,
        );
  }

  private hasUserCast(bound: BoundValue, to: NetType): boolean {
    try {
      return userConversion(bound, to, 'explicit') !== null;
    } catch {
      return true;
    }
  }

  private lambdaError(bound: Extract<Bound, { kind: 'lambda' }>, to: NetType): CompileError {
    const delegate = to.kind === 'named' ? to.definition.delegate : null;
    if (delegate === null)
      return new CompileError(
        'CS1660',
        `Cannot convert lambda expression to type '${typeName(to)}' because it is not a delegate type`,
        bound.start,
      );
    return this.declarations.lambdaMismatch(bound, to);
  }

  isLambda(owner: FunctionScope): boolean {
    return owner.parent !== null && !owner.isNamed;
  }

  isException(type: NetType): boolean {
    return isSubtype(type, named('System.Exception'));
  }

  /** A condition. */
  condition(node: Expression): BoundValue {
    return this.convert(this.bind(node), this.declarations.bool);
  }

  /** A temporary slot of the current function. */
  temporary(type: NetType, start: number): { readonly slot: number; readonly value: BoundValue } {
    const slot = this.owner.allocate();
    const read: Code = (frame) => frame.slots[slot];
    return { slot, value: { kind: 'value', type, start, emit: () => read } };
  }
}
