import { isObject, memberOf, textOf } from '@isthmus/workflow-expressions';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { done } from './succeeded.js';
import { worded } from '../run/worded.js';

const statuses = ['Succeeded', 'Failed', 'Cancelled'] as const;

/** Ends the run at once. The action itself is Succeeded. */
export const terminate: ActionType = {
  type: 'Terminate',
  start(inputs) {
    const wanted = isObject(inputs) ? textOf(memberOf(inputs, 'runStatus') ?? null) : '';
    const status = statuses.find((one) => one.toLowerCase() === wanted.toLowerCase());
    if (!status || !isObject(inputs)) {
      return badRequest(
        'InvalidTemplate',
        worded`The 'runStatus' '${wanted}' is not one of 'Succeeded, Failed, Cancelled'.`,
      );
    }
    const error = memberOf(inputs, 'runError');
    const code = isObject(error) ? textOf(memberOf(error, 'code') ?? null) : '';
    const message = isObject(error) ? memberOf(error, 'message') : undefined;
    return done({
      terminate: {
        status,
        ...(status === 'Failed' && {
          error: {
            code: code === '' ? 'Terminated' : code,
            message: message === undefined ? 'The workflow run was terminated.' : textOf(message),
          },
        }),
      },
    });
  },
};
