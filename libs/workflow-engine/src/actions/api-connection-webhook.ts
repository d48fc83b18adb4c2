import { isObject, type WorkflowObject } from '@isthmus/workflow-expressions';
import { resumeCall, startCall } from '../calls/call.js';
import { connectionOf, operationRequest } from '../calls/connection.js';
import type { ConnectorEffect, NotifyEffect } from '../run/effects.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionScope, ActionType } from './action-type.js';
import { callbackReceived, subscriptionLocation, subscriptionMade } from './webhook.js';
import { worded } from '../run/worded.js';

/** Subscribes through a connector, waits for the callback, then deletes the subscription at its Location. */
export const apiConnectionWebhook: ActionType = {
  type: 'ApiConnectionWebhook',
  start(inputs, scope) {
    const effect = isObject(inputs) ? subscribe(inputs, scope) : undefined;
    if (!effect)
      return badRequest(
        'InvalidTemplate',
        worded`An 'ApiConnectionWebhook' action needs 'host.connection' and 'path'.`,
      );
    return startCall(inputs, effect, scope);
  },
  resume: (inputs, outcome, scope) => subscriptionMade(resumeCall(inputs, outcome, scope)),
  callback: (inputs, signal, scope) =>
    callbackReceived(signal, unsubscribe(inputs as WorkflowObject, scope)),
  abandon: (inputs, scope) => (isObject(inputs) ? unsubscribe(inputs, scope) : []),
};

/** The form that Power Automate gives connector webhooks. */
export const openApiConnectionWebhook: ActionType = {
  ...apiConnectionWebhook,
  type: 'OpenApiConnectionWebhook',
};

function subscribe(inputs: WorkflowObject, scope: ActionScope): ConnectorEffect | undefined {
  const connection = connectionOf(inputs);
  const request = operationRequest(inputs, 'POST');
  if (connection === undefined || !request) return undefined;
  return { kind: 'connector', ...scope.effectFrame(), connection, request };
}

function unsubscribe(inputs: WorkflowObject, scope: ActionScope): NotifyEffect[] {
  const uri = subscriptionLocation(scope.progress);
  const connection = connectionOf(inputs);
  if (uri === undefined || connection === undefined) return [];
  const call: ConnectorEffect = {
    kind: 'connector',
    ...scope.effectFrame(),
    connection,
    request: { method: 'DELETE', uri, headers: {} },
  };
  return [{ kind: 'notify', call }];
}
