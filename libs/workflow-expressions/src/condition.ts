import { compileCall, type Evaluator } from './compile.js';
import { functions as knownFunctions } from './functions/index.js';
import { compileTemplate, limited, type CompiledTemplate } from './template.js';
import type { Reference } from './references.js';
import { isArray, isObject, membersOf, type WorkflowValue } from './value.js';

function isKnown(name: string): boolean {
  return knownFunctions.has(name.toLowerCase());
}

/**
 * Compiles the condition of an If, a Query or an Until: an expression string, or the object form
 * in which each member is the call of a function: `{ "and": [ { "equals": ["@a", 1] } ] }`. Any
 * function may stand as operator and as operand, in any case; `not` takes an object as well as an
 * array of one.
 * @throws WorkflowExpressionError when an expression in it does not parse
 */
export function compileCondition(condition: WorkflowValue): CompiledTemplate {
  const references: Reference[] = [];
  const functions = new Set<string>();
  const operand = (value: WorkflowValue): Evaluator => {
    const [only, ...others] = isObject(value) ? membersOf(value) : [];
    // An object of one member that names no function is an object; as the whole condition it is a mistake.
    const isCall =
      only !== undefined && others.length === 0 && (value === condition || isKnown(only[0]));
    if (isCall) return call(only[0], only[1]);
    const template = compileTemplate(value);
    references.push(...template.references);
    for (const name of template.functions) functions.add(name);
    return (scope) => template.evaluate(scope);
  };
  const call = (name: string, parameters: WorkflowValue): Evaluator => {
    functions.add(name.toLowerCase());
    return compileCall(name, (isArray(parameters) ? parameters : [parameters]).map(operand));
  };
  const evaluate = operand(condition);
  return { isConstant: false, references, functions, evaluate: limited(evaluate) };
}
