import { randomUUID } from 'node:crypto';
import {
  advance,
  finalResponse,
  pendingEffects,
  startRun,
  type CallEffect,
  type CallbackSignal,
  type Effect,
  type EffectOutcome,
  type Plan,
  type Progress,
  type RunEvent,
  type RunState,
  type TriggerRecord,
} from '@isthmus/workflow-engine';
import { writeEvent } from '../store/event-text.js';
import type { RunRow } from '../store/journal.store.js';
import type { GroupCommit } from './group-commit.js';
import { emptyInbox, LiveRun, type RunOrigin } from './live-run.js';

/** Performs a call of a run; rejects only when the signal is aborted. */
export type PerformCall = (
  effect: CallEffect,
  run: LiveRun,
  signal: AbortSignal,
) => Promise<EffectOutcome>;

/** How much is committed before what (docs/adr/0005-durability.md). */
export type Durability = 'strict' | 'response' | 'none';

/** What a driver works with. */
export interface RunDriverOptions {
  readonly replicaId: string;
  readonly commit: GroupCommit;
  readonly perform: PerformCall;
  readonly durability: (plan: Plan) => Durability;
  readonly now?: () => number;
}

/** A run to begin. */
export interface NewRun {
  readonly id: string;
  readonly origin: RunOrigin;
  readonly trigger: TriggerRecord;
  readonly clientTrackingId?: string;
}

/** The run leaves memory until a time, or (null) until somebody signals it. */
type Suspension = false | { readonly until: number | null };

/** A turn yields to other runs after so many events. */
const eventsPerTurn = 500;
/** A run that waits longer leaves memory; its row says when it goes on. */
const suspendAfterMs = 60_000;
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Drives the runs that this replica owns: takes turns of the engine, journals their events, performs
 * their effects. The engine decides; this class only carries out.
 */
export class RunDriver {
  readonly #runs = new Map<string, LiveRun>();
  readonly #now: () => number;
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
    const run = new LiveRun(start.id, state, start.origin);
    this.#runs.set(run.id, run);
    this.#keep(run, events);
    this.#turn(run);
    return run;
  }

  /** Goes on with a run from its journal: calls in flight are sent again under the same keys. */
  resume(id: string, state: RunState, origin: RunOrigin): LiveRun {
    const run = new LiveRun(id, state, origin);
    run.length = state.length;
    this.#runs.set(id, run);
    for (const effect of pendingEffects(state)) this.#dispatch(run, effect);
    this.#schedule(run);
    return run;
  }

  /** Hands a callback of a webhook action to its run; false when the run is not here. */
  signal(runId: string, callback: CallbackSignal): boolean {
    const run = this.#runs.get(runId);
    run?.inbox.callbacks.push(callback);
    if (run) this.#schedule(run);
    return run !== undefined;
  }

  cancel(runId: string): boolean {
    const run = this.#runs.get(runId);
    if (!run) return false;
    run.inbox.cancel = true;
    this.#schedule(run);
    return true;
  }

  /** The caller of the run has been told that the answer took too long. */
  expireResponse(run: LiveRun): void {
    run.inbox.responseExpired = true;
    this.#schedule(run);
  }

  /** Lets go of all runs; calls in flight are given up, and whoever takes over sends them again. */
  stop(reason: Error): void {
    this.#stopped = true;
    for (const run of this.#runs.values()) run.abandon(reason);
    this.#runs.clear();
  }

  #schedule(run: LiveRun): void {
    if (run.scheduled || this.#stopped) return;
    run.scheduled = true;
    setImmediate(() => {
      run.scheduled = false;
      if (!this.#stopped && this.#runs.get(run.id) === run) this.#turn(run);
    });
  }

  /** One turn: the engine decides, the journal keeps, effects are performed, the next wake-up is set. */
  #turn(run: LiveRun): void {
    clearTimeout(run.timer);
    const { inbox } = run;
    run.inbox = emptyInbox();
    const now = this.#now();
    const progress = advance(run.plan, run.state, {
      ...inbox,
      now,
      random: Math.random,
      newGuid: randomUUID,
      maximumEvents: eventsPerTurn,
    });
    const suspended = this.#isSuspended(run, progress, now);
    this.#keep(run, progress.events, suspended && { until: progress.wakeAt ?? null });
    for (const effect of progress.effects) this.#dispatch(run, effect);
    this.#answer(run);
    if (progress.finished) this.#finish(run);
    else if (suspended) this.#runs.delete(run.id);
    else if (progress.wakeAt !== undefined) this.#wakeAt(run, progress.wakeAt, now);
  }

  #isSuspended(run: LiveRun, { wakeAt, finished, effects }: Progress, now: number): boolean {
    if (finished || this.options.durability(run.plan) === 'none') return false;
    if (run.calls.size > 0 || effects.length > 0) return false;
    if (run.plan.responds && !run.state.response && !run.state.responseExpired) return false;
    return wakeAt === undefined || wakeAt - now > suspendAfterMs;
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
    const call = new AbortController();
    run.calls.set(effect.id, call);
    void this.#send(run, effect, call.signal)
      .then((outcome) => {
        run.inbox.outcomes.push(outcome);
      })
      .catch((error: unknown) => {
        // Given up by the engine or by the replica: the outcome belongs to nobody.
        if (!call.signal.aborted) run.inbox.outcomes.push(unforeseen(effect, error));
      })
      .finally(() => {
        run.calls.delete(effect.id);
        this.#schedule(run);
      });
  }

  async #send(run: LiveRun, effect: CallEffect, signal: AbortSignal): Promise<EffectOutcome> {
    // strict: nothing unsafe leaves before the request to send it is committed.
    if (this.options.durability(run.plan) === 'strict' && isUnsafe(effect))
      await this.options.commit.barrier();
    signal.throwIfAborted();
    return this.options.perform(effect, run, signal);
  }

  /** Whoever waits for the answer gets it when everything behind it is committed. */
  #answer(run: LiveRun): void {
    if (run.isAnswered) return;
    const answer = finalResponse(run.plan, run.state);
    if (!answer) return;
    if (this.options.durability(run.plan) === 'none') run.give(answer);
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
    };
    if (this.options.durability(run.plan) === 'none') forget();
    else this.options.commit.barrier().then(forget, (error: Error) => run.abandon(error));
  }

  #keep(run: LiveRun, events: readonly RunEvent[], suspended: Suspension = false): void {
    if (this.options.durability(run.plan) === 'none') return;
    if (events.length === 0 && !suspended) return;
    const rows = events.map((event) => {
      run.length += 1;
      return { runId: run.id, seq: run.length, body: writeEvent(event) };
    });
    this.options.commit.append(this.#row(run, suspended), rows);
  }

  #row(run: LiveRun, suspended: Suspension): RunRow {
    const { state, origin } = run;
    const isOver = state.endedAt !== undefined;
    return {
      id: run.id,
      workflow: origin.workflow.name,
      version: origin.workflow.version,
      status: state.status,
      owner: isOver || suspended ? null : this.options.replicaId,
      wakeAt: suspended ? suspended.until : null,
      parentRun: origin.parentRun ?? null,
      clientTrackingId: state.clientTrackingId,
      triggerName: state.trigger?.name ?? '',
      startedAt: state.startedAt,
      endedAt: state.endedAt ?? null,
      code: state.code ?? null,
      errorMessage: state.error?.message ?? null,
    };
  }
}

/** What nobody foresaw fails the action; it must not leave the run waiting for ever. */
function unforeseen(effect: CallEffect, error: unknown): EffectOutcome {
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: 'failure',
    effectId: effect.id,
    code: 'InternalServerError',
    message,
    retryable: false,
  };
}

/** A call that changes something on the other side, as far as anybody can tell. */
function isUnsafe(effect: CallEffect): boolean {
  if (effect.kind === 'javascript') return false;
  return (
    !('request' in effect) || !safeMethods.has((effect.request.method ?? 'POST').toUpperCase())
  );
}
