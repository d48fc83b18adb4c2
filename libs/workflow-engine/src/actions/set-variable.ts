import type { ActionType } from './action-type.js';
import { assignable, changeVariable } from './variables.js';

export const setVariable: ActionType = {
  type: 'SetVariable',
  passesOn: true,
  start: (inputs, scope) =>
    changeVariable(inputs, scope, ({ type, value, variable }) => ({
      value: assignable(type, value, variable.name),
    })),
};
