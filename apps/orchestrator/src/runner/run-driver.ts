import {
  advance,
  apply,
  finalResponse,
  pendingEffects,
  startRun,
  type CallEffect,
  type Effect,
  type EffectOutcome,
  type Plan,
  type Progress,
  type RunEvent,
  type RunState,
  type TriggerRecord,
} from '@isthmus/workflow-engine';
import { CallStop, type CallSignal } from '@isthmus/workflow-effects';
import { countEvents } from '../observability/metrics.js';
import type { GroupCommit } from './group-commit.js';
import { newGuid } from './guids.js';
import { emptyInbox, LiveRun, type Durability, type RunOrigin } from './live-run.js';
import type { Mail } from './mail.js';
import { brokenRun, journalRows, runRow, type Suspension } from './run-rows.js';
import { isKeptFirst, unforeseen } from './sending.js';

/** Performs a call of a run; rejects only when the signal is aborted. */
export type PerformCall = (
  effect: CallEffect,
  run: LiveRun,
  signal: CallSignal,
) => Promise<EffectOutcome>;

/** What a driver works with. */
export interface RunDriverOptions {
  readonly replicaId: string;
  readonly commit: GroupCommit;
  readonly perform: PerformCall;
  readonly durability: (plan: Plan) => Durability;
  /** A run is over and committed. */
  readonly ended?: (run: LiveRun) => void;
  /** A run leaves memory for a long time. */
  readonly suspended?: (run: LiveRun) => void;
  readonly now?: () => number;
}

/** A run to begin. */
export interface NewRun {
  readonly id: string;
  readonly origin: RunOrigin;
  readonly trigger: TriggerRecord;
  readonly clientTrackingId?: string;
}

/** A turn yields to other runs after so many events. */
const eventsPerTurn = 500;
/** A run that waits longer leaves memory; its row says when it goes on. */
const suspendAfterMs = 60_000;

/**
 * Drives the runs that this replica owns: takes turns of the engine, journals their events, performs
 * their effects. The engine decides; this class only carries out.
 */
export class RunDriver {
  readonly #runs = new Map<string, LiveRun>();
  readonly #now: () => number;
  /** Runs whose next turn comes at the end of this one of the event loop. */
  readonly #due: LiveRun[] = [];
  #stopped = false;

  constructor(private readonly options: RunDriverOptions) {
    this.#now = options.now ?? Date.now;
  }

  /** Runs in memory. */
  get size(): number {
    return this.#runs.size;
  }

  find(runId: string): LiveRun | undefined {
    return this.#runs.get(runId);
  }

  /** Begins a run and takes its first turn; a run that is in memory already is given back as it is. */
  begin(start: NewRun): LiveRun {
    const known = this.#runs.get(start.id);
    if (known) return known;
    const { state, events } = startRun({
      runId: start.id,
      trigger: start.trigger,
      now: this.#now(),
      ...(start.clientTrackingId === undefined ? {} : { clientTrackingId: start.clientTrackingId }),
    });
    const run = this.#live(start.id, state, start.origin);
    this.#runs.set(run.id, run);
    countEvents(run, events);
    this.#turn(run, events);
    return run;
  }

  /** Begins a run with events that it shares with another; its first turn follows. */
  beginFrom(state: RunState, events: readonly RunEvent[], origin: RunOrigin): LiveRun {
    const run = this.#live(state.runId, state, origin);
    this.#runs.set(run.id, run);
    countEvents(run, events);
    this.#keep(run, events);
    this.#schedule(run);
    return run;
  }

  /**
   * Goes on with a run from its journal: calls in flight are sent again under the same keys.
   * @param mail what came for it meanwhile
   */
  resume(id: string, state: RunState, origin: RunOrigin, mail?: Mail): LiveRun {
    const known = this.#runs.get(id);
    if (known) return known;
    const planned = this.options.durability(origin.workflow.plan);
    // What is in the store has to end there, stateless or not: others wait for its place.
    const durability = planned === 'strict' ? planned : 'response';
    const run = new LiveRun(id, state, origin, durability);
    run.isResumed = true;
    run.length = state.length;
    this.#runs.set(id, run);
    for (const effect of pendingEffects(state)) this.#dispatch(run, effect);
    this.handOver(id, mail ?? { callbacks: [], cancel: false });
    return run;
  }

  /** Hands what came for a run to it; false when the run is not here. */
  handOver(runId: string, { callbacks, cancel }: Mail): boolean {
    const run = this.#runs.get(runId);
    if (!run) return false;
    for (const callback of callbacks) run.keepCallback(callback);
    run.inbox.cancel ||= cancel;
    this.#schedule(run);
    return true;
  }

  /** The caller of the run has been told that the answer took too long. */
  expireResponse(run: LiveRun): void {
    run.inbox.responseExpired = true;
    this.#schedule(run);
  }

  /** Lets go of one run, as if it had never been here. */
  forget(runId: string, reason: Error): void {
    const run = this.#runs.get(runId);
    this.#runs.delete(runId);
    run?.abandon(reason);
  }

  /** Lets go of all runs; calls in flight are given up, and whoever takes over sends them again. */
  stop(reason: Error): void {
    this.#stopped = true;
    for (const run of this.#runs.values()) run.abandon(reason);
    this.#runs.clear();
  }

  #live(id: string, state: RunState, origin: RunOrigin): LiveRun {
    return new LiveRun(id, state, origin, this.options.durability(origin.workflow.plan));
  }

  #schedule(run: LiveRun): void {
    if (run.scheduled || this.#stopped) return;
    run.scheduled = true;
    if (this.#due.push(run) === 1) setImmediate(() => this.#takeTurns());
  }

  /** The turns of all runs that something came for in this turn of the event loop. */
  #takeTurns(): void {
    for (const run of this.#due.splice(0)) {
      run.scheduled = false;
      if (!this.#stopped && this.#runs.get(run.id) === run) this.#turn(run);
    }
  }

  /** One turn: the engine decides, the journal keeps it behind `begun`, effects are performed, the wake-up is set. */
  #turn(run: LiveRun, begun: readonly RunEvent[] = []): void {
    clearTimeout(run.timer);
    const now = this.#now();
    const progress = this.#advance(run, now);
    const suspended = this.#isSuspended(run, progress, now);
    countEvents(run, progress.events);
    const events = begun.length === 0 ? progress.events : [...begun, ...progress.events];
    this.#keep(run, events, suspended && { until: progress.wakeAt ?? null });
    for (const effect of progress.effects) this.#dispatch(run, effect);
    this.#answer(run);
    if (progress.finished) this.#finish(run);
    else if (suspended) this.#suspend(run);
    else if (run.hasDueCallback) this.#schedule(run);
    else if (progress.wakeAt !== undefined) this.#wakeAt(run, progress.wakeAt, now);
  }

  /** The engine's own failure ends the run; it must end neither the process nor, on take-over, the next one. */
  #advance(run: LiveRun, now: number): Progress {
    const { outcomes, cancel, responseExpired } = run.inbox;
    run.inbox = emptyInbox();
    try {
      return advance(run.plan, run.state, {
        outcomes,
        callbacks: run.takeCallbacks(),
        cancel,
        responseExpired,
        now,
        random: Math.random,
        newGuid,
        maximumEvents: eventsPerTurn,
      });
    } catch (error) {
      const failed = brokenRun(error, now);
      apply(run.state, failed);
      return { events: [failed], effects: [], finished: true };
    }
  }

  #isSuspended(run: LiveRun, { wakeAt, finished, effects }: Progress, now: number): boolean {
    if (finished || !run.isDurable || run.isAwaited) return false;
    if (run.calls.size > 0 || effects.length > 0 || run.hasDueCallback) return false;
    return wakeAt === undefined || wakeAt - now > suspendAfterMs;
  }

  #suspend(run: LiveRun): void {
    this.#runs.delete(run.id);
    this.options.suspended?.(run);
  }

  #wakeAt(run: LiveRun, wakeAt: number, now: number): void {
    if (wakeAt <= now) this.#schedule(run);
    // A longer time than a timer can hold is cut; the turn then finds nothing due and sets the rest.
    else run.timer = setTimeout(() => this.#turn(run), Math.min(wakeAt - now, 2 ** 31 - 1));
  }

  #dispatch(run: LiveRun, effect: Effect): void {
    if (effect.kind === 'abort') run.calls.get(effect.id)?.abort();
    else if (effect.kind === 'notify') {
      void this.options
        .perform(effect.call, run, AbortSignal.timeout(effect.call.timeout))
        .catch(() => undefined);
    } else if (effect.kind !== 'respond') this.#perform(run, effect);
  }

  #perform(run: LiveRun, effect: CallEffect): void {
    const call = new CallStop();
    run.calls.set(effect.id, call);
    const take = (outcome: EffectOutcome | undefined) => {
      if (outcome) run.inbox.outcomes.push(outcome);
      run.calls.delete(effect.id);
      this.#schedule(run);
    };
    this.#send(run, effect, call).then(take, (error: unknown) =>
      // Given up by the engine or by the replica: the outcome belongs to nobody.
      take(call.aborted ? undefined : unforeseen(effect, error)),
    );
  }

  #send(run: LiveRun, effect: CallEffect, signal: CallSignal): Promise<EffectOutcome> {
    if (!isKeptFirst(run, effect)) return this.options.perform(effect, run, signal);
    return this.options.commit.barrier().then(() => {
      signal.throwIfAborted();
      return this.options.perform(effect, run, signal);
    });
  }

  /** Whoever waits for the answer gets it when everything behind it is committed. */
  #answer(run: LiveRun): void {
    if (run.isDecided) return;
    const answer = finalResponse(run.plan, run.state);
    if (!answer) return;
    run.decide(answer);
    if (!run.isDurable) run.give(answer);
    else
      this.options.commit.barrier().then(
        () => run.give(answer),
        (error: Error) => run.abandon(error),
      );
  }

  #finish(run: LiveRun): void {
    for (const call of run.calls.values()) call.abort();
    const forget = () => {
      this.#runs.delete(run.id);
      run.finish();
      this.options.ended?.(run);
    };
    if (!run.isDurable) forget();
    else this.options.commit.barrier().then(forget, (error: Error) => run.abandon(error));
  }

  #keep(run: LiveRun, events: readonly RunEvent[], suspended: Suspension = false): void {
    const { durability } = run;
    if (durability === 'none' || (events.length === 0 && !suspended)) return;
    if (durability === 'history') run.unwritten.push(...events);
    if (durability === 'history' && run.state.endedAt === undefined) return;
    const written = durability === 'history' ? run.unwritten.splice(0) : events;
    const rows = journalRows(run.id, written, run.length + 1);
    run.length += rows.length;
    const owner = this.options.replicaId;
    this.options.commit.append(runRow(run.state, run.origin, { owner, suspended }), rows);
  }
}
