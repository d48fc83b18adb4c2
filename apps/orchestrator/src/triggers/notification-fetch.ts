import { ServiceError } from '@isthmus/host';
import type { PlannedTrigger, TriggerRequest, TriggerScope } from '@isthmus/workflow-engine';
import {
  isObject,
  memberOf,
  textOf,
  WorkflowExpressionError,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { TriggerHost } from './trigger-host.js';
import { triggerScope } from './trigger-scope.js';

/** A call that only announces what the trigger then fetches. */
export interface Notification {
  readonly workflow: DeployedWorkflow;
  readonly trigger: PlannedTrigger;
  readonly message: TriggerRequest;
  /** Of the run to come. */
  readonly id: string;
}

/**
 * What a notification speaks of, in the place of the notification itself.
 * @returns undefined when there was nothing new
 * @throws ServiceError 502 when it could not be fetched: the other side notifies again
 */
export async function fetched(
  host: TriggerHost,
  { workflow, trigger, message, id }: Notification,
): Promise<TriggerRequest | undefined> {
  const scope = scopeOf(workflow, trigger, { message, id });
  const effect = trigger.type.fetch?.(inputsOf(trigger, scope), scope);
  if (!effect) return message;
  const runId = `${workflow.name}:${trigger.name}`;
  const outcome = await host.runs.perform(workflow, effect, { runId, clientTrackingId: runId });
  const polled = trigger.type.polled?.(outcome, scope) ?? {};
  if (polled.error) throw failed(trigger, polled.error.message ?? polled.error.code);
  return polled.outputs && { ...message, ...received(polled.outputs) };
}

function received(outputs: WorkflowObject): Pick<TriggerRequest, 'headers' | 'queries' | 'body'> {
  const headers = memberOf(outputs, 'headers');
  const body = memberOf(outputs, 'body');
  return {
    headers: isObject(headers)
      ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, textOf(value)]))
      : {},
    queries: {},
    ...(body !== undefined && { body }),
  };
}

function inputsOf(trigger: PlannedTrigger, { expressions }: TriggerScope) {
  try {
    return trigger.inputs.evaluate(expressions);
  } catch (error) {
    if (error instanceof WorkflowExpressionError) throw failed(trigger, error.message);
    throw error;
  }
}

function scopeOf(
  workflow: DeployedWorkflow,
  trigger: PlannedTrigger,
  { message, id }: { readonly message: TriggerRequest; readonly id: string },
): TriggerScope {
  const key = `${workflow.name}:${trigger.name}:${id}`;
  const { headers, queries, body = null } = message;
  const outputs = { headers: { ...headers }, queries: { ...queries }, body };
  return triggerScope(workflow, trigger, { now: Date.now(), key, callbackUrl: '', outputs });
}

function failed(trigger: PlannedTrigger, reason: string): ServiceError {
  return new ServiceError(
    502,
    'TriggerFetchFailed',
    `What the notification of the trigger '${trigger.name}' speaks of could not be fetched: ${reason}`,
  );
}
