import type { Finished } from '../actions/action-type.js';
import type { PlannedAction } from '../plan/plan.js';

/** An action whose inputs cannot be evaluated. @param inner the message of the expression, which ends with a full stop */
export function failedInputs(action: PlannedAction, inner: string): Finished {
  const where = action.type.children
    ? `for action '${action.name}' at line '1' and column '1'`
    : `in action '${action.name}' inputs at line '0' and column '0'`;
  return badRequest(
    'InvalidTemplate',
    `Unable to process template language expressions ${where}: '${inner}'.`,
  );
}

/** An action that failed before it did anything. */
export function badRequest(code: string, message: string): Finished {
  return { kind: 'finished', status: 'Failed', code: 'BadRequest', error: { code, message } };
}
