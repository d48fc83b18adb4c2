import type { ActionView, EvaluationScope, WorkflowValue } from '@isthmus/workflow-expressions';
import type { PlannedAction } from '../plan/plan.js';
import type { RunScope } from './run-scope.js';
import type { ActionRecord, RunState } from './state.js';
import { bodyOf, recordView } from './views.js';

/** The scope of a template in which `action()`, and the action by its name, are the action as `record` shows it. */
export function seeingItself(
  scope: RunScope,
  state: RunState,
  action: PlannedAction,
  record: ActionRecord,
): EvaluationScope {
  const outputs: WorkflowValue = record.outputs ?? null;
  const itself: ActionView = {
    outputs,
    body: bodyOf(action, outputs),
    record: () => recordView(state, action, record),
  };
  const name = action.name.toLowerCase();
  return Object.assign(Object.create(scope) as RunScope, {
    currentAction: () => itself,
    action: (wanted: string) => (wanted.toLowerCase() === name ? itself : scope.action(wanted)),
  });
}
