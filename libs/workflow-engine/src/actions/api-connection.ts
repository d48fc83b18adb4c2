import { isObject } from '@isthmus/workflow-expressions';
import { callOptions, resumeCall, startCall } from '../calls/call.js';
import { connectionOf, operationPath } from '../calls/connection.js';
import { callRequest } from '../calls/request.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { worded } from '../run/worded.js';

/** An operation of a managed or custom connector: an HTTP call below the address of its connection. */
export const apiConnection: ActionType = {
  type: 'ApiConnection',
  start(inputs, scope) {
    const connection = isObject(inputs) ? connectionOf(inputs) : undefined;
    const path = isObject(inputs) ? operationPath(inputs) : undefined;
    if (!isObject(inputs) || connection === undefined || path === undefined) {
      return badRequest(
        'InvalidTemplate',
        worded`An 'ApiConnection' action needs 'host.connection' and 'path'.`,
      );
    }
    const request = callRequest(inputs, path);
    return startCall(
      inputs,
      { kind: 'connector', ...scope.effectFrame(), ...callOptions(scope), connection, request },
      scope,
    );
  },
  resume: resumeCall,
};

/** The form that Power Automate gives connector actions; performed alike. */
export const openApiConnection: ActionType = { ...apiConnection, type: 'OpenApiConnection' };
