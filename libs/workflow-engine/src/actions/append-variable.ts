import { isArray, kindOf, textOf } from '@isthmus/workflow-expressions';
import type { ActionType } from './action-type.js';
import { changeVariable, VariableError } from './variables.js';
import { worded } from '../run/worded.js';

const appendable = 'Float, Integer, String, Boolean, Object';

/** Adds an item at the end of an array variable. Null and arrays are refused (reported from the service). */
export const appendToArrayVariable: ActionType = {
  type: 'AppendToArrayVariable',
  passesOn: true,
  start: (inputs, scope) =>
    changeVariable(inputs, scope, ({ variable, type, value }) => {
      if (type !== 'Array' || !isArray(variable.value))
        throw wrongVariable('AppendToArrayVariable', variable.name, 'Array');
      if (value === undefined || value === null) {
        throw new VariableError(
          worded`The value cannot be null. The action type 'AppendToArrayVariable' only supports values of types '${appendable}'.`,
        );
      }
      if (isArray(value)) {
        throw new VariableError(
          worded`The value is of type 'Array'. The action type 'AppendToArrayVariable' only supports values of types '${appendable}'.`,
        );
      }
      const limit = scope.environment.limits.foreachItemsLimit;
      if (variable.value.length >= limit) {
        throw new VariableError(
          worded`The variable '${variable.name}' holds the most items allowed, '${limit}'.`,
        );
      }
      return { value, append: true };
    }),
};

/** Adds text at the end of a string variable; null adds nothing. */
export const appendToStringVariable: ActionType = {
  type: 'AppendToStringVariable',
  passesOn: true,
  start: (inputs, scope) =>
    changeVariable(inputs, scope, ({ variable, type, value = null }) => {
      if (type !== 'String') throw wrongVariable('AppendToStringVariable', variable.name, 'String');
      if (kindOf(value) === 'Array' || kindOf(value) === 'Object') {
        throw new VariableError(
          worded`The value is of type '${kindOf(value)}'. The action type 'AppendToStringVariable' only supports values of types 'Float, Integer, String, Boolean'.`,
        );
      }
      const text = textOf(value);
      const size = textOf(variable.value).length + text.length;
      const limit = scope.environment.limits.variableSize;
      if (size > limit) {
        throw new VariableError(
          worded`The variable '${variable.name}' would have ${size} characters; the limit is '${limit}'.`,
        );
      }
      return { value: text, append: true };
    }),
};

function wrongVariable(action: string, name: string, type: string): VariableError {
  return new VariableError(
    worded`The action type '${action}' only supports variables of type '${type}'; the variable '${name}' has another type.`,
  );
}
