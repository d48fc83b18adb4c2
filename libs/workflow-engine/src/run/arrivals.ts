import type { ActionResult } from '../actions/action-type.js';
import type { PlannedAction } from '../plan/plan.js';
import type { CallbackSignal, EffectOutcome } from './effects.js';
import { endAction, type Fate } from './end.js';
import { guarded } from './guarded.js';
import { locatePath, type Place } from './place.js';
import { settle } from './settle.js';
import type { ActionRecord } from './state.js';
import type { Turn } from './turn.js';
import { worded } from './worded.js';

/** An effect is done: its action goes on or ends. */
export function takeOutcome(turn: Turn, outcome: EffectOutcome): void {
  const path = outcome.effectId.slice(0, outcome.effectId.lastIndexOf('#'));
  const record = turn.state.actions.get(path);
  const effect = record?.effect;
  // Of an action that has ended since, or of an attempt that was given up.
  if (!record || effect?.id !== outcome.effectId || turn.isOver) return;
  proceed(turn, record, (action, place) => {
    return action.type.resume?.(
      record.inputs ?? null,
      outcome,
      turn.scope(action, place, { effect }),
    );
  });
}

/** The callback URL of an action was called; only the first call counts. */
export function takeCallback(turn: Turn, signal: CallbackSignal): void {
  const record = turn.state.actions.get(signal.path);
  if (!record?.awaitsCallback || turn.isOver) return;
  proceed(turn, record, (action, place) => {
    return action.type.callback?.(record.inputs ?? null, signal, turn.scope(action, place));
  });
}

/** The deadline or the timer of a waiting action may have come. */
export function takeTime(turn: Turn, path: string): void {
  const record = turn.state.actions.get(path);
  if (!record || turn.isOver) return;
  if (record.deadline !== undefined && record.deadline <= turn.now) {
    const located = locatePath(turn.plan, path);
    if (located) endAction(turn, { ...located, record, fate: timedOut(located.action) });
  } else if (record.due !== undefined && record.due <= turn.now) {
    const { effect, progress } = record;
    if (!effect)
      return proceed(turn, record, (action, place) =>
        action.type.wake?.(record.inputs ?? null, turn.scope(action, place)),
      );
    turn.emit({
      type: 'effectRequested',
      path,
      effect,
      ...(progress !== undefined && { progress }),
    });
    turn.effects.push(effect);
  }
}

function timedOut(action: PlannedAction): Fate {
  return {
    status: 'TimedOut',
    code: 'ActionTimedOut',
    error: {
      code: 'ActionTimedOut',
      ...worded`The execution of template action '${action.name}' timed out.`,
    },
  };
}

function proceed(
  turn: Turn,
  record: ActionRecord,
  decide: (action: PlannedAction, place: Place) => ActionResult | undefined,
): void {
  const located = locatePath(turn.plan, record.path);
  if (!located) return;
  const { action, place } = located;
  const result = guarded(action, () => decide(action, place) ?? unexpected(action));
  settle(turn, { action, place, path: record.path, inputs: record.inputs }, result);
}

function unexpected(action: PlannedAction): ActionResult {
  return {
    kind: 'finished',
    status: 'Failed',
    code: 'InternalServerError',
    error: {
      code: 'InternalServerError',
      message: `The action '${action.name}' does not expect this outcome.`,
    },
  };
}
