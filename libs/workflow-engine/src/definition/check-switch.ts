import {
  deepEquals,
  isObject,
  kindOf,
  memberOf,
  membersOf,
  textOf,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { ActionNode } from './action-tree.js';
import { invalidTemplate } from './check-shape.js';
import type { DefinitionLimits } from './definition-limits.js';
import type { Report } from './problem.js';
import { isKnownLater } from './known-later.js';

function checkSwitchExpression(action: ActionNode, report: Report): void {
  const expression = memberOf(action.source, 'expression');
  const pointer = `${action.pointer}/expression`;
  if (expression === undefined) {
    return report.error(
      invalidTemplate,
      action.pointer,
      `The property 'expression' is required on action type 'Switch' ('${action.name}').`,
      action.name,
    );
  }
  if (typeof expression === 'string' && !isKnownLater(expression)) {
    report.error(
      invalidTemplate,
      pointer,
      `The property 'expression' of template action '${action.name}' is not a valid template language expression: '${expression}' is a text.`,
      action.name,
    );
  } else if (typeof expression !== 'string' && !isObject(expression)) {
    report.error(
      invalidTemplate,
      pointer,
      `The property 'expression' of template action '${action.name}' is not valid. Expression type '${kindOf(expression)}' is not supported. Expression must be either a 'String' or 'Object'.`,
      action.name,
    );
  }
}

/** The expression of a Switch and the values of its cases. */
export function checkSwitch(action: ActionNode, limits: DefinitionLimits, report: Report): void {
  checkSwitchExpression(action, report);
  const cases = memberOf(action.source, 'cases');
  if (cases !== undefined && !isObject(cases) && typeof cases !== 'string')
    report.error(
      invalidTemplate,
      `${action.pointer}/cases`,
      `The cases of template action '${action.name}' must be given as an object.`,
      action.name,
    );
  if (!isObject(cases)) return;
  const entries = membersOf(cases);
  if (entries.length > limits.switchCases) {
    report.error(
      invalidTemplate,
      `${action.pointer}/cases`,
      `The template action '${action.name}' has ${entries.length} cases; at most ${limits.switchCases} are allowed.`,
      action.name,
    );
  }
  const labels = entries.map(([, entry]) =>
    isObject(entry) ? memberOf(entry, 'case') : undefined,
  );
  const types = new Set(labels.map((label) => typeof label));
  const isWrong = (label: WorkflowValue | undefined): boolean =>
    typeof label !== 'string' && typeof label !== 'number' && typeof label !== 'bigint';
  if (labels.some(isWrong)) {
    report.error(
      invalidTemplate,
      `${action.pointer}/cases`,
      `The cases of template action '${action.name}' must have a 'case' of type string or integer.`,
      action.name,
    );
  } else if (types.size > 1) {
    // Saved by the service; whatever the value is, a case of another type makes the Switch fail.
    report.warning(
      invalidTemplate,
      `${action.pointer}/cases`,
      `The cases of template action '${action.name}' are not all of one type: it fails whenever it runs.`,
      action.name,
    );
  }
  const repeated = labels.find(
    (label, index) =>
      label !== undefined &&
      labels.findIndex((other) => other !== undefined && deepEquals(other, label)) < index,
  );
  if (repeated !== undefined) {
    report.error(
      invalidTemplate,
      `${action.pointer}/cases`,
      `The template action '${action.name}' has more than one case '${textOf(repeated)}'. The values of the cases must be unique.`,
      action.name,
    );
  }
}
