import type { Code } from '../compile/code.js';
import type { Expression, Statement, TypeNode } from '../syntax/tree.js';
import type { Bound, BoundValue } from './bound.js';
import { bindArrayInitializer, bindImplicitArray, bindNewArray } from './bind-arrays.js';
import { bindAnonymous, bindNew } from './bind-creation.js';
import { bindAs, bindCast, bindChecked, bindDefault, bindSizeof, bindTypeof } from './bind-casts.js';
import { bindIs } from './bind-patterns.js';
import { bindAssign } from './bind-assign.js';
import { bindBinary } from './bind-binary.js';
import { bindConditional, bindThrow } from './bind-conditional.js';
import { bindInvoke } from './bind-call.js';
import { bindElement } from './bind-element.js';
import { bindLambda } from './bind-lambda.js';
import { bindInterpolated, bindNumber, literalValue } from './bind-literals.js';
import { bindConditionalAccess, bindMember, bindName } from './bind-names.js';
import { bindQuery } from './bind-query.js';
import { bindStatement, type BoundStatement } from './bind-statements.js';
import { bindTuple } from './bind-tuples.js';
import { bindPostfix, bindUnary } from './bind-unary.js';
import { resolveType } from './bind-type.js';
import { applyConversion, classify } from './classify.js';
import { Declarations } from './declarations.js';
import { explicitConversion } from './conversion.js';
import { Jumps } from './jumps.js';
import { isSubtype } from './subtyping.js';
import { named } from './catalogue.js';
import { noType, nullType, typeName, voidType, type NetType } from './net-type.js';
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
  /** Members of the request and response that the expression reads. */
  readonly reads = { requestBody: false, responseBody: false, response: false };
  /** Names of tuple elements by type key and name. */
  readonly tupleNames = new Map<string, number>();

  constructor(root: FunctionScope) {
    this.scope = new Scope(null, root);
  }

  get owner(): FunctionScope {
    return this.scope.owner;
  }

  /** Runs in a new scope (of another function, when given). */
  within<T>(run: (scope: Scope) => T, owner: FunctionScope = this.owner, parent: Scope = this.scope): T {
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

  statement(node: Statement): BoundStatement {
    return bindStatement(this, node);
  }

  /** Binds an expression that may be a type, namespace, method group or lambda. */
  bind(node: Expression): Bound {
    switch (node.kind) {
      case 'number':
        return bindNumber(node);
      case 'string':
      case 'char':
      case 'bool':
      case 'null':
        return literalValue(node);
      case 'interpolated':
        return bindInterpolated(this, node);
      case 'name':
        return bindName(this, node);
      case 'predefined':
        return { kind: 'type', type: this.type(node.type), start: node.start };
      case 'member':
        return bindMember(this, node);
      case 'conditionalAccess':
        return bindConditionalAccess(this, node);
      case 'receiver':
        return this.receivers.at(-1)!;
      case 'invoke':
        return bindInvoke(this, node);
      case 'element':
        return bindElement(this, node);
      case 'parenthesized':
        return this.parenthesized(node.operand);
      case 'lambda':
        return bindLambda(this, node);
      default:
        return this.bindOperator(node);
    }
  }

  private parenthesized(operand: Expression): Bound {
    const bound = this.bind(operand);
    if (bound.kind === 'type' || bound.kind === 'namespace') throw this.notAValue(bound);
    return bound;
  }

  private bindOperator(node: Exclude<Expression, { kind: 'number' | 'string' | 'char' | 'bool' | 'null' | 'interpolated' | 'name' | 'predefined' | 'member' | 'conditionalAccess' | 'receiver' | 'invoke' | 'element' | 'parenthesized' | 'lambda' }>): Bound {
    switch (node.kind) {
      case 'unary':
        return bindUnary(this, node);
      case 'postfix':
        return bindPostfix(this, node);
      case 'binary':
        return bindBinary(this, node);
      case 'assign':
        return bindAssign(this, node);
      case 'conditional':
        return bindConditional(this, node);
      case 'cast':
        return bindCast(this, node);
      case 'as':
        return bindAs(this, node);
      case 'is':
        return bindIs(this, node);
      case 'typeof':
        return bindTypeof(this, node);
      case 'sizeof':
        return bindSizeof(this, node);
      case 'default':
        return bindDefault(this, node);
      case 'checked':
        return bindChecked(this, node);
      case 'new':
        return bindNew(this, node);
      case 'newArray':
        return bindNewArray(this, node);
      case 'newImplicitArray':
        return bindImplicitArray(this, node);
      case 'arrayInitializer':
        return bindArrayInitializer(this, node);
      case 'newAnonymous':
        return bindAnonymous(this, node);
      case 'query':
        return bindQuery(this, node);
      case 'tuple':
        return bindTuple(this, node);
      case 'throw':
        return bindThrow(this, node);
      case 'declaration':
        throw new CompileError('CS8185', 'A declaration is not allowed in this context.', node.start);
      case 'ref':
        throw new CompileError('CS1525', "Invalid expression term 'ref'", node.start);
    }
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
        return new CompileError('CS0119', `'${typeName(bound.type)}' is a type, which is not valid in the given context`, bound.start);
      case 'namespace':
        return new CompileError('CS0118', `'${bound.name}' is a namespace but is used like a variable`, bound.start);
      case 'methods':
        return new CompileError('CS0428', `Cannot convert method group '${bound.name}' to a value. Did you intend to invoke the method?`, bound.start);
      case 'lambda':
        return new CompileError('CS1660', "Cannot convert lambda expression to type 'object' because it is not a delegate type", bound.start);
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
    if (bound.kind === 'methods') return new CompileError('CS0123', `No overload for '${bound.name}' matches delegate '${target}'`, bound.start);
    if (bound.kind !== 'value') return this.notAValue(bound);
    const { type, start } = bound;
    if (type === nullType) return new CompileError('CS0037', `Cannot convert null to '${target}' because it is a non-nullable value type`, start);
    if (type === noType) return new CompileError('CS8716', 'There is no target type for the default literal.', start);
    const source = typeName(type, true);
    if (bound.constant !== undefined && typeof bound.constant.value === 'number' && /^(int|long)$/.test(source) && /^s?byte$|^u?short$|^u?int$|^u?long$/.test(target)) {
      return new CompileError('CS0031', `Constant value '${bound.constant.value}' cannot be converted to a '${target}'`, start);
    }
    const exists = type !== voidType && (explicitConversion(type, to, false) !== null || this.hasUserCast(bound, to));
    return exists
      ? new CompileError('CS0266', `Cannot implicitly convert type '${source}' to '${target}'. An explicit conversion exists (are you missing a cast?)`, start)
      : new CompileError('CS0029', `Cannot implicitly convert type '${source}' to '${target}'`, start);
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
    if (delegate === null) return new CompileError('CS1660', `Cannot convert lambda expression to type '${typeName(to)}' because it is not a delegate type`, bound.start);
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
