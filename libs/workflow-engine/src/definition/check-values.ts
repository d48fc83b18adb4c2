import {
  deepEquals,
  isArray,
  isObject,
  kindOf,
  memberOf,
  membersOf,
  pointerStep,
  textOf,
  type ValueKind,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { isStandIn } from './arm/stand-in.js';
import { invalidTemplate } from './check-shape.js';
import type { Report } from './problem.js';

const kinds: ReadonlyMap<string, readonly ValueKind[]> = new Map(
  Object.entries<readonly ValueKind[]>({
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
  }),
);

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
    checkAllowed({ name, declaration, pointer }, value, report);
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
    const allowed = kinds.get(type.toLowerCase());
    // What only a deployment in Azure knows is given as a text, whatever it will be.
    if (typeof value === 'string' && isStandIn(value)) continue;
    if (allowed !== undefined && value !== null && !allowed.includes(kindOf(value))) {
      report.error(
        invalidTemplate,
        pointer,
        `The value of the workflow parameter '${name}' is of type '${kindOf(value)}', but the parameter is declared as '${type}'.`,
      );
    }
  }
}

/** The value, or the default where there is none, is one of `allowedValues`. */
function checkAllowed(
  { name, declaration, pointer }: { name: string; declaration: WorkflowObject; pointer: string },
  value: WorkflowValue | undefined,
  report: Report,
): void {
  const allowed = memberOf(declaration, 'allowedValues');
  const given = value ?? memberOf(declaration, 'defaultValue');
  if (!isArray(allowed) || allowed.length === 0 || given === undefined || given === null) return;
  // What only a deployment in Azure knows is given as a text, whatever it will be.
  if (typeof given === 'string' && isStandIn(given)) return;
  if (allowed.some((one) => deepEquals(one, given))) return;
  report.error(
    invalidTemplate,
    `${pointer}${value === undefined ? '/defaultValue' : ''}`,
    `The value of the workflow parameter '${name}' is not one of its allowed values.`,
  );
}
