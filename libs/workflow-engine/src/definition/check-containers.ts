import {
  isObject,
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
import { checkSwitch } from './check-switch.js';
import type { DefinitionLimits } from './definition-limits.js';
import type { Report } from './problem.js';
import { isKnownLater } from './known-later.js';

const loops: ReadonlySet<string> = new Set(['foreach', 'until']);

function checkPlace(action: ActionNode, report: Report): void {
  const loop = [...containersOf(action)].find(({ type }) => loops.has(type));
  if ((action.type === 'response' || action.type === 'terminate') && loop !== undefined) {
    report.error(
      'InvalidWorkflowRunAction',
      action.pointer,
      `The workflow run action '${action.name}' has type '${textOf(memberOf(action.source, 'type') ?? null)}' that could not be nested under an action of type '${loop.type}' ('${loop.name}').`,
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

function checkIf(action: ActionNode, report: Report): void {
  if (memberOf(action.source, 'expression') !== undefined) return;
  report.error(
    invalidTemplate,
    action.pointer,
    `The property 'expression' is required on action type 'If' ('${action.name}').`,
    action.name,
  );
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
  if (
    typeof status !== 'string' ||
    !(isKnownLater(status) || /^(?:succeeded|failed|cancelled)$/i.test(status))
  ) {
    report.error(
      invalidTemplate,
      `${action.pointer}/inputs`,
      `The template action '${action.name}' of type 'Terminate' has the run status '${textOf(status ?? null)}'; allowed are 'Succeeded', 'Failed' and 'Cancelled'.`,
      action.name,
    );
  }
  const hasError = (memberOf(inputs, 'runError') ?? null) !== null;
  if (
    hasError &&
    typeof status === 'string' &&
    !isKnownLater(status) &&
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

/** A Response cannot redirect. */
function checkStatusCode(action: ActionNode, report: Report): void {
  const inputs = memberOf(action.source, 'inputs');
  const status = isObject(inputs) ? memberOf(inputs, 'statusCode') : undefined;
  const isLiteral =
    typeof status === 'number' || (typeof status === 'string' && /^\d+$/.test(status));
  const code = Number(status);
  if (!isLiteral || (code >= 200 && code < 300) || (code >= 400 && code < 600)) return;
  report.error(
    invalidTemplate,
    `${action.pointer}/inputs/statusCode`,
    `The template action '${action.name}' of type 'Response' has the status code '${textOf(status)}'; allowed are 200 to 299 and 400 to 599.`,
    action.name,
  );
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
    const status = memberOf(inputs, 'statusCode') ?? 200;
    const schema = memberOf(inputs, 'schema') ?? null;
    if (schema === null || isKnownLater(status)) continue;
    const other = schemas.get(textOf(status));
    if (other === undefined) schemas.set(textOf(status), { action, schema });
    else if (!deepEquals(other.schema, schema)) {
      report.error(
        invalidTemplate,
        `${action.pointer}/inputs/schema`,
        `The schema definition for action with status code '${textOf(status)}' is not valid. The schema definitions for actions with same status code must match: '${other.action.name}', '${action.name}'.`,
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
    `The workflow with 'Response' action type should not have triggers with 'recurrence' property defined: '${response.name}', '${recurs[0]}'.`,
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
    if (action.type === 'if') checkIf(action, report);
    else if (action.type === 'until') checkUntil(action, report);
    else if (action.type === 'switch') checkSwitch(action, limits, report);
    else if (action.type === 'foreach') checkForeach(action, report);
    else if (action.type === 'terminate') checkTerminate(action, report);
  }
  const responses = actions.filter(({ type }) => type === 'response');
  for (const action of responses) checkStatusCode(action, report);
  checkResponses(responses, report);
  checkResponseTrigger(definition, responses, report);
}
