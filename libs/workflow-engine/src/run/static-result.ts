import { memberOf, withMember, type WorkflowObject } from '@isthmus/workflow-expressions';
import type { Finished } from '../actions/action-type.js';
import { statusCodeNamed, statusName } from '../calls/status-names.js';
import { objectMember, textMember } from '../plan/members.js';
import type { PlannedAction } from '../plan/plan.js';
import type { ActionStatus } from './events.js';

const statuses: readonly ActionStatus[] = [
  'Succeeded',
  'Failed',
  'Skipped',
  'TimedOut',
  'Cancelled',
];

/**
 * The outcome that a static result prescribes for an action instead of running it; undefined when it has to run.
 * @param use 'enabled': as `staticResultOptions` says, 'all': also the disabled ones, 'none': never
 */
export function staticResult(
  action: PlannedAction,
  use: 'enabled' | 'all' | 'none',
): Finished | undefined {
  const planned = action.staticResult;
  const result = planned && objectMember(planned, 'result');
  if (!result || use === 'none' || (use === 'enabled' && memberOf(planned, 'enabled') !== true))
    return undefined;
  const wanted = textMember(result, 'status')?.toLowerCase();
  const status = statuses.find((one) => one.toLowerCase() === wanted) ?? 'Succeeded';
  const outputs = callOutputs(objectMember(result, 'outputs'));
  const error = objectMember(result, 'error');
  const statusCode = outputs && memberOf(outputs, 'statusCode');
  const code =
    textMember(result, 'code') ??
    (error && textMember(error, 'code')) ??
    (typeof statusCode === 'number'
      ? statusName(statusCode)
      : status === 'Succeeded'
        ? 'OK'
        : 'ActionFailed');
  const message = error && textMember(error, 'message');
  return {
    kind: 'finished',
    status,
    code,
    ...(outputs && { outputs }),
    ...(error && {
      error: { code: textMember(error, 'code') ?? code, ...(message !== undefined && { message }) },
    }),
  };
}

/** The designer writes the name of a status where the outputs of a call have its number. */
function callOutputs(outputs: WorkflowObject | undefined): WorkflowObject | undefined {
  const name = outputs && textMember(outputs, 'statusCode');
  const number = name === undefined ? undefined : statusCodeNamed(name);
  return outputs && number !== undefined ? withMember(outputs, 'statusCode', number) : outputs;
}
