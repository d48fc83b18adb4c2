import { memberOf, type WorkflowValue } from '@isthmus/workflow-expressions';
import type { ActionType } from './action-type.js';
import { definedInputs, fromOf, isList, listOf, throughList } from './list-source.js';
import { succeeded } from './succeeded.js';

/**
 * Makes something else of each item: an object of a template, or what an expression gives. The history shows the
 * template as it is written.
 */
export const select: ActionType = {
  type: 'Select',
  inputs: fromOf,
  templates: (definition) => ({ select: memberOf(definedInputs(definition), 'select') ?? null }),
  start(inputs, scope) {
    const list = listOf(inputs, 'select');
    if (!isList(list)) return list;
    const body: WorkflowValue[] = [];
    const visit = (item: WorkflowValue) => {
      body.push(scope.evaluate('select', item));
      return undefined;
    };
    const select = memberOf(definedInputs(scope.action.definition), 'select') ?? null;
    return throughList(list, visit, () => ({
      ...succeeded({ body }),
      inputs: { from: list, select },
    }));
  },
};
