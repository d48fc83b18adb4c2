import type { WorkflowValue } from '@isthmus/workflow-expressions';
import type { Wording } from '../run/worded.js';
import type { Finished } from './action-type.js';

/** A data operation that went well: code OK. */
export function succeeded(outputs?: WorkflowValue): Finished {
  return {
    kind: 'finished',
    status: 'Succeeded',
    code: 'OK',
    ...(outputs !== undefined && { outputs }),
  };
}

/** Success of a control action or a variable: it has no code of its own. */
export function done(rest: Omit<Finished, 'kind' | 'status' | 'code'> = {}): Finished {
  return { kind: 'finished', status: 'Succeeded', code: 'NotSpecified', ...rest };
}

/** A failure with the same code for the action and its error. */
export function failed(
  code: string,
  message: string | Wording,
  rest: Partial<Finished> = {},
): Finished {
  const words = typeof message === 'string' ? { message } : message;
  return { kind: 'finished', status: 'Failed', code, error: { code, ...words }, ...rest };
}
