import { connectionOf, operationRequest } from '../calls/connection.js';
import { callRequest } from '../calls/request.js';
import { callInputs, readPoll, rememberedLocation } from './polling.js';
import type { TriggerType } from './trigger-type.js';

/** Asks an operation of a connector by its recurrence; the `Location` of an answer holds what was seen already. */
export const apiConnection: TriggerType = {
  type: 'ApiConnection',
  recurs: true,
  poll(inputs, memory, scope) {
    const call = callInputs(inputs);
    const request = operationRequest(call) ?? callRequest(call, '');
    const location = rememberedLocation(memory);
    return {
      kind: 'connector',
      ...scope.effectFrame(),
      connection: connectionOf(call) ?? '',
      request: location === undefined ? request : { ...request, uri: location },
    };
  },
  polled: readPoll,
};

/** The form that Power Automate gives connector triggers. */
export const openApiConnection: TriggerType = { ...apiConnection, type: 'OpenApiConnection' };
