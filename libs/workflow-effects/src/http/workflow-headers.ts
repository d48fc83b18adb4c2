import type { CallEffect, WorkflowIdentity } from '@isthmus/workflow-engine';
import { splitPath } from '@isthmus/workflow-engine';

/** The run on whose behalf something is sent. */
export interface RunContext {
  readonly runId: string;
  readonly clientTrackingId: string;
  readonly workflow: WorkflowIdentity;
  /** Sent with every call of the run, such as `traceparent`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Headers that tell the other side which workflow calls. `x-ms-client-request-id` is the idempotency key: the same
 * for every attempt of an action.
 */
export function workflowHeaders(effect: CallEffect, run: RunContext): Record<string, string> {
  const key = encodeURI(effect.idempotencyKey);
  const { workflow } = run;
  if (effect.suppressWorkflowHeaders) return { ...run.headers, 'x-ms-client-request-id': key };
  return {
    ...run.headers,
    'User-Agent': `azure-logic-apps/1.0 (workflow ${headerText(workflow.id)}; version ${workflow.version})`,
    'x-ms-workflow-id': headerText(workflow.id),
    'x-ms-workflow-version': workflow.version,
    'x-ms-workflow-name': headerText(workflow.name),
    'x-ms-workflow-run-id': run.runId,
    'x-ms-workflow-operation-name': headerText(splitPath(effect.path).name),
    'x-ms-client-tracking-id': headerText(run.clientTrackingId),
    'x-ms-client-request-id': key,
  };
}

function headerText(text: string): string {
  return encodeURI(text).replaceAll('%20', ' ');
}
