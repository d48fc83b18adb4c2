import { memberOf, textOf } from '@isthmus/workflow-expressions';
import { callRequest } from '../calls/request.js';
import { callInputs, readPoll, rememberedLocation } from './polling.js';
import type { TriggerType } from './trigger-type.js';

/** Asks an address by its recurrence and fires when it answers 200. */
export const http: TriggerType = {
  type: 'Http',
  recurs: true,
  poll(inputs, memory, scope) {
    const call = callInputs(inputs);
    const uri = textOf(memberOf(call, 'uri') ?? null);
    const location = rememberedLocation(memory);
    const request = callRequest(call, uri);
    return {
      kind: 'http',
      ...scope.effectFrame(),
      request:
        location === undefined
          ? request
          : { ...request, uri: URL.canParse(location, uri) ? new URL(location, uri).href : uri },
    };
  },
  polled: readPoll,
};
