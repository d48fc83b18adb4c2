import type { Finished } from '../actions/action-type.js';
import type { PlannedAction } from '../plan/plan.js';
import { worded, type Wording } from './worded.js';

/** An action whose inputs cannot be evaluated. @param inner the message of the expression, which ends with a full stop */
export function failedInputs(action: PlannedAction, inner: string): Finished {
  const wording = action.type.children
    ? worded`Unable to process template language expressions for action '${action.name}' at line '${'1'}' and column '${'1'}': '${inner}'.`
    : worded`Unable to process template language expressions in action '${action.name}' inputs at line '${'0'}' and column '${'0'}': '${inner}'.`;
  return badRequest('InvalidTemplate', wording);
}

/** An action that failed before it did anything. */
export function badRequest(code: string, message: string | Wording): Finished {
  const words = typeof message === 'string' ? { message } : message;
  return { kind: 'finished', status: 'Failed', code: 'BadRequest', error: { code, ...words } };
}
