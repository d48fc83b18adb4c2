import { isObject, memberOf } from '@isthmus/workflow-expressions';
import { callOptions, resumeCall, startCall } from '../calls/call.js';
import { callRequest } from '../calls/request.js';
import { objectMember, textMember } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { worded } from '../run/worded.js';

/**
 * Runs another workflow and waits for its Response, also for an asynchronous one. A child that ends without a Response
 * gives 502 `NoResponse`, whether its definition holds one or not (measured).
 */
export const workflow: ActionType = {
  type: 'Workflow',
  start(inputs, scope) {
    const host = isObject(inputs) ? objectMember(inputs, 'host') : undefined;
    const target = host && textMember(objectMember(host, 'workflow') ?? {}, 'id');
    if (!isObject(inputs) || !host || !target) {
      return badRequest('InvalidTemplate', worded`A 'Workflow' action needs 'host.workflow.id'.`);
    }
    const triggerName = textMember(host, 'triggerName');
    const { uri: _, ...request } = callRequest(inputs, '', 'POST');
    const { method, ...rest } = request;
    const effect = {
      kind: 'workflow',
      ...scope.effectFrame(),
      ...callOptions(scope),
      workflow: target,
      ...(triggerName !== undefined && { triggerName }),
      ...(scope.action.options.has('disableasyncpattern') && {
        disableAsyncPattern: true as const,
      }),
      request: memberOf(inputs, 'method') === undefined ? rest : { method, ...rest },
    } as const;
    return startCall(inputs, effect, scope);
  },
  resume: resumeCall,
};
