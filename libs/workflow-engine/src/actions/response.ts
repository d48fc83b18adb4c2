import { shown } from '../plan/members.js';
import {
  isObject,
  memberOf,
  withoutMember,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { contentTypeOf } from '../content/encode-content.js';
import { responseHeaders } from '../calls/response-headers.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { done, failed, succeeded } from './succeeded.js';
import { worded } from '../run/worded.js';

/** Answers the caller. Only the first one reaches it; a later one is Skipped and fails the run (reported from the service). */
export const response: ActionType = {
  type: 'Response',
  answers: true,
  passesOn: true,
  inputs(definition) {
    const inputs = memberOf(definition, 'inputs');
    if (!isObject(inputs)) return inputs ?? null;
    // The schema describes the body for designers; it is neither evaluated nor enforced.
    return withoutMember(inputs, 'schema');
  },
  start(inputs, scope) {
    if (scope.state.response) {
      return {
        ...done(),
        status: 'Skipped',
        code: 'ActionSkipped',
        error: {
          code: 'ActionResponseSkipped',
          ...worded`The execution of template action '${scope.action.name}' is skipped: the response was already sent by another action.`,
        },
        failsRun: true,
      };
    }
    if (scope.state.responseExpired) {
      return failed(
        'ActionResponseTimedOut',
        worded`The execution of template action '${scope.action.name}' failed: the client application timed out waiting for a response from service. This means that workflow took longer to respond than the alloted timeout value.`,
      );
    }
    const answer = messageOf(isObject(inputs) ? inputs : {});
    if (typeof answer === 'string') return badRequest('InvalidTemplate', answer);
    const { statusCode, headers, body } = answer;
    return {
      ...succeeded({ statusCode, headers, ...(body !== undefined && { body }) }),
      respond: { response: answer, asynchronous: scope.action.options.has('asynchronous') },
    };
  },
};

function messageOf(
  inputs: WorkflowObject,
): { statusCode: number; headers: Record<string, string>; body?: WorkflowValue } | string {
  const value = memberOf(inputs, 'statusCode');
  const statusCode = Number(
    typeof value === 'string' && value.trim() === '' ? Number.NaN : (value ?? Number.NaN),
  );
  if (
    !Number.isInteger(statusCode) ||
    statusCode < 200 ||
    statusCode > 599 ||
    (statusCode >= 300 && statusCode < 400)
  ) {
    return `The 'statusCode' value '${shown(value)}' of a 'Response' action must be a number from 200 to 299 or from 400 to 599.`;
  }
  const headers = responseHeaders(memberOf(inputs, 'headers'));
  const body = memberOf(inputs, 'body');
  const contentType = contentTypeOf(body, headers['Content-Type']);
  if (contentType !== undefined) headers['Content-Type'] = contentType;
  return { statusCode, headers, ...(body !== undefined && body !== null && { body }) };
}
