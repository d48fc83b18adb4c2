import {
  isObject,
  kindOf,
  memberOf,
  membersOf,
  pointerStep,
  textOf,
  type ValueKind,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import { invalidTemplate } from './check-shape.js';
import type { Report } from './problem.js';

const kinds: Readonly<Record<string, readonly ValueKind[]>> = {
  string: ['String'],
  securestring: ['String'],
  int: ['Integer'],
  integer: ['Integer'],
  float: ['Float', 'Integer', 'Decimal'],
  decimal: ['Float', 'Integer', 'Decimal'],
  bool: ['Boolean'],
  boolean: ['Boolean'],
  array: ['Array'],
  object: ['Object'],
  secureobject: ['Object'],
};

/**
 * Values have the declared type; a declared parameter has a value or a default. A missing value
 * only warns: it may be given where the workflow runs.
 */
export function checkValues(
  definition: WorkflowObject,
  values: WorkflowObject,
  report: Report,
): void {
  const declared = memberOf(definition, 'parameters');
  if (!isObject(declared)) return;
  for (const [name, declaration] of membersOf(declared)) {
    if (!isObject(declaration)) continue;
    const pointer = `/parameters${pointerStep(name)}`;
    const value = memberOf(values, name);
    if (value === undefined) {
      if (memberOf(declaration, 'defaultValue') === undefined) {
        report.warning(
          'WorkflowParameterMissing',
          pointer,
          `The workflow parameter '${name}' has neither a value nor a default.`,
        );
      }
      continue;
    }
    const type = textOf(memberOf(declaration, 'type') ?? null);
    const allowed = kinds[type.toLowerCase()];
    if (allowed !== undefined && value !== null && !allowed.includes(kindOf(value))) {
      report.error(
        invalidTemplate,
        pointer,
        `The value of the workflow parameter '${name}' is of type '${kindOf(value)}', but the parameter is declared as '${type}'.`,
      );
    }
  }
}
