import { isObject } from '@isthmus/workflow-expressions';
import { callOptions, resumeCall, startCall } from '../calls/call.js';
import { connectionOf, operationRequest } from '../calls/connection.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { worded } from '../run/worded.js';

/** An operation of a managed or custom connector: an HTTP call below the address of its connection. */
export const apiConnection: ActionType = {
  type: 'ApiConnection',
  start(inputs, scope) {
    const connection = isObject(inputs) ? connectionOf(inputs) : undefined;
    const request = isObject(inputs) ? operationRequest(inputs) : undefined;
    if (!isObject(inputs) || connection === undefined || !request) {
      return badRequest(
        'InvalidTemplate',
        worded`An 'ApiConnection' action needs 'host.connection' and 'path'.`,
      );
    }
    return startCall(
      inputs,
      { kind: 'connector', ...scope.effectFrame(), ...callOptions(scope), connection, request },
      scope,
    );
  },
  resume: resumeCall,
};

/** The form that Power Automate gives connector actions: it names operations by their id. */
export const openApiConnection: ActionType = { ...apiConnection, type: 'OpenApiConnection' };
