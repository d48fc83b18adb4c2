import type { ActionType } from './action-type.js';
import { branchOf } from './branches.js';

/** Groups actions; its status is that of its block. */
export const scope: ActionType = {
  type: 'Scope',
  inputs: () => null,
  children: (definition) => [branchOf('actions', definition)],
  start: () => ({ kind: 'enter' }),
};
