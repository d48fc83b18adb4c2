import { shown } from '../plan/members.js';
import {
  memberOf,
  WorkflowExpressionError,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { badRequest } from '../run/template-failure.js';
import { worded } from '../run/worded.js';
import type { ActionType } from './action-type.js';
import { definedInputs, fromOf, isList, listOf, throughList } from './list-source.js';
import { succeeded } from './succeeded.js';

/** Keeps the items for which `where` is true; the history shows the condition as it is written. */
export const query: ActionType = {
  type: 'Query',
  inputs: fromOf,
  conditions: (definition) => ({ where: memberOf(definedInputs(definition), 'where') ?? null }),
  start(inputs, scope) {
    const list = listOf(inputs, 'query');
    if (!isList(list)) return list;
    const { name, definition } = scope.action;
    const where = shown(memberOf(definedInputs(definition), 'where') ?? '');
    const failure = (reason: string) =>
      badRequest(
        'InvalidTemplate',
        worded`The execution of template action '${name}' failed: The evaluation of 'query' action 'where' expression '${where}' failed: '${reason}'.`,
      );
    const kept: WorkflowValue[] = [];
    const visit = (item: WorkflowValue) => {
      try {
        const holds = scope.evaluate('where', item);
        if (typeof holds !== 'boolean')
          return failure('the result must be a value of type Boolean.');
        if (holds) kept.push(item);
        return undefined;
      } catch (error) {
        if (error instanceof WorkflowExpressionError) return failure(error.message);
        throw error;
      }
    };
    return throughList(list, visit, () => ({
      ...succeeded({ body: kept }),
      inputs: { from: list, where: memberOf(definedInputs(definition), 'where') ?? null },
    }));
  },
};
