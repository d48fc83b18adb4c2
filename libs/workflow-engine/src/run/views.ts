import {
  isObject,
  memberOf,
  type ActionView,
  type WorkflowArray,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { PlannedAction } from '../plan/plan.js';
import { retryRecordView } from './history.js';
import { passPrefix } from './path.js';
import { seenFrom, type Place } from './place.js';
import { recordedInputs } from './recorded-inputs.js';
import type { ActionRecord, RunState } from './state.js';
import { timestamp } from './timestamp.js';

/** `actions('X')` of one record. Containers have no inputs and outputs; a code `NotSpecified` does not show. */
export function recordView(
  state: RunState,
  action: PlannedAction,
  record: ActionRecord,
): WorkflowObject {
  const isContainer = action.type.children !== undefined;
  const view: Record<string, WorkflowValue> = { name: action.name };
  if (!isContainer && record.inputs !== undefined) view['inputs'] = recordedInputs(record.inputs);
  if (!isContainer && record.outputs !== undefined) view['outputs'] = record.outputs;
  view['startTime'] = timestamp(record.startedAt);
  if (record.endedAt !== undefined) view['endTime'] = timestamp(record.endedAt);
  view['trackingId'] = record.trackingId;
  view['clientTrackingId'] = state.clientTrackingId;
  if (record.code !== undefined && record.code !== 'NotSpecified') view['code'] = record.code;
  view['status'] = record.status;
  if (record.error) view['error'] = { ...record.error };
  if (record.trackedProperties !== undefined) view['trackedProperties'] = record.trackedProperties;
  if (record.retryHistory) view['retryHistory'] = record.retryHistory.map(retryRecordView);
  return view;
}

/** An action as expressions at `place` see it; undefined when nothing is recorded of it. */
export function viewFrom(
  state: RunState,
  place: Place,
  action: PlannedAction,
): ActionView | undefined {
  if (action.loops.length === 0) return directView(state, action, state.actions.get(action.key));
  const { prefix, loops } = seenFrom(place, action);
  const [loop, ...inner] = loops;
  if (!loop) return directView(state, action, state.actions.get(prefix + action.key));
  return loopedView(state, action, { prefix, loop, inner });
}

function directView(
  state: RunState,
  action: PlannedAction,
  record: ActionRecord | undefined,
): ActionView | undefined {
  return record && new DirectView(state, action, record);
}

/** The view of one record; made for each reference, so that it works out only what is read. */
class DirectView implements ActionView {
  constructor(
    private readonly state: RunState,
    private readonly action: PlannedAction,
    private readonly of: ActionRecord,
  ) {}

  get outputs(): WorkflowValue {
    return this.of.outputs ?? null;
  }

  get body(): WorkflowValue {
    return bodyOf(this.action, this.outputs);
  }

  record(): WorkflowObject {
    return recordView(this.state, this.action, this.of);
  }
}

/** `body('X')` of what an action gave. */
export function bodyOf(action: PlannedAction, outputs: WorkflowValue): WorkflowValue {
  if (action.type.bodyIsOutput) return outputs;
  return isObject(outputs) ? (memberOf(outputs, 'body') ?? null) : null;
}

interface LoopPosition {
  readonly prefix: string;
  readonly loop: PlannedAction;
  /** Loops between that one and the action. */
  readonly inner: readonly PlannedAction[];
}

/** From outside of a Foreach, an action has the array of what its passes gave; of an Until, the last pass counts. */
function loopedView(
  state: RunState,
  action: PlannedAction,
  at: LoopPosition,
): ActionView | undefined {
  const passes = passViews(state, action, at);
  if (passes === undefined)
    return directView(state, action, state.actions.get(at.prefix + action.key));
  const last = passes.at(-1);
  if (!isForeach(state, at))
    return (
      last && {
        outputs: last.outputs,
        body: last.body,
        record: () => withCount(last.record(), passes.length),
      }
    );
  return {
    outputs: passes.map((view) => view.outputs),
    body: passes.map((view) => view.body),
    record: () => aggregate(action, passes),
  };
}

function isForeach(state: RunState, at: LoopPosition): boolean {
  return state.actions.get(at.prefix + at.loop.key)?.container?.items !== undefined;
}

/** The views of an action in the passes of a loop; undefined when the loop did not begin. */
function passViews(
  state: RunState,
  action: PlannedAction,
  at: LoopPosition,
): ActionView[] | undefined {
  const path = at.prefix + at.loop.key;
  const begun = state.actions.get(path)?.container?.begun;
  if (begun === undefined) return undefined;
  const views: ActionView[] = [];
  for (let index = 0; index < begun; index++) {
    const prefix = passPrefix(path, index);
    const [loop, ...inner] = at.inner;
    const view = loop
      ? loopedView(state, action, { prefix, loop, inner })
      : directView(state, action, state.actions.get(prefix + action.key));
    if (view) views.push(view);
  }
  return views;
}

/** The record of an action in a Foreach: its outputs are the records of its passes. */
function aggregate(action: PlannedAction, passes: readonly ActionView[]): WorkflowObject {
  const records = passes.map((pass) => pass.record());
  const statuses = records.map((record) => record['status']);
  const status = ['Failed', 'TimedOut', 'Cancelled'].find((bad) => statuses.includes(bad));
  const allSkipped = statuses.length > 0 && statuses.every((one) => one === 'Skipped');
  return {
    name: action.name,
    outputs: records,
    startTime: records[0]?.['startTime'] ?? null,
    endTime: records.at(-1)?.['endTime'] ?? null,
    clientTrackingId: records[0]?.['clientTrackingId'] ?? null,
    code: 'NotSpecified',
    status: status === 'TimedOut' ? 'Failed' : (status ?? (allSkipped ? 'Skipped' : 'Succeeded')),
    repetitionCount: records.length,
  };
}

function withCount(record: WorkflowObject, count: number): WorkflowObject {
  return { ...record, repetitionCount: count };
}

/** `result('X')`: the records of the direct children of a container, seen from `place`. */
export function resultView(state: RunState, place: Place, container: PlannedAction): WorkflowArray {
  return container.branches
    .flatMap((branch) => branch.actions)
    .map((child) => viewFrom(state, place, child)?.record())
    .filter((record) => record !== undefined);
}
