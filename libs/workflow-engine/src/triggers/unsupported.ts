import type { TriggerType } from './trigger-type.js';

/** Types that load and validate; a workflow with such a trigger can only be started by hand. */
export const unsupportedTriggers: readonly TriggerType[] = [
  ['None', 'it never fires'],
  ['Binding', 'it belongs to a retired preview'],
  ['ApiApp', 'it belongs to a retired preview'],
  ['ApiManagement', 'no public description of its behaviour'],
].map(([type = '', unsupported = '']) => ({ type, unsupported }));
