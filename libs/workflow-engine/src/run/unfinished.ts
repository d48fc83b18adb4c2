import type { WorkflowValue } from '@isthmus/workflow-expressions';
import type { Unfinished } from '../actions/action-type.js';
import type { RunState } from './state.js';

/** An action that has begun its work and told nobody yet. */
export interface Begun {
  readonly inputs: WorkflowValue;
  readonly work: Unfinished;
}

/**
 * What actions have done of a long list, by path. It is no part of the state and of no event: whoever takes the run
 * over begins such an action anew, which nobody can tell, since it has no effects.
 */
const begun = new WeakMap<RunState, Map<string, Begun>>();

/** Takes what was left of an action, if any. */
export function takeUnfinished(state: RunState, path: string): Begun | undefined {
  const left = begun.get(state)?.get(path);
  if (left) begun.get(state)?.delete(path);
  return left;
}

/** Leaves the rest of an action to a later turn. */
export function leaveUnfinished(state: RunState, path: string, rest: Begun): void {
  const left = begun.get(state) ?? new Map<string, Begun>();
  begun.set(state, left.set(path, rest));
}
