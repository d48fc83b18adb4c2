import {
  isArray,
  isObject,
  kindOf,
  memberOf,
  type WorkflowArray,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { badRequest } from '../run/template-failure.js';
import { worded } from '../run/worded.js';
import type { Finished } from './action-type.js';

/** The member `from` of the definition's inputs, which Query, Select, Table and Join go through. */
export function fromOf(definition: WorkflowObject): WorkflowObject {
  const inputs = memberOf(definition, 'inputs');
  return { from: isObject(inputs) ? (memberOf(inputs, 'from') ?? null) : null };
}

/** The definition's inputs, as they stand there. */
export function definedInputs(definition: WorkflowObject): WorkflowObject {
  const inputs = memberOf(definition, 'inputs');
  return isObject(inputs) ? inputs : {};
}

/** The evaluated `from`; where it is no array, how the action fails. @param type as it is named in messages */
export function listOf(inputs: WorkflowValue, type: string): WorkflowArray | Finished {
  const from = isObject(inputs) ? (memberOf(inputs, 'from') ?? null) : null;
  if (isArray(from)) return from;
  return badRequest(
    'InvalidTemplate',
    worded`The 'from' property value in the '${type}' action inputs is of type '${kindOf(from)}'. The value must be of type 'Array'.`,
  );
}

export function isList(list: WorkflowArray | Finished): list is WorkflowArray {
  return Array.isArray(list);
}
