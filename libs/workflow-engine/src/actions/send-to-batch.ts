import { isObject, memberOf, textOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import { resumeCall, startCall } from '../calls/call.js';
import { objectMember, textMember } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { worded } from '../run/worded.js';

/** Hands a message to the batch trigger of another workflow. */
export const sendToBatch: ActionType = {
  type: 'SendToBatch',
  start(inputs, scope) {
    const host = isObject(inputs) ? objectMember(inputs, 'host') : undefined;
    const workflow = host && textMember(objectMember(host, 'workflow') ?? {}, 'id');
    if (!isObject(inputs) || !host || workflow === undefined) {
      return badRequest(
        'InvalidTemplate',
        worded`A 'SendToBatch' action needs 'host.workflow.id'.`,
      );
    }
    const effect = {
      kind: 'batch-message',
      ...scope.effectFrame(),
      workflow,
      triggerName: textMember(host, 'triggerName') ?? '',
      batchName: textOf(memberOf(inputs, 'batchName') ?? null),
      content: memberOf(inputs, 'content') ?? null,
      ...optional(inputs, 'partitionName'),
      ...optional(inputs, 'messageId'),
      ...optional(inputs, 'contentType'),
    } as const;
    return startCall(inputs, effect, scope);
  },
  resume: resumeCall,
};

function optional<Name extends string>(
  inputs: WorkflowObject,
  name: Name,
): { [K in Name]?: string } {
  const value = memberOf(inputs, name);
  return (value === undefined || value === null ? {} : { [name]: textOf(value) }) as {
    [K in Name]?: string;
  };
}
