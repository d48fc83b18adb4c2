import type { PlannedAction } from '@isthmus/workflow-engine';
import {
  isArray,
  isObject,
  isTemplate,
  memberOf,
  membersOf,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';

/** An expression of an action and the value that it had. */
export interface ExpressionTrace {
  readonly path: string;
  readonly text: string;
  readonly value: WorkflowValue;
}

/**
 * The expressions in an action's inputs with their values, taken from the inputs that were recorded:
 * both have the same shape, so nothing is evaluated a second time.
 */
export function expressionTraces(
  action: PlannedAction,
  inputs: WorkflowValue | undefined,
): ExpressionTrace[] {
  const written = memberOf(action.definition, 'inputs');
  const traces: ExpressionTrace[] = [];
  if (written !== undefined && inputs !== undefined) walk(written, inputs, 'inputs', traces);
  return traces;
}

function walk(
  written: WorkflowValue,
  value: WorkflowValue,
  path: string,
  traces: ExpressionTrace[],
): void {
  if (typeof written === 'string') {
    if (isTemplate(written)) traces.push({ path, text: written, value });
  } else if (isArray(written) && isArray(value)) {
    for (const [index, item] of written.entries()) {
      const found = value[index];
      if (found !== undefined) walk(item, found, `${path}[${index}]`, traces);
    }
  } else if (isObject(written) && isObject(value)) {
    for (const [name, item] of membersOf(written)) {
      const found = memberOf(value, name);
      if (found !== undefined) walk(item, found, `${path}.${name}`, traces);
    }
  }
}
