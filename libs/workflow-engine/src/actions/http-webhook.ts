import {
  isObject,
  memberOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { resumeCall, startCall } from '../calls/call.js';
import { callRequest } from '../calls/request.js';
import { objectMember } from '../plan/members.js';
import type { HttpEffect, NotifyEffect } from '../run/effects.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionScope, ActionType } from './action-type.js';
import { callbackReceived, subscription, subscriptionMade } from './webhook.js';
import { worded } from '../run/worded.js';

/** Subscribes at an address, waits for the callback, then unsubscribes. */
export const httpWebhook: ActionType = {
  type: 'HttpWebhook',
  inputs: (definition) => ({ subscribe: part(definition, 'subscribe') ?? null }),
  templates: (definition) => {
    const unsubscribe = part(definition, 'unsubscribe');
    return unsubscribe === undefined ? {} : { unsubscribe };
  },
  start(inputs, scope) {
    const subscribe = isObject(inputs) ? objectMember(inputs, 'subscribe') : undefined;
    const effect = subscribe && callTo(subscribe, scope);
    if (!subscribe || !effect)
      return badRequest(
        'InvalidTemplate',
        worded`An 'HttpWebhook' action needs 'subscribe' with 'method' and 'uri'.`,
      );
    return startCall(subscribe, effect, scope);
  },
  resume(inputs, outcome, scope) {
    const subscribe = isObject(inputs) ? (objectMember(inputs, 'subscribe') ?? {}) : {};
    return subscriptionMade(resumeCall(subscribe, outcome, scope));
  },
  callback: (_inputs, signal, scope) => callbackReceived(signal, unsubscribe(scope)),
  abandon: (_inputs, scope) => unsubscribe(scope),
};

function part(definition: WorkflowObject, name: string): WorkflowValue | undefined {
  const inputs = objectMember(definition, 'inputs');
  return inputs && memberOf(inputs, name);
}

function callTo(inputs: WorkflowObject, scope: ActionScope): HttpEffect | undefined {
  const uri = textOf(memberOf(inputs, 'uri') ?? null).trim();
  if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri)) return undefined;
  return { kind: 'http', ...scope.effectFrame(), request: callRequest(inputs, uri, 'POST') };
}

/** It may read what the subscribe call gave: `action().outputs`. */
function unsubscribe(scope: ActionScope): NotifyEffect[] {
  const inputs = scope.evaluateWith(subscription(scope.progress) ?? null, 'unsubscribe');
  const call = isObject(inputs) ? callTo(inputs, scope) : undefined;
  return call ? [{ kind: 'notify', call }] : [];
}
