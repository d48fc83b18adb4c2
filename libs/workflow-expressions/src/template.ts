import { compileExpression, type Evaluator } from './compile.js';
import { WorkflowExpressionError } from './error.js';
import { collectUse, type ExpressionUse, type Reference } from './references.js';
import type { EvaluationScope } from './scope.js';
import { isTemplate, parseTemplate, type ParsedExpression } from './syntax/template.js';
import { textOf } from './text.js';
import { onBudget } from './work.js';
import {
  arePlainNames,
  isArray,
  isObject,
  membersOf,
  objectOf,
  type WorkflowValue,
} from './value.js';

/** A JSON value of a definition whose expressions are compiled. */
export interface CompiledTemplate {
  /** Whether the value holds no expression: then `evaluate` always returns the same value. */
  readonly isConstant: boolean;
  /** The literal calls of reference functions in it. */
  readonly references: readonly Reference[];
  /** The functions that it calls, in lower case. */
  readonly functions: ReadonlySet<string>;
  /** @throws WorkflowExpressionError with the inner text of the service */
  evaluate(scope: EvaluationScope): WorkflowValue;
}

/** A part of a template: a constant, or something to evaluate. */
type Part = { readonly constant: WorkflowValue } | { readonly evaluator: Evaluator };

class TemplateCompiler {
  readonly use: ExpressionUse = { references: [], functions: new Set() };

  value(value: WorkflowValue): Part {
    if (typeof value === 'string') return this.text(value);
    if (isArray(value)) return this.array(value);
    return isObject(value) ? this.object(membersOf(value)) : { constant: value };
  }

  expression(expression: ParsedExpression): Evaluator {
    collectUse(expression.node, this.use);
    const evaluator = compileExpression(expression);
    return (scope) => {
      const value = evaluator(scope);
      scope.onExpression?.(expression.text, value);
      return value;
    };
  }

  private text(text: string): Part {
    if (!isTemplate(text)) return { constant: text };
    const template = parseTemplate(text);
    switch (template.kind) {
      case 'literal':
        return { constant: template.text };
      case 'expression':
        return { evaluator: this.expression(template.expression) };
      case 'interpolation': {
        const parts = template.parts.map((part) =>
          typeof part === 'string' ? part : this.expression(part),
        );
        return {
          evaluator: (scope) => {
            let text = '';
            for (const part of parts) text += typeof part === 'string' ? part : textOf(part(scope));
            return text;
          },
        };
      }
    }
  }

  /** Names are templates too, but one such as `@odata.type`, which is no expression, stands for itself. */
  private name(name: string): Part {
    try {
      return this.text(name);
    } catch (error) {
      if (name.includes('@{') || !(error instanceof WorkflowExpressionError)) throw error;
      return { constant: name };
    }
  }

  private array(items: readonly WorkflowValue[]): Part {
    const parts = items.map((item) => this.value(item));
    if (parts.every((part) => 'constant' in part))
      return { constant: parts.map((part) => part.constant) };
    const evaluators = parts.map(evaluatorOf);
    return { evaluator: (scope) => evaluators.map((evaluator) => evaluator(scope)) };
  }

  private object(members: readonly (readonly [string, WorkflowValue])[]): Part {
    const names = members.map(([name]) => this.name(name));
    const parts = members.map(([, value]) => this.value(value));
    if ([...names, ...parts].every((part) => 'constant' in part)) {
      return {
        constant: objectOf(
          parts.map((part, index) => [textOf(constantOf(names[index])), constantOf(part)] as const),
        ),
      };
    }
    if (names.every((name) => 'constant' in name)) {
      const texts = names.map((name) => textOf(constantOf(name)));
      if (arePlainNames(texts)) return { evaluator: plainObject(texts, parts.map(evaluatorOf)) };
    }
    const pairs = parts.map(
      (part, index) => [evaluatorOf(names[index] as Part), evaluatorOf(part)] as const,
    );
    return {
      evaluator: (scope) =>
        objectOf(pairs.map(([name, value]) => [textOf(name(scope)), value(scope)] as const)),
    };
  }
}

/** An object whose names are known and kept by a plain object. */
function plainObject(names: readonly string[], values: readonly Evaluator[]): Evaluator {
  return (scope) => {
    const object: Record<string, WorkflowValue> = {};
    for (let at = 0; at < names.length; at += 1) object[names[at]!] = values[at]!(scope);
    return object;
  };
}

function constantOf(part: Part | undefined): WorkflowValue {
  return part !== undefined && 'constant' in part ? part.constant : null;
}

function evaluatorOf(part: Part): Evaluator {
  if ('evaluator' in part) return part.evaluator;
  const { constant } = part;
  return () => constant;
}

/** A budget of steps and JavaScript's own limits (length of a string, depth of the stack) end an evaluation, never the process. */
export function limited(evaluator: Evaluator): Evaluator {
  return (scope) => {
    try {
      return onBudget(evaluator, scope);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new WorkflowExpressionError(
        `The template language expression cannot be evaluated because its value is too large: ${error.message}.`,
      );
    }
  };
}

function finish(part: Part, use: ExpressionUse): CompiledTemplate {
  const { references, functions } = use;
  if ('constant' in part)
    return { isConstant: true, references, functions, evaluate: evaluatorOf(part) };
  return { isConstant: false, references, functions, evaluate: limited(part.evaluator) };
}

/**
 * Compiles any JSON value of a definition: strings by the rules of {@link parseTemplate}, at any
 * depth, in property names too.
 * @throws WorkflowExpressionError when an expression does not parse
 */
export function compileTemplate(value: WorkflowValue): CompiledTemplate {
  const compiler = new TemplateCompiler();
  return finish(compiler.value(value), compiler.use);
}
