import type { PlannedAction, PlannedBranch } from '../plan/plan.js';
import type { ActionStatus, RunError } from './events.js';
import type { Place } from './place.js';
import { worded } from './worded.js';
import { isFinal, type ActionRecord, type RunState } from './state.js';

export const actionFailed: RunError = {
  code: 'ActionFailed',
  ...worded`An action failed. No dependent actions succeeded.`,
};

/** All actions of the block are over. */
export function isBlockFinished(state: RunState, branch: PlannedBranch, place: Place): boolean {
  return branch.actions.every((action) => {
    const record = state.actions.get(place.prefix + action.key);
    return record !== undefined && isFinal(record.status);
  });
}

/**
 * The status of a finished block: its leaf actions decide, and a skipped one takes the status of the nearest
 * predecessors that were not skipped (documentation "Handle errors and exceptions").
 */
export function blockStatus(
  state: RunState,
  branch: PlannedBranch,
  place: Place,
): 'Succeeded' | 'Failed' {
  let hasSkipped = false;
  for (const action of branch.actions) {
    if (!action.isLeaf) continue;
    const status = state.actions.get(place.prefix + action.key)?.status;
    if (isFailure(status)) return 'Failed';
    if (status === 'Skipped') hasSkipped = true;
  }
  return hasSkipped && failsBySkipped(state, branch, place) ? 'Failed' : 'Succeeded';
}

function failsBySkipped(state: RunState, branch: PlannedBranch, place: Place): boolean {
  const known = new Map<PlannedAction, boolean>();
  const fails = (action: PlannedAction): boolean => {
    const already = known.get(action);
    if (already !== undefined) return already;
    const record = state.actions.get(place.prefix + action.key);
    const result = isSkipped(record)
      ? action.runAfter.some((after) => fails(after.action))
      : isFailure(record?.status);
    known.set(action, result);
    return result;
  };
  return branch.actions.some((action) => action.isLeaf && fails(action));
}

function isSkipped(record: ActionRecord | undefined): boolean {
  return record?.status === 'Skipped';
}

function isFailure(status: ActionStatus | undefined): boolean {
  return (
    status === 'Failed' || status === 'TimedOut' || status === 'Cancelled' || status === 'Aborted'
  );
}
