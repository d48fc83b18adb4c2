import {
  isArray,
  isObject,
  kindOf,
  memberOf,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import { objectMember, shown } from '../plan/members.js';
import { actionFailed } from '../run/block-status.js';
import { worded } from '../run/worded.js';
import type { ActionScope, ActionType } from './action-type.js';
import { branchOf } from './branches.js';
import { done, failed } from './succeeded.js';

const mostParallel = 50;

/**
 * Runs its block once for each item, 20 at a time unless told otherwise; inside another Foreach one at a time.
 * Every item runs even if others fail.
 */
export const foreach: ActionType = {
  type: 'Foreach',
  loop: true,
  inputs: (definition) => memberOf(definition, 'foreach') ?? null,
  children: (definition) => [branchOf('actions', definition)],
  start(items, scope) {
    const { name, definition } = scope.action;
    if (!isArray(items)) {
      return failed(
        'ExpressionEvaluationFailed',
        worded`The execution of template action '${name}' failed: the result of the evaluation of 'foreach' expression '${shown(memberOf(definition, 'foreach') ?? '')}' is of type '${kindOf(items)}'. The result must be a valid array.`,
      );
    }
    const limit = scope.environment.limits.foreachItemsLimit;
    if (items.length > limit) {
      return failed(
        'ForeachItemsLimitExceeded',
        worded`The execution of template action '${name}' failed: the number of items '${String(items.length)}' exceeds the limit '${String(limit)}'.`,
      );
    }
    if (items.length === 0) return done();
    return { kind: 'enter', items, concurrency: concurrencyOf(scope) };
  },
  next(_inputs, passes) {
    const total = passes.items?.length ?? 0;
    if (passes.begun < total) return passes.active.size < passes.concurrency ? 'begin' : 'wait';
    if (passes.active.size > 0) return 'wait';
    return passes.failed > 0 ? failed(actionFailed.code, actionFailed.message ?? '') : done();
  },
};

function concurrencyOf(scope: ActionScope): number {
  const { action, environment } = scope;
  if (action.options.has('sequential')) return 1;
  if (action.loops.some((loop) => loop.type.type === 'Foreach')) return 1;
  const asked = repetitionsOf(action.definition) ?? environment.limits.foreachDegreeOfParallelism;
  return Math.min(Math.max(asked, 1), mostParallel);
}

function repetitionsOf(definition: WorkflowObject): number | undefined {
  const runtime = objectMember(definition, 'runtimeConfiguration') ?? {};
  const concurrency = memberOf(runtime, 'concurrency');
  const repetitions = isObject(concurrency) ? memberOf(concurrency, 'repetitions') : undefined;
  return typeof repetitions === 'number' ? repetitions : undefined;
}
