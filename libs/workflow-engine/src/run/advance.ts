import type { ActionResult, Unfinished } from '../actions/action-type.js';
import type { Plan, PlannedAction, PlannedBranch } from '../plan/plan.js';
import { takeCallback, takeOutcome, takeTime } from './arrivals.js';
import { actionFailed, blockStatus, isBlockFinished } from './block-status.js';
import type { Effect } from './effects.js';
import { endRun, finishRun, skip, type Fate } from './end.js';
import type { RunEvent } from './events.js';
import { guarded } from './guarded.js';
import { insidePass, rootPlace, type Place } from './place.js';
import { settle } from './settle.js';
import { isFinal, isFinished, type ActionRecord, type RunState } from './state.js';
import { staticResult } from './static-result.js';
import { badRequest } from './template-failure.js';
import { Turn, type TurnInput } from './turn.js';
import { leaveUnfinished, takeUnfinished, type Begun } from './unfinished.js';
import { valueProblem } from './value-limits.js';
import { worded } from './worded.js';

/**
 * What a turn decided. The events are applied to the state already. They belong together: a journal keeps all of a
 * turn or none, and between turns a run may be taken over at any time.
 */
export interface Progress {
  readonly events: readonly RunEvent[];
  /** To be performed after the events are kept, as far as the host promises that. */
  readonly effects: readonly Effect[];
  /** Call again at this time at the latest (milliseconds since 1970); absent: only an outcome can go on. */
  readonly wakeAt?: number;
  readonly finished: boolean;
}

/**
 * Goes on with a run as far as possible: takes in what happened, then starts everything that can start. Depends on
 * its arguments only; the state changes through `apply` alone, so the events tell the whole story.
 */
export function advance(plan: Plan, state: RunState, input: TurnInput): Progress {
  const turn = new Turn(plan, state, input);
  if (!isFinished(state)) {
    // 1. Signals that concern the run as a whole.
    if (input.responseExpired && !state.response && !state.responseExpired)
      turn.emit({ type: 'responseExpired' });
    if (input.cancel) endRun(turn, 'Cancelled', 'Cancelled');
    else if (input.now >= state.startedAt + plan.environment.limits.runTimeout)
      endRun(turn, 'TimedOut', 'WorkflowRunTimedOut');
    // 2. What came back from outside.
    for (const outcome of input.outcomes ?? []) takeOutcome(turn, outcome);
    for (const signal of input.callbacks ?? []) takeCallback(turn, signal);
    // 3. Deadlines and timers.
    for (const path of isDue(state, input.now) ? [...state.waiting] : []) takeTime(turn, path);
    // 4. All that can start now.
    if (!turn.isOver) walk(turn, plan.root, rootPlace);
    // 5. The end.
    if (!turn.isOver && turn.isOversized) endOversized(turn);
    if (!turn.isOver && isBlockFinished(state, plan.root, rootPlace)) finishRun(turn);
  }
  if (turn.isOver && turn.events.length > 0 && plan.environment.kind === 'Stateless')
    answerLate(turn);
  const wakeAt = turn.isOver ? undefined : turn.isExhausted ? input.now : nextWake(state);
  return {
    events: turn.events,
    effects: turn.effects,
    ...(wakeAt !== undefined && { wakeAt }),
    finished: turn.isOver,
  };
}

function answerLate({ state, effects, plan }: Turn): void {
  const { response } = state;
  if (response)
    effects.push({
      kind: 'respond',
      path: '',
      response,
      asynchronous: plan.respondsAsynchronously,
    });
}

/** A run whose loops multiply beyond all measure ends before it takes the host down. */
function endOversized(turn: Turn): void {
  const limit = turn.plan.environment.limits.actionsPerRun;
  const message = `The run has more than ${limit} actions.`;
  endRun(turn, 'Failed', 'ActionLimitExceeded', { code: 'ActionLimitExceeded', message });
}

/** The earliest deadline or timer of a run. */
export function nextWake(state: RunState): number | undefined {
  let earliest: number | undefined;
  for (const path of state.waiting) {
    const record = state.actions.get(path);
    if (record === undefined) continue;
    const { due = Infinity, deadline = Infinity } = record;
    const time = Math.min(due, deadline);
    if (time !== Infinity && (earliest === undefined || time < earliest)) earliest = time;
  }
  return earliest;
}

/** Something of the run has to happen by its time. */
function isDue(state: RunState, now: number): boolean {
  const wakeAt = nextWake(state);
  return wakeAt !== undefined && wakeAt <= now;
}

/** The effects in flight: a host that takes over a run performs them again, under the same ids and keys. */
export function pendingEffects(state: RunState): Effect[] {
  const effects: Effect[] = [];
  for (const path of state.waiting) {
    const record = state.actions.get(path);
    if (record?.effect && record.due === undefined) effects.push(record.effect);
  }
  return effects;
}

function walk(turn: Turn, branch: PlannedBranch, place: Place): void {
  for (const action of branch.actions) {
    if (turn.isExhausted || turn.isOver) return;
    const record = turn.state.actions.get(turn.pathOf(action, place));
    if (!record) startWhenReady(turn, action, place);
    else if (record.container && !isFinal(record.status)) goOnInside(turn, action, place, record);
  }
}

function startWhenReady(turn: Turn, action: PlannedAction, place: Place): void {
  let fate: Fate | undefined;
  for (const after of action.runAfter) {
    const record = turn.state.actions.get(turn.pathOf(after.action, place));
    if (!record || !isFinal(record.status)) return;
    if (!after.statuses.includes(record.status)) fate ??= conditionFailed(action, after, record);
  }
  if (fate) return skip(turn, action, place, fate);
  start(turn, action, place);
  const record = turn.state.actions.get(turn.pathOf(action, place));
  if (record?.container && !isFinal(record.status) && !turn.isOver)
    goOnInside(turn, action, place, record);
}

function conditionFailed(
  action: PlannedAction,
  after: PlannedAction['runAfter'][number],
  record: ActionRecord,
): Fate {
  const expected = after.statuses.join(', ');
  return {
    status: 'Skipped',
    code: 'ActionSkipped',
    error: {
      code: 'ActionConditionFailed',
      ...worded`The execution of template action '${action.name}' is skipped: the 'runAfter' condition for action '${after.action.name}' is not satisfied. Expected status values '${expected}' and actual value '${record.status}'.`,
    },
  };
}

function start(turn: Turn, action: PlannedAction, place: Place): void {
  const path = turn.pathOf(action, place);
  const begun = takeUnfinished(turn.state, path);
  let inputs: Begun['inputs'] | undefined;
  const result = guarded<Unfinished>(action, () => {
    if (begun) {
      const next = begun.work.goOn();
      inputs = begun.inputs;
      return next;
    }
    const fixed = staticResult(action, turn.plan.environment.staticResults);
    if (fixed) return fixed;
    const scope = turn.scope(action, place);
    const evaluated = action.inputs.evaluate(scope.expressions);
    const problem = valueProblem(evaluated, turn.plan.environment.limits.contentSize);
    if (problem !== undefined) return badRequest('InvalidTemplate', problem);
    const decided = action.type.start(evaluated, scope);
    inputs = evaluated;
    return decided;
  });
  if (result.kind === 'unfinished') {
    leaveUnfinished(turn.state, path, { inputs: inputs ?? null, work: result });
    return turn.giveWay();
  }
  settle(turn, { action, place, path, inputs }, result);
}

function goOnInside(turn: Turn, action: PlannedAction, place: Place, record: ActionRecord): void {
  const { container } = record;
  if (!container) return;
  const branches = action.branches.filter(
    (branch) => container.branch === undefined || branch.name === container.branch,
  );
  if (!container.loop) {
    for (const branch of branches) walk(turn, branch, place);
    if (turn.isOver || !branches.every((branch) => isBlockFinished(turn.state, branch, place)))
      return;
    const failed = branches.some((branch) => blockStatus(turn.state, branch, place) === 'Failed');
    settle(turn, { action, place, path: record.path, inputs: undefined }, blockResult(failed));
    return;
  }
  for (const index of [...container.active]) runPass(turn, { action, place, index, branches });
  while (!turn.isExhausted && !turn.isOver) {
    // The condition of an Until sees the actions of the pass that has just ended.
    const inside = container.begun === 0 ? place : insidePass(place, action, container.begun - 1);
    const scope = turn.scope(action, place, { inside });
    const next = guardedNext(
      action,
      () => action.type.next?.(record.inputs ?? null, container, scope) ?? 'wait',
    );
    if (next === 'wait') return;
    if (next !== 'begin')
      return settle(turn, { action, place, path: record.path, inputs: undefined }, next);
    runPass(turn, { action, place, index: container.begun, branches });
  }
}

function guardedNext(action: PlannedAction, decide: () => ActionResult | 'wait' | 'begin') {
  let word: 'wait' | 'begin' | undefined;
  const result = guarded(action, () => {
    const next = decide();
    if (typeof next !== 'string') return next;
    word = next;
    return blockResult(false);
  });
  return word ?? result;
}

interface PassRun {
  readonly action: PlannedAction;
  readonly place: Place;
  readonly index: number;
  readonly branches: readonly PlannedBranch[];
}

function runPass(turn: Turn, { action, place, index, branches }: PassRun): void {
  const inner = insidePass(place, action, index);
  for (const branch of branches) walk(turn, branch, inner);
  if (turn.isOver || !branches.every((branch) => isBlockFinished(turn.state, branch, inner)))
    return;
  const failed = branches.some((branch) => blockStatus(turn.state, branch, inner) === 'Failed');
  const path = turn.pathOf(action, place);
  const first = branches[0]?.actions[0];
  const startedAt =
    (first && turn.state.actions.get(turn.pathOf(first, inner))?.startedAt) ?? turn.now;
  turn.emit({
    type: 'passFinished',
    path,
    index,
    startedAt,
    status: failed ? 'Failed' : 'Succeeded',
  });
}

function blockResult(failed: boolean): ActionResult {
  return failed
    ? { kind: 'finished', status: 'Failed', code: actionFailed.code, error: actionFailed }
    : { kind: 'finished', status: 'Succeeded', code: 'NotSpecified' };
}
