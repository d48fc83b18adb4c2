import type { Plan } from '../plan/plan.js';
import { advance } from './advance.js';
import type { CallbackSignal, CallEffect, Effect, EffectOutcome } from './effects.js';
import type { RunEvent } from './events.js';
import { startRun, type RunStart } from './start-run.js';
import type { RunState } from './state.js';

/** The world around a run, as a script. */
export interface Script {
  /** What a call gives, and after how many milliseconds. */
  answer(
    effect: CallEffect,
    now: number,
  ): { readonly outcome: EffectOutcome; readonly after: number };
  /** What is sent to the callback URL of an action when it has begun to wait; undefined: nothing ever. */
  callback?(path: string): { readonly signal: CallbackSignal; readonly after: number } | undefined;
  /** Times at which the run is cancelled, or the caller stops waiting. */
  readonly cancelAfter?: number;
  readonly responseExpiresAfter?: number;
  random(): number;
  newGuid(): string;
  readonly maximumEvents?: number;
}

/** A run that was played to its end. */
export interface Played {
  readonly state: RunState;
  readonly events: readonly RunEvent[];
  readonly effects: readonly Effect[];
  /** Number of events after each turn: what a journal can hold when a host dies. */
  readonly turns: readonly number[];
  /** Milliseconds from start to end. */
  readonly elapsed: number;
  /** The run waits for something that never comes. */
  readonly isStuck: boolean;
}

type Incoming =
  | { readonly kind: 'outcome'; readonly outcome: EffectOutcome }
  | { readonly kind: 'callback'; readonly signal: CallbackSignal }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'expire' };

/** Plays a run against a script. Time passes only where the run waits, and then at once. */
export function play(plan: Plan, start: RunStart, script: Script): Played {
  const { state, events: started } = startRun(start);
  const events: RunEvent[] = [...started];
  const effects: Effect[] = [];
  const queue = new TimeQueue<Incoming>();
  if (script.cancelAfter !== undefined)
    queue.add(start.now + script.cancelAfter, { kind: 'cancel' });
  if (script.responseExpiresAfter !== undefined)
    queue.add(start.now + script.responseExpiresAfter, { kind: 'expire' });
  const turns: number[] = [events.length];
  let now = start.now;
  let arrived: Incoming[] = [];
  for (;;) {
    const progress = advance(plan, state, { ...turnInput(arrived, now), ...ambientOf(script) });
    for (const event of progress.events) events.push(event);
    for (const effect of progress.effects) effects.push(effect);
    turns.push(events.length);
    for (const effect of progress.effects) queueAnswer(queue, effect, script, now);
    for (const event of progress.events) {
      const callback =
        event.type === 'waitStarted' && event.callback ? script.callback?.(event.path) : undefined;
      if (callback) queue.add(now + callback.after, { kind: 'callback', signal: callback.signal });
    }
    if (progress.finished)
      return { state, events, effects, turns, elapsed: now - start.now, isStuck: false };
    const next = Math.min(progress.wakeAt ?? Infinity, queue.next ?? Infinity);
    if (next === Infinity)
      return { state, events, effects, turns, elapsed: now - start.now, isStuck: true };
    now = Math.max(now, next);
    arrived = queue.takeUntil(now);
  }
}

function ambientOf(script: Script) {
  return {
    random: () => script.random(),
    newGuid: () => script.newGuid(),
    ...(script.maximumEvents !== undefined && { maximumEvents: script.maximumEvents }),
  };
}

function turnInput(arrived: readonly Incoming[], now: number) {
  return {
    now,
    outcomes: arrived.flatMap((one) => (one.kind === 'outcome' ? [one.outcome] : [])),
    callbacks: arrived.flatMap((one) => (one.kind === 'callback' ? [one.signal] : [])),
    cancel: arrived.some((one) => one.kind === 'cancel'),
    responseExpired: arrived.some((one) => one.kind === 'expire'),
  };
}

function queueAnswer(
  queue: TimeQueue<Incoming>,
  effect: Effect,
  script: Script,
  now: number,
): void {
  if (effect.kind === 'respond' || effect.kind === 'abort' || effect.kind === 'notify') return;
  const { outcome, after } = script.answer(effect, now);
  queue.add(now + after, { kind: 'outcome', outcome });
}

/** What happens when, in order of time; of the same time, in order of arrival. */
class TimeQueue<T> {
  private readonly entries: { readonly time: number; readonly value: T }[] = [];

  get next(): number | undefined {
    return this.entries[0]?.time;
  }

  add(time: number, value: T): void {
    let at = this.entries.length;
    while (at > 0 && (this.entries[at - 1]?.time ?? 0) > time) at--;
    this.entries.splice(at, 0, { time, value });
  }

  takeUntil(time: number): T[] {
    let count = 0;
    while (count < this.entries.length && (this.entries[count]?.time ?? 0) <= time) count++;
    return this.entries.splice(0, count).map((entry) => entry.value);
  }
}
