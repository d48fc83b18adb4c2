import { isObject, memberOf, textOf } from '@isthmus/workflow-expressions';
import { callOptions, resumeCall, startCall } from '../calls/call.js';
import { callRequest } from '../calls/request.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { worded } from '../run/worded.js';

/** A call to any address. */
export const http: ActionType = {
  type: 'Http',
  start(inputs, scope) {
    if (!isObject(inputs))
      return badRequest(
        'InvalidTemplate',
        worded`The inputs of an 'Http' action must be an object.`,
      );
    const method = textOf(memberOf(inputs, 'method') ?? null);
    const uri = textOf(memberOf(inputs, 'uri') ?? null).trim();
    if (method === '')
      return badRequest(
        'InvalidTemplate',
        worded`Required property 'method' expects a value but got null. Path ''.`,
      );
    if (!/^[A-Za-z]+$/.test(method))
      return badRequest(
        'InvalidTemplate',
        worded`The 'method' property value '${method}' is not valid.`,
      );
    if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri)) {
      return badRequest(
        'InvalidTemplate',
        worded`The 'uri' property value '${uri}' is not a valid absolute address.`,
      );
    }
    const { id, path, idempotencyKey, timeout } = scope.effectFrame();
    const request = callRequest(inputs, uri);
    const options = callOptions(scope);
    const effect = {
      kind: 'http',
      id,
      path,
      idempotencyKey,
      timeout,
      ...options,
      request,
    } as const;
    return startCall(inputs, effect, scope);
  },
  resume: resumeCall,
};
