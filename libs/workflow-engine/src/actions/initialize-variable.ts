import {
  isArray,
  isObject,
  memberOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { badRequest } from '../run/template-failure.js';
import type { ActionType, Assignment } from './action-type.js';
import { done } from './succeeded.js';
import { assignable, VariableError, variableTypeNamed } from './variables.js';
import { worded } from '../run/worded.js';

/** Declares one or several variables of the run. */
export const initializeVariable: ActionType = {
  type: 'InitializeVariable',
  start(inputs) {
    const variables = isObject(inputs) ? memberOf(inputs, 'variables') : undefined;
    if (!isArray(variables))
      return badRequest('InvalidTemplate', worded`The property 'variables' must be an array.`);
    try {
      return done({ assign: variables.filter((one) => isObject(one)).map(declaration) });
    } catch (error) {
      if (!(error instanceof VariableError)) throw error;
      return badRequest('BadRequest', error.wording);
    }
  },
};

function declaration(variable: WorkflowObject): Assignment {
  const name = textOf(memberOf(variable, 'name') ?? null);
  const type = variableTypeNamed(memberOf(variable, 'type'));
  if (!type) {
    const given = textOf(memberOf(variable, 'type') ?? null);
    throw new VariableError(worded`The variable '${name}' has the unknown type '${given}'.`);
  }
  const value: WorkflowValue | undefined = memberOf(variable, 'value');
  return { name, type, value: assignable(type, value, name) };
}
