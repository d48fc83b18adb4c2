import {
  compileTemplate,
  isArray,
  memberOf,
  WorkflowExpressionError,
  type CompiledTemplate,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** A definition that cannot be made ready to run; a definition that passed validation never raises it. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

/** Compiles a member of an action or trigger. @throws PlanError */
export function compile(
  value: WorkflowValue,
  name: string,
  compiler = compileTemplate,
): CompiledTemplate {
  try {
    return compiler(value);
  } catch (error) {
    if (!(error instanceof WorkflowExpressionError)) throw error;
    throw new PlanError(`The template action '${name}' is not valid: "${error.message}".`);
  }
}

/** `operationOptions`: one or several names separated by commas, or an array of them. */
export function optionsOf(definition: WorkflowObject): ReadonlySet<string> {
  const options = memberOf(definition, 'operationOptions');
  const names = isArray(options)
    ? options.map(String)
    : typeof options === 'string'
      ? options.split(',')
      : [];
  return new Set(names.map((name) => name.trim().toLowerCase()));
}
