import type { ActionView, EvaluationScope, WorkflowValue } from '@isthmus/workflow-expressions';
import type { PlannedAction } from '../plan/plan.js';
import type { RunScope } from './run-scope.js';
import type { ActionRecord, RunState } from './state.js';
import { recordView } from './views.js';

/** The scope of a template in which `action()` is the action itself, as `record` shows it. */
export function seeingItself(
  scope: RunScope,
  state: RunState,
  action: PlannedAction,
  record: ActionRecord,
): EvaluationScope {
  const outputs: WorkflowValue = record.outputs ?? null;
  const current = Object.create(scope) as RunScope & { currentAction(): ActionView };
  current.currentAction = () => ({
    outputs,
    body: null,
    record: () => recordView(state, action, record),
  });
  return current;
}
