import { shown } from '../plan/members.js';
import {
  WorkflowExpressionError,
  writeJson,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { ActionResult, Enter, Finished } from '../actions/action-type.js';
import { parseDuration } from '../calls/duration.js';
import type { PlannedAction } from '../plan/plan.js';
import { seeingItself } from './current-action.js';
import { endRun, skip, skipChildren } from './end.js';
import type { Place } from './place.js';
import type { ActionFinished, ActionStarted, EffectRequested } from './events.js';
import type { ActionRecord } from './state.js';
import { badRequest, failedInputs } from './template-failure.js';
import type { Turn } from './turn.js';
import { valueProblem } from './value-limits.js';
import { worded } from './worded.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An action of a run at the moment when its type has decided something. */
export interface Step {
  readonly action: PlannedAction;
  readonly place: Place;
  readonly path: string;
  /** As evaluated; undefined when that failed, so that the record has none. */
  readonly inputs: WorkflowValue | undefined;
}

/** Turns what a type decided into events and effects. */
export function settle(turn: Turn, step: Step, result: ActionResult): void {
  switch (result.kind) {
    case 'finished':
      return finish(turn, step, result);
    case 'enter':
      return enter(turn, step, result);
    case 'wait':
      if (!begin(turn, step)) return;
      turn.emit({
        type: 'waitStarted',
        path: step.path,
        ...(result.until !== undefined && { due: result.until }),
        ...(result.callback && { callback: true }),
        ...(result.progress !== undefined && { progress: result.progress }),
      });
      return;
    case 'ask': {
      if (!begin(turn, step)) return;
      const due = result.delay === undefined ? undefined : turn.now + result.delay;
      const event: Mutable<EffectRequested> = {
        type: 'effectRequested',
        path: step.path,
        effect: result.effect,
      };
      if (due !== undefined) event.due = due;
      if (result.progress !== undefined) event.progress = result.progress;
      if (result.retry) event.retry = result.retry;
      turn.emit(event);
      if (due === undefined) turn.effects.push(result.effect);
    }
  }
}

/** Records the start of an action that does not finish at once; false when its `limit.timeout` makes no sense. */
function begin(turn: Turn, step: Step): boolean {
  if (turn.state.actions.has(step.path)) return true;
  const deadline = deadlineFor(turn, step);
  if (deadline === 'invalid') return false;
  const event: Mutable<ActionStarted> = {
    type: 'actionStarted',
    path: step.path,
    trackingId: turn.input.newGuid(),
  };
  if (step.inputs !== undefined && step.inputs !== null) event.inputs = step.inputs;
  if (deadline !== undefined) event.deadline = deadline;
  turn.emit(event);
  return true;
}

/** When `limit.timeout` ends the action; an action whose limit makes no sense has failed. */
function deadlineFor(turn: Turn, step: Step): number | undefined | 'invalid' {
  const deadline = deadlineOf(turn, step);
  if (!(deadline instanceof Error)) return deadline;
  finish(turn, { ...step, inputs: undefined }, failedInputs(step.action, deadline.message));
  return 'invalid';
}

function deadlineOf(turn: Turn, { action, place }: Step): number | undefined | Error {
  if (!action.timeout) return undefined;
  try {
    const value = action.timeout.evaluate(turn.expressions(place, action));
    const duration = typeof value === 'string' ? parseDuration(value, turn.now) : undefined;
    return duration === undefined
      ? new Error(`The timeout '${shown(value)}' is not an ISO 8601 duration.`)
      : turn.now + duration;
  } catch (error) {
    if (error instanceof WorkflowExpressionError) return error;
    throw error;
  }
}

function enter(turn: Turn, step: Step, result: Enter): void {
  const { action, place, path } = step;
  const deadline = deadlineFor(turn, step);
  if (deadline === 'invalid') return;
  turn.emit({
    type: 'actionStarted',
    path,
    trackingId: turn.input.newGuid(),
    ...(deadline !== undefined && { deadline }),
    ...(result.inputs !== undefined && { inputs: result.inputs }),
    ...(result.outputs !== undefined && { outputs: result.outputs }),
    container: {
      ...(result.branch !== undefined && { branch: result.branch }),
      ...(result.items && { items: result.items }),
      concurrency: result.concurrency ?? 1,
      loop: action.type.loop === true,
    },
  });
  if (action.type.loop) return;
  for (const branch of action.branches) {
    if (result.branch === undefined || branch.name === result.branch) continue;
    for (const child of branch.actions) skip(turn, child, place, branchNotTaken(child));
  }
}

function branchNotTaken(action: PlannedAction) {
  return {
    status: 'Skipped',
    code: 'ActionSkipped',
    error: {
      code: 'ActionBranchingConditionNotSatisfied',
      ...worded`The execution of template action '${action.name}' skipped: the branching condition for this action is not satisfied.`,
    },
  } as const;
}

function finish(turn: Turn, step: Step, decided: Finished): void {
  const { action, place, path } = step;
  const problem = valueProblem(decided.outputs, turn.plan.environment.limits.contentSize);
  const result = problem === undefined ? decided : badRequest('BadRequest', problem);
  const known = turn.state.actions.get(path);
  for (const assignment of result.assign ?? []) {
    turn.emit({
      type: 'variableAssigned',
      path,
      name: assignment.name,
      ...(assignment.type !== undefined && { variableType: assignment.type }),
      value: assignment.value,
      ...(assignment.append && { append: true }),
    });
  }
  if (result.respond) respond(turn, path, result.respond);
  if (result.notify) turn.effects.push(...result.notify);
  const inputs = result.inputs ?? (known || step.inputs === null ? undefined : step.inputs);
  const record: Mutable<ActionFinished> = {
    type: 'actionFinished',
    path,
    status: result.status,
    code: result.code,
    startedAt: known?.startedAt ?? turn.now,
    trackingId: known?.trackingId ?? turn.input.newGuid(),
  };
  if (inputs !== undefined) record.inputs = inputs;
  if (result.outputs !== undefined) record.outputs = result.outputs;
  if (result.error) record.error = result.error;
  const tracked = action.trackedProperties && trackedProperties(turn, step, record, known);
  if (tracked !== undefined) record.trackedProperties = tracked;
  if (result.failsRun) record.failsRun = true;
  turn.emit(record);
  if (action.branches.length > 0 && !known) unenteredChildren(turn, action, place, result);
  if (result.terminate) endRun(turn, result.terminate.status, 'Terminated', result.terminate.error);
}

/** A stateless workflow answers when it has ended, wherever its Response stands (documentation). */
function respond(turn: Turn, path: string, answer: NonNullable<Finished['respond']>): void {
  turn.emit({ type: 'responded', path, response: answer.response });
  if (turn.plan.environment.kind === 'Stateless') return;
  const { response, asynchronous } = answer;
  turn.effects.push({ kind: 'respond', path, response, asynchronous });
}

function unenteredChildren(
  turn: Turn,
  action: PlannedAction,
  place: Place,
  result: Finished,
): void {
  const { children } = result;
  if (!children) {
    skipChildren(turn, action, place, {
      status: result.status,
      code: result.code,
      error: { code: result.code },
    });
    return;
  }
  const mark = (parent: PlannedAction): void => {
    for (const child of parent.branches.flatMap((branch) => branch.actions)) {
      turn.emit({
        type: 'actionFinished',
        path: turn.pathOf(child, place),
        startedAt: turn.now,
        trackingId: turn.input.newGuid(),
        ...children,
      });
      mark(child);
    }
  };
  mark(action);
}

/** Characters of JSON that tracked properties may have (documentation). */
const longestTracked = 8000;

/** `trackedProperties` see the finished action as `action()`; what cannot be evaluated, or is too long, is left out. */
function trackedProperties(
  turn: Turn,
  { action, place }: Step,
  finished: ActionFinished,
  known: ActionRecord | undefined,
): WorkflowValue | undefined {
  if (!action.trackedProperties || finished.status === 'Skipped') return undefined;
  const record: ActionRecord = { ...known, ...finished, endedAt: turn.now, effects: 0 };
  const current = seeingItself(turn.expressions(place, action), turn.state, action, record);
  try {
    const tracked = action.trackedProperties.evaluate(current);
    return writeJson(tracked).length > longestTracked ? undefined : tracked;
  } catch (error) {
    if (error instanceof WorkflowExpressionError) return undefined;
    throw error;
  }
}
