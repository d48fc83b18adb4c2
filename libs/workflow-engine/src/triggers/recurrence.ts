import type { TriggerType } from './trigger-type.js';

/** Fires by time alone; it has no outputs. */
export const recurrence: TriggerType = {
  type: 'Recurrence',
  inputs: () => null,
  recurs: true,
  occur: () => undefined,
};
