import { memberOf, textOf } from '@isthmus/workflow-expressions';
import { objectMember } from '../plan/members.js';
import { callInputs, readPoll } from './polling.js';
import type { TriggerType } from './trigger-type.js';

/** Asks an operation of a built-in connector by its recurrence. */
export const serviceProvider: TriggerType = {
  type: 'ServiceProvider',
  recurs: true,
  poll(inputs, _memory, scope) {
    const call = callInputs(inputs);
    const configuration = objectMember(call, 'serviceProviderConfiguration') ?? {};
    const member = (name: string): string => textOf(memberOf(configuration, name) ?? null);
    return {
      kind: 'service-provider',
      ...scope.effectFrame(),
      connection: member('connectionName'),
      serviceProviderId: member('serviceProviderId'),
      operationId: member('operationId'),
      parameters: objectMember(call, 'parameters') ?? {},
    };
  },
  polled: readPoll,
};
