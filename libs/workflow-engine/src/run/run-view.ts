import { objectOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import type { Plan, PlannedAction } from '../plan/plan.js';
import { splitPath } from './path.js';
import { recordedInputs } from './recorded-inputs.js';
import type { ActionRecord, RunState } from './state.js';

/**
 * A run as tools show it: `{ status, error?, outputs?, actions: { <name>: { status, code?, inputs?, outputs?, error?,
 * repetitions? } } }`. What is secured does not show.
 */
export function runView(plan: Plan, state: RunState): WorkflowObject {
  return {
    status: state.status,
    ...(state.error && { error: { ...state.error } }),
    ...(state.outputs && { outputs: state.outputs }),
    actions: actionResults(plan, state),
  };
}

function actionResults(plan: Plan, state: RunState): WorkflowObject {
  const records = new Map<string, ActionRecord[]>();
  for (const record of state.actions.values()) {
    const { name } = splitPath(record.path);
    const known = records.get(name.toLowerCase());
    if (known) known.push(record);
    else records.set(name.toLowerCase(), [record]);
  }
  const results: [string, WorkflowObject][] = [];
  for (const [key, action] of plan.actions) {
    const own = records.get(key);
    if (own?.[0]) results.push([action.name, actionResult(action, own)]);
  }
  return objectOf(results);
}

function actionResult(action: PlannedAction, records: readonly ActionRecord[]): WorkflowObject {
  const [first] = records;
  if (
    action.loops.length === 0 ||
    !first ||
    (records.length === 1 && splitPath(first.path).indexes.length === 0)
  ) {
    return first ? recordResult(action, first) : {};
  }
  const ordered = records.toSorted((left, right) =>
    compareIndexes(splitPath(left.path).indexes, splitPath(right.path).indexes),
  );
  const last = ordered.at(-1) ?? first;
  const lastCounts = action.loops.every((loop) => loop.type.repeats === true);
  return {
    ...(lastCounts ? recordResult(action, last) : { status: statusOf(ordered) }),
    repetitions: ordered.map((record) => recordResult(action, record)),
  };
}

function compareIndexes(left: readonly number[], right: readonly number[]): number {
  for (const [level, index] of left.entries()) {
    const difference = index - (right[level] ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function statusOf(records: readonly ActionRecord[]): string {
  const statuses = new Set(records.map((record) => record.status));
  for (const bad of ['Failed', 'TimedOut', 'Cancelled'] as const) if (statuses.has(bad)) return bad;
  return statuses.has('Succeeded') ? 'Succeeded' : 'Skipped';
}

function recordResult(action: PlannedAction, record: ActionRecord): WorkflowObject {
  return {
    status: record.status,
    ...(record.code !== undefined && { code: record.code }),
    ...(record.inputs !== undefined &&
      !action.secure.inputs && { inputs: recordedInputs(record.inputs) }),
    ...(record.outputs !== undefined && !action.secure.outputs && { outputs: record.outputs }),
    ...(record.error && { error: { ...record.error } }),
    ...(record.trackedProperties !== undefined && { trackedProperties: record.trackedProperties }),
  };
}
