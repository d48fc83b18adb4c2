import { memberOf } from '@isthmus/workflow-expressions';
import type { ActionType } from './action-type.js';
import { definedInputs, fromOf, isList, listOf } from './list-source.js';
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
    const body = list.map((item) => scope.evaluate('select', item));
    const select = memberOf(definedInputs(scope.action.definition), 'select') ?? null;
    return { ...succeeded({ body }), inputs: { from: list, select } };
  },
};
