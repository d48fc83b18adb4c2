import {
  isObject,
  isTemplate,
  memberOf,
  membersOf,
  namesOf,
  deepEquals,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { allActions, containersOf, type ActionNode, type Branch } from './action-tree.js';
import { invalidTemplate } from './check-shape.js';
import type { DefinitionLimits } from './definition-limits.js';
import type { Report } from './problem.js';

const loops: ReadonlySet<string> = new Set(['foreach', 'until']);

function checkPlace(action: ActionNode, report: Report): void {
  const loop = [...containersOf(action)].find(({ type }) => loops.has(type));
  if ((action.type === 'response' || action.type === 'terminate') && loop !== undefined) {
    report.error(
      invalidTemplate,
      action.pointer,
      `The template action '${action.name}' has type '${textOf(memberOf(action.source, 'type') ?? null)}' that could not be nested under an action of type '${loop.type}' ('${loop.name}').`,
      action.name,
    );
  }
  if (action.type === 'initializevariable' && action.level > 0) {
    report.error(
      invalidTemplate,
      action.pointer,
      `The variable initialization action '${action.name}' cannot be nested in the action '${action.parent?.name ?? ''}'. Variables are initialized at the top level.`,
      action.name,
    );
  }
}

function checkUntil(action: ActionNode, report: Report): void {
  const limit = memberOf(action.source, 'limit');
  if (!isObject(limit)) {
    report.error(
      invalidTemplate,
      action.pointer,
      `The property 'limit' is required on action type 'Until' ('${action.name}').`,
      action.name,
    );
  }
  if (memberOf(action.source, 'expression') === undefined) {
    report.error(
      invalidTemplate,
      action.pointer,
      `The property 'expression' is required on action type 'Until' ('${action.name}').`,
      action.name,
    );
  }
}

function checkSwitch(action: ActionNode, limits: DefinitionLimits, report: Report): void {
  const expression = memberOf(action.source, 'expression');
  const isLiteral =
    typeof expression === 'string' ? !isTemplate(expression) : !isObject(expression);
  if (isLiteral) {
    report.error(
      invalidTemplate,
      `${action.pointer}/expression`,
      `The property 'expression' of template action '${action.name}' of type 'Switch' must be an expression.`,
      action.name,
    );
  }
  const cases = memberOf(action.source, 'cases');
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
    report.warning(
      invalidTemplate,
      `${action.pointer}/cases`,
      `The template action '${action.name}' has more than one case '${textOf(repeated)}'; only the first can be taken.`,
      action.name,
    );
  }
}

function checkForeach(action: ActionNode, report: Report): void {
  if (memberOf(action.source, 'foreach') === undefined) {
    report.error(
      invalidTemplate,
      action.pointer,
      `The property 'foreach' is required on action type 'Foreach' ('${action.name}').`,
      action.name,
    );
  }
  const options = memberOf(action.source, 'operationOptions');
  if (
    typeof options === 'string' &&
    /(?:^|,)\s*sequential\s*(?:,|$)/i.test(options) &&
    repetitionsOf(action.source) !== undefined
  ) {
    report.error(
      invalidTemplate,
      action.pointer,
      `The template action '${action.name}' cannot have both the operation option 'Sequential' and 'runtimeConfiguration.concurrency.repetitions'.`,
      action.name,
    );
  }
}

/** `runtimeConfiguration.concurrency.repetitions`. */
export function repetitionsOf(source: WorkflowObject): WorkflowValue | undefined {
  const configuration = memberOf(source, 'runtimeConfiguration');
  const concurrency = isObject(configuration) ? memberOf(configuration, 'concurrency') : undefined;
  return isObject(concurrency) ? memberOf(concurrency, 'repetitions') : undefined;
}

function checkTerminate(action: ActionNode, report: Report): void {
  const inputs = memberOf(action.source, 'inputs');
  if (!isObject(inputs)) return;
  const status = memberOf(inputs, 'runStatus');
  const hasError = memberOf(inputs, 'runError') !== undefined;
  if (
    hasError &&
    typeof status === 'string' &&
    !isTemplate(status) &&
    status.toLowerCase() !== 'failed'
  ) {
    report.error(
      invalidTemplate,
      `${action.pointer}/inputs/runError`,
      `The template action '${action.name}' of type 'Terminate' can have a 'runError' only with the run status 'Failed', not '${status}'.`,
      action.name,
    );
  }
}

interface StatusSchema {
  readonly action: ActionNode;
  readonly schema: WorkflowValue;
}

/** Responses of one literal status code that have a schema must have the same. */
function checkResponses(responses: readonly ActionNode[], report: Report): void {
  const schemas = new Map<string, StatusSchema>();
  for (const action of responses) {
    const inputs = memberOf(action.source, 'inputs');
    if (!isObject(inputs)) continue;
    const status = memberOf(inputs, 'statusCode');
    const schema = memberOf(inputs, 'schema');
    if (
      schema === undefined ||
      status === undefined ||
      (typeof status === 'string' && isTemplate(status))
    )
      continue;
    const other = schemas.get(textOf(status));
    if (other === undefined) schemas.set(textOf(status), { action, schema });
    else if (!deepEquals(other.schema, schema)) {
      report.error(
        invalidTemplate,
        `${action.pointer}/inputs/schema`,
        `The template actions '${other.action.name}' and '${action.name}' of type 'Response' have the status code '${textOf(status)}' and different schemas.`,
        action.name,
      );
    }
  }
}

/** A Response needs a trigger that someone waits on: with a recurrence nobody does. */
function checkResponseTrigger(
  definition: WorkflowObject,
  responses: readonly ActionNode[],
  report: Report,
): void {
  const triggers = memberOf(definition, 'triggers');
  const [response] = responses;
  if (!isObject(triggers) || response === undefined || namesOf(triggers).length === 0) return;
  const recurs = membersOf(triggers).find(
    ([, trigger]) => isObject(trigger) && memberOf(trigger, 'recurrence') !== undefined,
  );
  if (recurs === undefined) return;
  report.error(
    invalidTemplate,
    response.pointer,
    `The template action '${response.name}' of type 'Response' cannot be used with the trigger '${recurs[0]}', which has a recurrence.`,
    response.name,
  );
}

/** What containers demand of themselves and forbid inside them. */
export function checkContainers(
  definition: WorkflowObject,
  tree: Branch,
  limits: DefinitionLimits,
  report: Report,
): void {
  const actions = [...allActions(tree)];
  for (const action of actions) {
    checkPlace(action, report);
    if (action.type === 'until') checkUntil(action, report);
    else if (action.type === 'switch') checkSwitch(action, limits, report);
    else if (action.type === 'foreach') checkForeach(action, report);
    else if (action.type === 'terminate') checkTerminate(action, report);
  }
  const responses = actions.filter(({ type }) => type === 'response');
  checkResponses(responses, report);
  checkResponseTrigger(definition, responses, report);
}
