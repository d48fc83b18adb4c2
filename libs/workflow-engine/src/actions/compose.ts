import type { ActionType } from './action-type.js';
import { succeeded } from './succeeded.js';

/** Its output is the value itself, which `body()` reads as a whole too. */
export const compose: ActionType = {
  type: 'Compose',
  passesOn: true,
  bodyIsOutput: true,
  start: (inputs) => ({ ...succeeded(inputs), inputs }),
};
