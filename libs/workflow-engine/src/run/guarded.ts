import { WorkflowExpressionError } from '@isthmus/workflow-expressions';
import type { ActionResult } from '../actions/action-type.js';
import type { PlannedAction } from '../plan/plan.js';
import { failedInputs } from './template-failure.js';

/** An expression that fails, fails its action; so does anything unforeseen, which must not take the host down. */
export function guarded<Result = ActionResult>(
  action: PlannedAction,
  decide: () => Result | ActionResult,
): Result | ActionResult {
  try {
    return decide();
  } catch (error) {
    if (error instanceof WorkflowExpressionError) return failedInputs(action, error.message);
    const message = error instanceof Error ? error.message : String(error);
    return {
      kind: 'finished',
      status: 'Failed',
      code: 'InternalServerError',
      error: {
        code: 'InternalServerError',
        message: `The action '${action.name}' could not be executed: ${message}`,
      },
    };
  }
}
