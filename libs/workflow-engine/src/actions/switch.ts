import {
  isObject,
  kindOf,
  memberOf,
  membersOf,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import { objectMember, shown } from '../plan/members.js';
import { worded } from '../run/worded.js';
import type { ActionType, Branch } from './action-type.js';
import { branchOf } from './branches.js';
import { failed } from './succeeded.js';

const defaultBranch = 'default';

/**
 * Runs the branch whose case equals the value, strictly in type, strings with case. A case of another type is a
 * failure: all actions of all branches are Failed (measured on the service).
 */
export const switchAction: ActionType = {
  type: 'Switch',
  inputs: (definition) => memberOf(definition, 'expression') ?? null,
  children(definition): Branch[] {
    const cases = casesOf(definition).map(([name, one]) => branchOf(`case ${name}`, one));
    return [...cases, branchOf(defaultBranch, objectMember(definition, 'default'))];
  },
  start(value, { action }) {
    const kind = kindOf(value);
    if (kind !== 'String' && kind !== 'Integer') {
      const text = shown(memberOf(action.definition, 'expression') ?? '');
      return failed(
        'ExpressionEvaluationFailed',
        worded`The execution of template action '${action.name}' failed. The result of the evaluation of 'scope' action expression '${text}' is not valid. It is of type '${kind}' but is expected to be a value of type '${'String, Integer'}'.`,
      );
    }
    const cases = casesOf(action.definition);
    const other = cases
      .map(([, one]) => kindOf(memberOf(one, 'case') ?? null))
      .find((caseKind) => caseKind !== kind);
    if (other !== undefined) return distinctTypes(kind, other);
    const chosen = cases.find(([, one]) => memberOf(one, 'case') === value);
    return {
      kind: 'enter',
      branch: chosen ? `case ${chosen[0]}` : defaultBranch,
      outputs: { expression: value },
    };
  },
};

function casesOf(definition: WorkflowObject): (readonly [string, WorkflowObject])[] {
  return membersOf(objectMember(definition, 'cases') ?? {}).flatMap(([name, one]) =>
    isObject(one) ? [[name, one] as const] : [],
  );
}

function distinctTypes(value: string, other: string) {
  const message =
    `The template language function 'strongEquals' expects its parameters to be of the same type. ` +
    `The provided values are of distinct types '${value},${other}'.`;
  return failed('ActionFailed', worded`An action failed. No dependent actions succeeded.`, {
    children: {
      status: 'Failed',
      code: 'InternalServerError',
      error: { code: 'ActionConditionFailed', message },
    },
  });
}
