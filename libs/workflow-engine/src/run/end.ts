import {
  WorkflowExpressionError,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { PlannedAction, PlannedBranch } from '../plan/plan.js';
import { actionFailed, blockStatus } from './block-status.js';
import type { NotifyEffect } from './effects.js';
import type { ActionStatus, RunError, RunStatus } from './events.js';
import { insidePass, rootPlace, type Place } from './place.js';
import { RunScope } from './run-scope.js';
import { isFinal, type ActionRecord } from './state.js';
import type { Turn } from './turn.js';
import { worded } from './worded.js';

/** How an action ends without having run. */
export interface Fate {
  readonly status: ActionStatus;
  readonly code: string;
  readonly error?: RunError;
}

/** Records actions that do not run, with all that they hold. */
export function skip(turn: Turn, action: PlannedAction, place: Place, fate: Fate): void {
  turn.emit({
    type: 'actionFinished',
    path: turn.pathOf(action, place),
    status: fate.status,
    code: fate.code,
    startedAt: turn.now,
    trackingId: turn.input.newGuid(),
    ...(fate.error && { error: fate.error }),
  });
  skipChildren(turn, action, place, fate);
}

/** Records the descendants of a container that was skipped or failed before it began. */
export function skipChildren(turn: Turn, action: PlannedAction, place: Place, fate: Fate): void {
  for (const child of action.branches.flatMap((branch) => branch.actions))
    skip(
      turn,
      child,
      place,
      fate.error === undefined ? fate : dependencyFailed(child, action, fate),
    );
}

/** The fate of an action in a container that ended with `fate`. */
function dependencyFailed(child: PlannedAction, container: PlannedAction, fate: Fate): Fate {
  return {
    status: 'Skipped',
    code: 'ActionSkipped',
    error: {
      code: 'ActionDependencyFailed',
      ...worded`The execution of template action '${child.name}' is skipped: dependant action '${container.name}' completed with status '${fate.status}' and code '${fate.code}'.`,
    },
  };
}

/** Ends all that has not ended: what runs is Cancelled, what has not begun is Skipped, without an error. */
function endRest(turn: Turn, branch: PlannedBranch, place: Place, code: string): void {
  for (const action of branch.actions) {
    const record = turn.state.actions.get(turn.pathOf(action, place));
    if (!record) skip(turn, action, place, { status: 'Skipped', code });
    else if (!isFinal(record.status))
      endAction(turn, { action, place, record, fate: { status: 'Cancelled', code } });
  }
}

interface Ending {
  readonly action: PlannedAction;
  readonly place: Place;
  readonly record: ActionRecord;
  readonly fate: Fate;
}

/** Ends an action that runs: its call is given up, its subscription withdrawn, what it holds is ended too. */
export function endAction(turn: Turn, { action, place, record, fate }: Ending): void {
  if (record.container) {
    const branches = action.branches;
    for (const index of record.container.active) {
      const inner = record.container.loop ? insidePass(place, action, index) : place;
      for (const branch of branches) endRest(turn, branch, inner, fate.code);
    }
  }
  if (record.effect && record.due === undefined)
    turn.effects.push({ kind: 'abort', id: record.effect.id });
  turn.effects.push(...abandoned(turn, action, place, record));
  turn.emit({
    type: 'actionFinished',
    path: record.path,
    status: fate.status,
    code: fate.code,
    startedAt: record.startedAt,
    trackingId: record.trackingId,
    ...(fate.error && { error: fate.error }),
  });
}

/** A subscription that cannot say how it is withdrawn stays; the run goes on. */
function abandoned(
  turn: Turn,
  action: PlannedAction,
  place: Place,
  record: ActionRecord,
): readonly NotifyEffect[] {
  try {
    return action.type.abandon?.(record.inputs ?? null, turn.scope(action, place)) ?? [];
  } catch (error) {
    if (error instanceof WorkflowExpressionError) return [];
    throw error;
  }
}

/** Ends the run at once: Terminate, cancellation, the time limit of the run. */
export function endRun(turn: Turn, status: RunStatus, code: string, error?: RunError): void {
  endRest(turn, turn.plan.root, rootPlace, code);
  turn.emit({ type: 'runFinished', status, code, ...(error && { error }) });
}

/** Closes a run all of whose actions are over. */
export function finishRun(turn: Turn): void {
  const { plan, state } = turn;
  const failed = state.failsRun || blockStatus(state, plan.root, rootPlace) === 'Failed';
  if (failed) {
    turn.emit({
      type: 'runFinished',
      status: 'Failed',
      code: actionFailed.code,
      error: actionFailed,
    });
    return;
  }
  try {
    const outputs = runOutputs(turn);
    turn.emit({ type: 'runFinished', status: 'Succeeded', ...(outputs && { outputs }) });
  } catch (error) {
    if (!(error instanceof WorkflowExpressionError)) throw error;
    const message = `Unable to process template language expressions in the outputs of the workflow: '${error.message}'.`;
    turn.emit({
      type: 'runFinished',
      status: 'Failed',
      code: error.code,
      error: { code: error.code, message },
    });
  }
}

function runOutputs({ plan, state, input }: Turn): WorkflowObject | undefined {
  if (plan.outputs.size === 0) return undefined;
  const scope = new RunScope(plan, state, rootPlace, { ambient: input });
  const outputs: Record<string, WorkflowValue> = {};
  for (const [name, template] of plan.outputs) outputs[name] = { value: template.evaluate(scope) };
  return outputs;
}
