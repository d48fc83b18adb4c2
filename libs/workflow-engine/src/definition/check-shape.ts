import {
  isObject,
  memberOf,
  membersOf,
  namesOf,
  pointerStep,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { allActions, type Branch } from './action-tree.js';
import { isStandIn } from './arm/stand-in.js';
import type { DefinitionLimits } from './definition-limits.js';
import { isKnownLater } from './known-later.js';
import type { Report } from './problem.js';
import { knownActionTypes, knownTriggerTypes } from './type-names.js';

/** The error code of the service for whatever is wrong with a definition. */
export const invalidTemplate = 'InvalidTemplate';

const parameterTypes: ReadonlySet<string> = new Set([
  'string',
  'securestring',
  'int',
  'integer',
  'float',
  'decimal',
  'bool',
  'boolean',
  'array',
  'object',
  'secureobject',
]);

/** A member that has to be an object of objects: `triggers`, `actions`, `parameters`. */
function checkEntries(
  value: WorkflowValue | undefined,
  pointer: string,
  what: string,
  report: Report,
): void {
  if (value === undefined) return;
  if (!isObject(value)) {
    report.error(invalidTemplate, pointer, `The template ${what}s must be given as an object.`);
    return;
  }
  for (const [name, entry] of membersOf(value)) {
    if (!isObject(entry)) {
      report.error(
        invalidTemplate,
        pointer + pointerStep(name),
        `The template ${what} '${name}' must be an object.`,
        name,
      );
    }
  }
}

function checkType(
  holder: { name: string; source: WorkflowObject; pointer: string },
  kind: 'action' | 'trigger',
  report: Report,
): void {
  const { name, source, pointer } = holder;
  const type = memberOf(source, 'type');
  if (typeof type !== 'string') {
    report.error(invalidTemplate, pointer, `The template ${kind} '${name}' has no 'type'.`, name);
    return;
  }
  const known = kind === 'action' ? knownActionTypes : knownTriggerTypes;
  // A type that a deployment computes is known only then.
  if (known.has(type.toLowerCase()) || type.startsWith('[') || isStandIn(type)) return;
  report.error(
    invalidTemplate,
    `${pointer}/type`,
    `The template ${kind} '${name}' has the type '${type}', which is not known.`,
    name,
  );
}

function checkTriggers(definition: WorkflowObject, limits: DefinitionLimits, report: Report): void {
  const triggers = memberOf(definition, 'triggers');
  checkEntries(triggers, '/triggers', 'trigger', report);
  if (!isObject(triggers)) return;
  const names = namesOf(triggers);
  if (names.length > limits.triggers) {
    report.error(
      invalidTemplate,
      '/triggers',
      `The template has ${names.length} triggers; at most ${limits.triggers} are allowed.`,
    );
  }
  for (const [name, source] of membersOf(triggers)) {
    if (isObject(source))
      checkType({ name, source, pointer: `/triggers${pointerStep(name)}` }, 'trigger', report);
  }
}

function checkParameters(
  definition: WorkflowObject,
  limits: DefinitionLimits,
  report: Report,
): void {
  const parameters = memberOf(definition, 'parameters');
  checkEntries(parameters, '/parameters', 'parameter', report);
  if (!isObject(parameters)) return;
  const names = namesOf(parameters);
  if (names.length > limits.parameters) {
    report.error(
      invalidTemplate,
      '/parameters',
      `The number of template input parameters limit exceeded: the template has ${names.length} parameters; at most ${limits.parameters} are allowed.`,
    );
  }
  for (const [name, declaration] of membersOf(parameters)) {
    const type = isObject(declaration) ? memberOf(declaration, 'type') : undefined;
    if (typeof type === 'string' && !isStandIn(type) && !parameterTypes.has(type.toLowerCase())) {
      report.error(
        invalidTemplate,
        `/parameters${pointerStep(name)}/type`,
        `The template parameter '${name}' has the type '${type}', which is not known.`,
      );
    }
  }
}

function checkBranchShape(definition: WorkflowObject, tree: Branch, report: Report): void {
  const check = (pointer: string, value: WorkflowValue | undefined): void =>
    checkEntries(value, pointer, 'action', report);
  check('/actions', memberOf(definition, 'actions'));
  for (const action of allActions(tree)) {
    check(`${action.pointer}/actions`, memberOf(action.source, 'actions'));
    const otherwise = memberOf(action.source, 'else');
    if (isObject(otherwise))
      check(`${action.pointer}/else/actions`, memberOf(otherwise, 'actions'));
  }
}

/** What stands where: objects where objects belong, known types, the numbers of things. */
export function checkShape(
  definition: WorkflowObject,
  tree: Branch,
  limits: DefinitionLimits,
  report: Report,
): void {
  checkTriggers(definition, limits, report);
  checkParameters(definition, limits, report);
  checkBranchShape(definition, tree, report);
  const actions = [...allActions(tree)];
  if (actions.length > limits.actions) {
    report.error(
      invalidTemplate,
      '/actions',
      `The template has ${actions.length} actions; at most ${limits.actions} are allowed.`,
    );
  }
  for (const action of actions) {
    checkType(action, 'action', report);
    if (action.level > limits.nesting) {
      report.error(
        invalidTemplate,
        action.pointer,
        `The template actions '${action.name}' are nested at level '${action.level}' which exceeds the maximum nesting limit of '${limits.nesting}'.`,
        action.name,
      );
    }
    const runAfter = memberOf(action.source, 'runAfter') ?? null;
    if (runAfter !== null && !isObject(runAfter) && !isKnownLater(runAfter)) {
      report.error(
        invalidTemplate,
        `${action.pointer}/runAfter`,
        `The 'runAfter' property of template action '${action.name}' must be an object.`,
        action.name,
      );
    }
  }
}
