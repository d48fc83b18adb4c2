import { countWork, DotNetError } from '@isthmus/dotnet';
import { dereference } from './dereference.js';
import { WorkflowExpressionError } from './error.js';
import { failure, wrongCount } from './functions/function.js';
import { functions, type WorkflowFunction } from './functions/index.js';
import type { EvaluationScope } from './scope.js';
import type { ParsedExpression } from './syntax/template.js';
import type { ExpressionNode, FunctionNode } from './syntax/tree.js';
import type { WorkflowValue } from './value.js';

/** Steps of a call, whatever the function does. */
const stepsOfCall = 8;

/** A compiled expression: a closure over prepared parts. */
export type Evaluator = (scope: EvaluationScope) => WorkflowValue;

function evaluateAll(evaluators: readonly Evaluator[], scope: EvaluationScope): WorkflowValue[] {
  const values = new Array<WorkflowValue>(evaluators.length);
  for (let index = 0; index < evaluators.length; index += 1) {
    values[index] = (evaluators[index] as Evaluator)(scope);
  }
  return values;
}

/**
 * The call of a function by name. Unknown functions and wrong numbers of arguments fail when they
 * are evaluated, not before: the service saves such definitions.
 */
export function compileCall(name: string, parameters: readonly Evaluator[]): Evaluator {
  const known: WorkflowFunction | undefined = functions.get(name.toLowerCase());
  if (known === undefined) {
    return () => {
      throw new WorkflowExpressionError(
        `The template function '${name}' is not defined or not valid.`,
      );
    };
  }
  const { arity } = known;
  if (parameters.length < arity[0] || parameters.length > arity[1]) {
    return () => {
      throw wrongCount(known, parameters.length);
    };
  }
  if (known.kind === 'lazy') {
    const { apply } = known;
    return (scope) => apply(parameters.map((parameter) => () => parameter(scope)));
  }
  const { apply } = known;
  return (scope) => {
    countWork(stepsOfCall);
    try {
      return apply(evaluateAll(parameters, scope), scope);
    } catch (error) {
      throw error instanceof DotNetError ? failure(known.name, `failed: ${error.message}`) : error;
    }
  };
}

function compileFunction(node: FunctionNode, text: string): Evaluator {
  let evaluator = compileCall(
    node.name,
    node.arguments.map((argument) => compileNode(argument, text)),
  );
  for (const { isSafe, key } of node.dereferences) {
    const object = evaluator;
    if (key.kind === 'literal') {
      const { value } = key;
      evaluator = (scope) => dereference(object(scope), value, isSafe, text);
    } else {
      const computed = compileNode(key, text);
      evaluator = (scope) => dereference(object(scope), computed(scope), isSafe, text);
    }
  }
  return evaluator;
}

function compileNode(node: ExpressionNode, text: string): Evaluator {
  if (node.kind === 'function') return compileFunction(node, text);
  const { value } = node;
  return () => value;
}

/** Compiles a parsed expression; its text stands in error messages. */
export function compileExpression(expression: ParsedExpression): Evaluator {
  return compileNode(expression.node, expression.text);
}
