import { memberOf } from '@isthmus/workflow-expressions';
import { objectMember } from '../plan/members.js';
import { failedInputs } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { branchOf } from './branches.js';

/** Runs one of two branches. The record shows what the condition gave. */
export const ifAction: ActionType = {
  type: 'If',
  inputs: () => null,
  conditions: (definition) => ({ expression: memberOf(definition, 'expression') ?? null }),
  children: (definition) => [
    branchOf('actions', definition),
    branchOf('else', objectMember(definition, 'else')),
  ],
  start(_inputs, scope) {
    const result = scope.evaluate('expression');
    if (typeof result !== 'boolean') {
      return failedInputs(
        scope.action,
        'The expression of a condition must give a value of type Boolean.',
      );
    }
    return {
      kind: 'enter',
      branch: result ? 'actions' : 'else',
      inputs: { expressionResult: result },
    };
  },
};
