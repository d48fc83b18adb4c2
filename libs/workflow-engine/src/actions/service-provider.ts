import { isObject, memberOf, textOf } from '@isthmus/workflow-expressions';
import { callOptions, resumeCall, startCall } from '../calls/call.js';
import { objectMember } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { worded } from '../run/worded.js';

/** An operation of a built-in connector, by provider and operation id. */
export const serviceProvider: ActionType = {
  type: 'ServiceProvider',
  start(inputs, scope) {
    const configuration = isObject(inputs)
      ? objectMember(inputs, 'serviceProviderConfiguration')
      : undefined;
    if (!isObject(inputs) || !configuration) {
      return badRequest(
        'InvalidTemplate',
        worded`A 'ServiceProvider' action needs 'serviceProviderConfiguration'.`,
      );
    }
    const member = (name: string): string => textOf(memberOf(configuration, name) ?? null);
    const effect = {
      kind: 'service-provider',
      ...scope.effectFrame(),
      ...callOptions(scope),
      connection: member('connectionName'),
      serviceProviderId: member('serviceProviderId'),
      operationId: member('operationId'),
      parameters: objectMember(inputs, 'parameters') ?? {},
    } as const;
    return startCall(inputs, effect, scope);
  },
  resume: resumeCall,
};
