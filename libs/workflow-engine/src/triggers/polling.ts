import {
  isArray,
  isObject,
  memberOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { callOutputs } from '../calls/call.js';
import { headerOf } from '../content/header-names.js';
import { retryAfter } from '../calls/retry-policy.js';
import { statusName } from '../calls/status-names.js';
import type { EffectOutcome } from '../run/effects.js';
import type { Polled, TriggerScope } from './trigger-type.js';

/**
 * What the answer to a poll means: 200 fires, 202 has nothing new, everything else has failed. `Location` is where
 * to ask next, `Retry-After` when.
 */
export function readPoll(outcome: EffectOutcome, scope: TriggerScope): Polled {
  switch (outcome.kind) {
    case 'failure':
      return { error: { code: outcome.code, message: outcome.message } };
    case 'value':
      return isNews(outcome.value) ? { outputs: { body: outcome.value } } : {};
    case 'response': {
      const delay = retryAfter(outcome.headers, scope.now);
      const location = headerOf(outcome.headers, 'location');
      const next = {
        ...(delay !== undefined && { delay }),
        ...(location !== undefined && { memory: { location } }),
      };
      if (outcome.statusCode === 202) return next;
      if (outcome.statusCode >= 300)
        return { ...next, error: { code: statusName(outcome.statusCode) } };
      return { ...next, outputs: callOutputs(outcome) };
    }
  }
}

function isNews(value: WorkflowValue): boolean {
  return value !== null && !(isArray(value) && value.length === 0);
}

/** The address that the last poll asked to use. */
export function rememberedLocation(memory: WorkflowValue | undefined): string | undefined {
  const location = isObject(memory) ? memberOf(memory, 'location') : undefined;
  return typeof location === 'string' ? location : undefined;
}

/** Inputs of a call as an object; the members of anything else are missing. */
export function callInputs(inputs: WorkflowValue): WorkflowObject {
  return isObject(inputs) ? inputs : {};
}
