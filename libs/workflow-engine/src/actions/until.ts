import { memberOf, type WorkflowObject, type WorkflowValue } from '@isthmus/workflow-expressions';
import { parseDuration } from '../calls/duration.js';
import { objectMember } from '../plan/members.js';
import { actionFailed } from '../run/block-status.js';
import type { ContainerState } from '../run/state.js';
import { failedInputs } from '../run/template-failure.js';
import type { ActionScope, ActionType, Finished } from './action-type.js';
import { branchOf } from './branches.js';
import { done, failed } from './succeeded.js';
import { worded } from '../run/worded.js';

const defaultCount = 60;
const defaultTimeout = 3_600_000;

/**
 * Repeats its block until the condition is true or a limit is reached, which counts as success unless the option
 * FailWhenLimitsReached is set. The last pass decides; failures before it do not count.
 */
export const until: ActionType = {
  type: 'Until',
  loop: true,
  repeats: true,
  ownsLimit: true,
  inputs: (definition) => objectMember(definition, 'limit') ?? {},
  conditions: (definition) => ({ expression: memberOf(definition, 'expression') ?? null }),
  children: (definition) => [branchOf('actions', definition)],
  start: (limit) => ({ kind: 'enter', inputs: limit }),
  next(limit, passes, scope) {
    if (passes.active.size > 0) return 'wait';
    if (passes.begun === 0) return 'begin';
    const reached = scope.evaluate('expression');
    if (typeof reached !== 'boolean') {
      return failedInputs(
        scope.action,
        'The expression of an Until must give a value of type Boolean.',
      );
    }
    if (reached) return lastPass(passes);
    const limits = limit as WorkflowObject;
    const isTimeOver = isTimeLimitReached(limits, scope);
    if (!isTimeOver && !isCountReached(limits, passes, scope)) return 'begin';
    if (!scope.action.options.has('failwhenlimitsreached')) return lastPass(passes);
    // Out of time it was seen as TimedOut; the documentation speaks of failing.
    return failed(
      'UntilLimitsReached',
      worded`The execution of template action '${scope.action.name}' failed: the loop reached its limits before its condition was met.`,
      isTimeOver ? { status: 'TimedOut' } : {},
    );
  },
};

function lastPass(passes: ContainerState): Finished {
  return passes.lastStatus === 'Failed'
    ? failed(actionFailed.code, actionFailed.message ?? '')
    : done();
}

function isCountReached(
  limit: WorkflowObject,
  passes: ContainerState,
  scope: ActionScope,
): boolean {
  const count = numberOf(memberOf(limit, 'count')) ?? defaultCount;
  return passes.finished >= Math.min(count, scope.environment.limits.untilLimitCount);
}

function isTimeLimitReached(limit: WorkflowObject, scope: ActionScope): boolean {
  const timeout = memberOf(limit, 'timeout');
  const duration =
    typeof timeout === 'string' ? parseDuration(timeout, scope.startedAt) : undefined;
  return scope.now - scope.startedAt >= (duration ?? defaultTimeout);
}

function numberOf(value: WorkflowValue | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}
