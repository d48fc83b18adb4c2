import { emitFunction } from '../compile/functions.js';
import type { ExpressionOf, LambdaNode } from '../syntax/tree.js';
import { bestCommonType } from './best-type.js';
import type { Binder } from './binder.js';
import type { Bound, BoundLambda, BoundValue, LambdaBody } from './bound.js';
import { applyConversion, classify } from './classify.js';
import { noType, voidType, type NetType } from './net-type.js';
import { CompileError } from './problem.js';
import { FunctionScope, LocalSymbol, Scope } from './symbols.js';
import type { BoundStatement } from './bound-statement.js';
import { findYield } from './find-yield.js';

interface Attempt {
  readonly owner: FunctionScope;
  readonly parameters: readonly LocalSymbol[];
  readonly values: readonly Bound[];
  readonly expression: Bound | null;
  readonly block: BoundStatement | null;
  readonly scope: Scope;
  readonly error: Error | null;
  /** The body may stand as a statement: only then it fits a delegate that returns nothing. */
  readonly isStatement: boolean;
  /** The inferred return type. */
  readonly inferred: NetType | null;
}

/** A lambda: its body is bound once for each list of parameter types. */
export function bindLambda(binder: Binder, node: ExpressionOf<'lambda'>): BoundLambda {
  const { scope } = binder;
  const attempts = new Map<string, Attempt>();
  const typed =
    node.parameters !== null &&
    node.parameters.length > 0 &&
    node.parameters.every((p) => p.type !== null);
  const explicitTypes = typed ? node.parameters!.map((p) => binder.type(p.type!)) : null;
  return {
    kind: 'lambda',
    node,
    start: node.start,
    explicitTypes,
    arity: node.parameters === null ? null : node.parameters.length,
    bind: (types, returns) => {
      const key = types.map((t) => t.key).join(';');
      let attempt = attempts.get(key);
      if (attempt === undefined) {
        attempt = attemptBody(binder, { node, scope, types });
        attempts.set(key, attempt);
      }
      return finish(binder, attempt, returns);
    },
  };
}

interface BodyUse {
  readonly node: LambdaNode;
  readonly scope: Scope;
  readonly types: readonly NetType[];
}

function declareParameters(
  binder: Binder,
  node: LambdaNode,
  types: readonly NetType[],
): LocalSymbol[] {
  const { owner } = binder;
  if (node.parameters === null) return types.map((t) => new LocalSymbol('', t, owner, 'parameter'));
  const discards = node.parameters.filter((p) => p.name === '_').length > 1;
  return node.parameters.map((p, i) => {
    const symbol = new LocalSymbol(p.name, types[i]!, owner, 'parameter');
    if (p.name !== '_' || !discards) binder.declarations.declare(p.name, symbol, p.start);
    return symbol;
  });
}

function attemptBody(binder: Binder, { node, scope, types }: BodyUse): Attempt {
  const owner = new FunctionScope(scope.owner, null);
  return binder.within(
    (own) => {
      const parameters: LocalSymbol[] = [];
      const start = {
        owner,
        parameters,
        scope: own,
        values: owner.returned,
        isStatement: mayBeStatement(node.body),
      };
      const receivers = binder.receivers.splice(0);
      try {
        parameters.push(...declareParameters(binder, node, types));
        if (node.body.kind === 'block') {
          if (findYield(node.body))
            throw new CompileError(
              'CS1621',
              'The yield statement cannot be used inside an anonymous method or lambda expression',
              node.start,
            );
          const { body } = node;
          const block = binder.jumps.inFunction(() => binder.statement(body));
          return {
            ...start,
            expression: null,
            block,
            error: null,
            inferred: blockReturn(owner, block),
          };
        }
        const expression = binder.bind(node.body);
        if (expression.kind === 'type' || expression.kind === 'namespace')
          throw binder.notAValue(expression);
        return {
          ...start,
          expression,
          block: null,
          values: [expression],
          error: null,
          inferred: expressionReturn(expression),
        };
      } catch (error) {
        if (!(error instanceof CompileError)) throw error;
        return { ...start, expression: null, block: null, error, inferred: null };
      } finally {
        binder.receivers.push(...receivers);
      }
    },
    owner,
    scope,
  );
}

function expressionReturn(value: Bound): NetType | null {
  return value.kind === 'value' && value.type !== noType && value.type.key !== '#null'
    ? value.type
    : null;
}

function blockReturn(owner: FunctionScope, block: BoundStatement): NetType | null {
  if (owner.returned.length === 0) return block.endsReachable ? voidType : null;
  return bestCommonType(owner.returned);
}

const statementKinds = new Set(['invoke', 'assign', 'new', 'postfix', 'conditionalAccess']);

function mayBeStatement(node: LambdaNode['body']): boolean {
  if (node.kind === 'unary') return node.operator === '++' || node.operator === '--';
  return statementKinds.has(node.kind);
}

function finish(binder: Binder, attempt: Attempt, returns: NetType | null): LambdaBody {
  const body = {
    returns: attempt.inferred,
    values: attempt.values.filter((v): v is BoundValue => v.kind === 'value'),
    emit: () => emitLambda(attempt, returns),
  };
  if (attempt.error !== null || returns === null) return { ...body, error: attempt.error };
  return { ...body, error: returnError(binder, attempt, returns) };
}

function returnError(binder: Binder, attempt: Attempt, returns: NetType): Error | null {
  const { expression, block, values } = attempt;
  if (returns === voidType) {
    if (expression !== null)
      return expression.kind === 'value' && expression.literal !== 'throw' && !attempt.isStatement
        ? new CompileError(
            'CS0201',
            'Only assignment, call, increment, decrement, and new object expressions can be used as a statement',
            expression.start,
          )
        : null;
    return values.length > 0
      ? new CompileError(
          'CS8030',
          'Anonymous function converted to a void returning delegate cannot return a value',
          values[0]!.start,
        )
      : null;
  }
  for (const value of values) {
    if (classify(value, returns) === null) return binder.noConversion(value, returns);
  }
  if (block !== null && block.endsReachable)
    return new CompileError(
      'CS1643',
      'Not all code paths return a value in lambda expression',
      block.start,
    );
  return null;
}

function emitLambda(attempt: Attempt, returns: NetType | null): ReturnType<LambdaBody['emit']> {
  attempt.owner.returns = returns;
  const target = returns ?? voidType;
  const { expression, block } = attempt;
  return emitFunction({
    owner: attempt.owner,
    parameters: attempt.parameters,
    scope: attempt.scope,
    value: expression === null ? null : () => emitValue(expression, target),
    block: block === null ? null : block.emit,
  });
}

function emitValue(expression: Bound, target: NetType): ReturnType<LambdaBody['emit']> {
  if (target === voidType && expression.kind === 'value') return expression.emit();
  const conversion = classify(expression, target)!;
  return applyConversion(expression, target, conversion).emit();
}
