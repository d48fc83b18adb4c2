import { memberOf, textOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import { headerOf } from '../content/header-names.js';
import { connectionOf, operationRequest } from '../calls/connection.js';
import { callRequest } from '../calls/request.js';
import { objectMember } from '../plan/members.js';
import type { EffectOutcome } from '../run/effects.js';
import { callInputs, readPoll } from './polling.js';
import type { Received, TriggerRequest, TriggerScope, TriggerType } from './trigger-type.js';

/** Each call to the callback URL of the subscription is a run. */
function receive(call: TriggerRequest): Received {
  const outputs: WorkflowObject = {
    headers: { ...call.headers },
    ...(Object.keys(call.queries).length > 0 && { queries: { ...call.queries } }),
    ...(call.body !== undefined && { body: call.body }),
  };
  return { kind: 'fired', outputs };
}

/** Subscribes at an address when the workflow is enabled, and unsubscribes when it is disabled. */
export const httpWebhook: TriggerType = {
  type: 'HttpWebhook',
  receive,
  subscribe: (inputs, scope) =>
    httpCall(objectMember(callInputs(inputs), 'subscribe') ?? {}, scope),
  unsubscribe(inputs, _subscribed, scope) {
    const unsubscribe = objectMember(callInputs(inputs), 'unsubscribe');
    return unsubscribe && memberOf(unsubscribe, 'uri') !== undefined
      ? httpCall(unsubscribe, scope)
      : undefined;
  },
};

function httpCall(inputs: WorkflowObject, scope: TriggerScope) {
  const request = callRequest(inputs, textOf(memberOf(inputs, 'uri') ?? null), 'POST');
  return { kind: 'http', ...scope.effectFrame(), request } as const;
}

/** Subscribes through a connector; the subscription is deleted at the Location that the connector answered with. */
export const apiConnectionWebhook: TriggerType = {
  type: 'ApiConnectionWebhook',
  receive,
  subscribe: (inputs, scope) => connectorCall(callInputs(inputs), callInputs(inputs), scope),
  unsubscribe: (inputs, subscribed, scope) => deletion(callInputs(inputs), subscribed, scope),
};

/** The newer form: a subscription, and a call that fetches what a notification speaks of. */
export const apiConnectionNotification: TriggerType = {
  type: 'ApiConnectionNotification',
  receive,
  subscribe(inputs, scope) {
    const call = callInputs(inputs);
    return connectorCall(call, objectMember(call, 'subscribe') ?? {}, scope);
  },
  fetch(inputs, scope) {
    const call = callInputs(inputs);
    const fetch = objectMember(call, 'fetch');
    return fetch && connectorCall(call, fetch, scope, 'GET');
  },
  polled: readPoll,
  unsubscribe: (inputs, subscribed, scope) => deletion(callInputs(inputs), subscribed, scope),
};

function connectorCall(
  inputs: WorkflowObject,
  operation: WorkflowObject,
  ...[scope, method = 'POST']: [TriggerScope, string?]
) {
  return {
    kind: 'connector',
    ...scope.effectFrame(),
    connection: connectionOf(inputs) ?? '',
    request: operationRequest(operation, method) ?? callRequest(operation, '', method),
  } as const;
}

function deletion(
  inputs: WorkflowObject,
  subscribed: EffectOutcome | undefined,
  scope: TriggerScope,
) {
  const uri =
    subscribed?.kind === 'response' ? headerOf(subscribed.headers, 'location') : undefined;
  if (uri === undefined) return undefined;
  const request = { method: 'DELETE', uri, headers: {} };
  return {
    kind: 'connector',
    ...scope.effectFrame(),
    connection: connectionOf(inputs) ?? '',
    request,
  } as const;
}
