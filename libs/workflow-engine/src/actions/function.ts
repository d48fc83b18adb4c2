import { isObject, memberOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import { callOptions, resumeCall, startCall } from '../calls/call.js';
import { callRequest } from '../calls/request.js';
import { objectMember, textMember } from '../plan/members.js';
import type { FunctionEffect } from '../run/effects.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { worded } from '../run/worded.js';

/** Calls an Azure Function, or what answers at its place. */
export const functionAction: ActionType = {
  type: 'Function',
  start(inputs, scope) {
    const target = isObject(inputs) ? targetOf(inputs) : undefined;
    if (!isObject(inputs) || !target) {
      return badRequest(
        'InvalidTemplate',
        worded`A 'Function' action needs 'function.id' or 'function.connectionName'.`,
      );
    }
    const request = callRequest(inputs, textMember(inputs, 'path') ?? '', 'POST');
    return startCall(
      inputs,
      {
        kind: 'function',
        ...scope.effectFrame(),
        ...callOptions(scope),
        function: target,
        request,
      },
      scope,
    );
  },
  resume: resumeCall,
};

function targetOf(inputs: WorkflowObject): FunctionEffect['function'] | undefined {
  const target = objectMember(inputs, 'function');
  const id = target && textMember(target, 'id');
  const connection = target && textMember(target, 'connectionName');
  if (connection !== undefined) return { connection };
  return id === undefined ? undefined : { id };
}

/** Calls a function of the same project by its name, with parameters. */
export const invokeFunction: ActionType = {
  type: 'InvokeFunction',
  start(inputs, scope) {
    const name = isObject(inputs) ? textMember(inputs, 'functionName') : undefined;
    if (!isObject(inputs) || name === undefined) {
      return badRequest(
        'InvalidTemplate',
        worded`An 'InvokeFunction' action needs 'functionName'.`,
      );
    }
    const body = memberOf(inputs, 'parameters');
    const request = { method: 'POST', uri: '', headers: {}, ...(body !== undefined && { body }) };
    return startCall(
      inputs,
      {
        kind: 'function',
        ...scope.effectFrame(),
        ...callOptions(scope),
        function: { name },
        request,
      },
      scope,
    );
  },
  resume: resumeCall,
};
