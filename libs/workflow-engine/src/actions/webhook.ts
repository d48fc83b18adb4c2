import {
  isObject,
  memberOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { objectMember, textMember } from '../plan/members.js';
import type { CallbackSignal, NotifyEffect } from '../run/effects.js';
import type { ActionResult, Finished } from './action-type.js';
import { succeeded } from './succeeded.js';

/** A subscription that went well waits for its callback; everything else stays what it is. */
export function subscriptionMade(result: ActionResult): ActionResult {
  if (result.kind !== 'finished' || result.status !== 'Succeeded') return result;
  const outputs = isObject(result.outputs) ? result.outputs : {};
  return { kind: 'wait', callback: true, progress: { subscription: outputs } };
}

/** The first callback completes the action: its headers and body are the outputs. */
export function callbackReceived(
  signal: CallbackSignal,
  notify: readonly NotifyEffect[],
): Finished {
  const outputs: WorkflowObject = {
    headers: signal.headers,
    ...(signal.queries && Object.keys(signal.queries).length > 0 && { queries: signal.queries }),
    ...(signal.body !== undefined && { body: signal.body }),
  };
  return { ...succeeded(outputs), notify };
}

/** What the subscribe call answered with. */
export function subscription(progress: WorkflowValue | undefined): WorkflowObject | undefined {
  return isObject(progress ?? null)
    ? objectMember(progress as WorkflowObject, 'subscription')
    : undefined;
}

/** The `Location` that the subscribe call answered with. */
export function subscriptionLocation(progress: WorkflowValue | undefined): string | undefined {
  const made = subscription(progress);
  const headers = made && memberOf(made, 'headers');
  return isObject(headers) ? textMember(headers, 'Location') : undefined;
}
