import type { CallEffect, WorkflowIdentity } from '@isthmus/workflow-engine';
import { splitPath, systemId } from '@isthmus/workflow-engine';

/** The run on whose behalf something is sent. */
export interface RunContext {
  readonly runId: string;
  readonly clientTrackingId: string;
  readonly workflow: WorkflowIdentity;
  /** Sent with every call of the run, such as `traceparent`: names and values in turn. */
  readonly headers?: readonly string[];
}

/**
 * Headers that tell the other side which workflow calls, names and values in turn. `x-ms-client-request-id` is the
 * idempotency key: the same for every attempt of an action.
 */
export function workflowHeaders(effect: CallEffect, run: RunContext): string[] {
  const { headers = none } = run;
  const key = ['x-ms-client-request-id', uriText(effect.idempotencyKey)];
  if (effect.suppressWorkflowHeaders) return headers.concat(key);
  return headers.concat(key, identityHeaders(run.workflow), [
    'x-ms-workflow-run-id',
    run.runId,
    'x-ms-workflow-operation-name',
    headerText(splitPath(effect.path).name),
    'x-ms-client-tracking-id',
    headerText(run.clientTrackingId),
  ]);
}

const none: readonly string[] = [];

const known = new WeakMap<WorkflowIdentity, readonly string[]>();

/** What is the same for all calls of a version. */
function identityHeaders(workflow: WorkflowIdentity): readonly string[] {
  const before = known.get(workflow);
  if (before) return before;
  const id = systemId(workflow);
  const headers = [
    ...['User-Agent', `azure-logic-apps/1.0 (workflow ${id}; version ${workflow.version})`],
    ...['x-ms-workflow-id', id],
    ...['x-ms-workflow-version', workflow.version],
    ...['x-ms-workflow-name', headerText(workflow.name)],
  ];
  known.set(workflow, headers);
  return headers;
}

function headerText(text: string): string {
  return isSimple(text) ? text : encodeURI(text).replaceAll('%20', ' ');
}

function uriText(text: string): string {
  return isSimple(text) ? text : encodeURI(text);
}

/** Nothing in it is encoded. */
function isSimple(text: string): boolean {
  return /^[\w:.-]*$/.test(text);
}
