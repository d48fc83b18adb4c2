import { isObject, memberOf } from '@isthmus/workflow-expressions';
import { callOptions, resumeCall, startCall } from '../calls/call.js';
import { operationPath } from '../calls/connection.js';
import { callRequest } from '../calls/request.js';
import { objectMember, textMember } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { worded } from '../run/worded.js';

/** Calls an operation of an API that a gateway publishes. */
export const apiManagement: ActionType = {
  type: 'ApiManagement',
  start(inputs, scope) {
    const api = isObject(inputs)
      ? (objectMember(inputs, 'api') ?? objectMember(inputs, 'apiManagement'))
      : undefined;
    const path = isObject(inputs) ? operationPath(inputs) : undefined;
    const id = api && textMember(api, 'id');
    const connection = api && (textMember(api, 'connection') ?? textMember(api, 'connectionName'));
    if (!isObject(inputs) || path === undefined || (id === undefined && connection === undefined)) {
      return badRequest(
        'InvalidTemplate',
        worded`An 'ApiManagement' action needs 'api.id' or 'apiManagement.connection', and 'pathTemplate'.`,
      );
    }
    const subscriptionKey = memberOf(inputs, 'subscriptionKey');
    const effect = {
      kind: 'api-management',
      ...scope.effectFrame(),
      ...callOptions(scope),
      api: connection === undefined ? { id: id ?? '' } : { connection },
      ...(typeof subscriptionKey === 'string' && { subscriptionKey }),
      request: callRequest(inputs, path),
    } as const;
    return startCall(inputs, effect, scope);
  },
  resume: resumeCall,
};
