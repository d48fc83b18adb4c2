import {
  isObject,
  memberOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { ActionResult, ActionScope, Ask, Finished } from '../actions/action-type.js';
import { headerOf } from '../content/header-names.js';
import { objectMember, textMember } from '../plan/members.js';
import type { PlannedAction } from '../plan/plan.js';
import type { CallEffect, EffectOutcome, FailureOutcome, ResponseOutcome } from '../run/effects.js';
import type { RunError } from '../run/events.js';
import { badRequest } from '../run/template-failure.js';
import {
  isRetryable,
  retryAfter,
  retryDelay,
  retryPolicyOf,
  type RetryPolicy,
} from './retry-policy.js';
import { statusName } from './status-names.js';

/** What a call remembers between its attempts. */
interface CallProgress {
  /** Repetitions so far. */
  readonly retries: number;
  /** When the attempt in flight began. */
  readonly since: number;
}

function progressOf(scope: ActionScope): CallProgress {
  const progress = isObject(scope.progress) ? scope.progress : {};
  return {
    retries: Number(memberOf(progress, 'retries') ?? 0),
    since: Number(memberOf(progress, 'since') ?? scope.startedAt),
  };
}

type CallOptions = Pick<CallEffect, 'pagination' | 'chunked' | 'suppressWorkflowHeaders'>;

/** By action: they are the same for all of its runs. */
const knownOptions = new WeakMap<PlannedAction, CallOptions>();

/** Members of the effect that follow from the action's configuration. */
export function callOptions({ action }: ActionScope): CallOptions {
  let options = knownOptions.get(action);
  if (!options) knownOptions.set(action, (options = readOptions(action)));
  return options;
}

function readOptions({ definition, options }: PlannedAction): CallOptions {
  // Both spellings occur in the documentation.
  const runtime = objectMember(definition, 'runtimeConfiguration') ?? {};
  const minimum = memberOf(objectMember(runtime, 'paginationPolicy') ?? {}, 'minimumItemCount');
  const mode = textMember(objectMember(runtime, 'contentTransfer') ?? {}, 'transferMode');
  return {
    ...(typeof minimum === 'number' && { pagination: { minimumItemCount: minimum } }),
    ...(mode?.toLowerCase() === 'chunked' && { chunked: true }),
    ...(options.has('suppressworkflowheaders') && { suppressWorkflowHeaders: true }),
  };
}

/** Starts a call, unless its retry policy makes no sense. */
export function startCall(
  inputs: WorkflowValue,
  effect: CallEffect,
  scope: ActionScope,
): ActionResult {
  const policy = policyOf(inputs, scope);
  if (typeof policy === 'string') return badRequest('InvalidRetryPolicy', policy);
  return { kind: 'ask', effect, progress: { retries: 0, since: scope.now } };
}

function policyOf(inputs: WorkflowValue, scope: ActionScope): RetryPolicy | string {
  const value = isObject(inputs) ? memberOf(inputs, 'retryPolicy') : undefined;
  return retryPolicyOf(value, scope.environment.limits);
}

/**
 * What follows from the outcome of a call: polling (202 with Location), another attempt, or the end. Failed is
 * every status from 400 on, and a redirection that was not followed.
 */
export function resumeCall(
  inputs: WorkflowValue,
  outcome: EffectOutcome,
  scope: ActionScope,
): ActionResult {
  const policy = policyOf(inputs, scope);
  if (typeof policy === 'string') return badRequest('InvalidRetryPolicy', policy);
  switch (outcome.kind) {
    case 'value':
      return {
        kind: 'finished',
        status: 'Succeeded',
        code: 'OK',
        outputs: { body: outcome.value },
      };
    case 'failure':
      return repeated(policy, outcome, scope) ?? unanswered(outcome);
    case 'response':
      return polled(outcome, scope) ?? repeated(policy, outcome, scope) ?? answered(outcome);
  }
}

/** The result of a call that was answered. */
function answered(outcome: ResponseOutcome): Finished {
  return {
    kind: 'finished',
    status: outcome.statusCode >= 300 ? 'Failed' : 'Succeeded',
    code: statusName(outcome.statusCode),
    outputs: callOutputs(outcome),
  };
}

/** `outputs('X')` of a call: without a member `body` where the body was empty. */
export function callOutputs(outcome: ResponseOutcome): WorkflowObject {
  const { statusCode, headers, body } = outcome;
  return body === undefined ? { statusCode, headers } : { statusCode, headers, body };
}

function unanswered(outcome: FailureOutcome): Finished {
  return {
    kind: 'finished',
    status: outcome.code === 'ActionTimedOut' ? 'TimedOut' : 'Failed',
    code: outcome.code,
    error: errorOf(outcome),
  };
}

function errorOf({ code, message, messageTemplate }: FailureOutcome): RunError {
  return { code, message, ...(messageTemplate !== undefined && { messageTemplate }) };
}

function repeated(
  policy: RetryPolicy,
  outcome: ResponseOutcome | FailureOutcome,
  scope: ActionScope,
): Ask | undefined {
  const again = outcome.kind === 'failure' ? outcome.retryable : isRetryable(outcome.statusCode);
  if (!again || !scope.effect) return undefined;
  const { retries, since } = progressOf(scope);
  if (retries >= policy.count) return undefined;
  const asked =
    outcome.kind === 'response' && (outcome.statusCode === 429 || outcome.statusCode === 503)
      ? retryAfter(outcome.headers, scope.now)
      : undefined;
  const delay = asked ?? retryDelay(policy, retries + 1, scope.random());
  const failure: { code: string; error?: RunError } =
    outcome.kind === 'response'
      ? { code: statusName(outcome.statusCode) }
      : { code: outcome.code, error: errorOf(outcome) };
  return {
    kind: 'ask',
    effect: { ...scope.effect, ...scope.effectFrame() },
    delay,
    progress: {
      retries: retries + 1,
      since: scope.now + delay,
      ...(isPoll(scope) && { polls: true }),
    },
    retry: { startedAt: since, endedAt: scope.now, ...failure },
  };
}

/** The asynchronous pattern: the address of `Location` is read until it answers with something else than 202. */
function polled(outcome: ResponseOutcome, scope: ActionScope): Ask | undefined {
  const { effect, environment } = scope;
  if (outcome.statusCode !== 202 || environment.kind === 'Stateless') return undefined;
  if (scope.action.options.has('disableasyncpattern') || !effect || !('request' in effect))
    return undefined;
  const location = headerOf(outcome.headers, 'location');
  const polling =
    effect.kind !== 'workflow' && effect.request.method === 'GET' ? effect.request.uri : undefined;
  const target = location ?? (isPoll(scope) ? polling : undefined);
  if (target === undefined || effect.kind === 'workflow') return undefined;
  const uri = URL.canParse(target, effect.request.uri)
    ? new URL(target, effect.request.uri).href
    : target;
  const { authentication } = effect.request;
  const request = { method: 'GET', uri, headers: {}, ...(authentication && { authentication }) };
  const delay = retryAfter(outcome.headers, scope.now) ?? environment.limits.asyncPollInterval;
  return {
    kind: 'ask',
    effect: { ...effect, ...scope.effectFrame(), request },
    delay,
    progress: { retries: 0, since: scope.now + delay, polls: true },
  };
}

function isPoll(scope: ActionScope): boolean {
  return isObject(scope.progress) && memberOf(scope.progress, 'polls') === true;
}
