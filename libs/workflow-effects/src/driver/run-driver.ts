import { randomUUID } from 'node:crypto';
import {
  advance,
  pendingEffects,
  startRun,
  type CallbackSignal,
  type CallEffect,
  type Effect,
  type EffectOutcome,
  type Plan,
  type ResponseMessage,
  type RunEvent,
  type RunState,
  type TriggerRecord,
} from '@isthmus/workflow-engine';
import { deferred } from '../deferred.js';
import type { RunContext } from '../http/workflow-headers.js';

/** What a driver runs a workflow with. */
export interface DriverPorts {
  /** Performs an effect; its promise rejects only when the signal is aborted. */
  perform(effect: CallEffect, run: RunContext, signal: AbortSignal): Promise<EffectOutcome>;
  clock: DriverClock;
  /** Every event in order, before the effects of its turn go out. */
  onEvents?(events: readonly RunEvent[]): void;
  onResponse?(response: ResponseMessage): void;
}

/** Time, real or skipped. */
export interface DriverClock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Resolves at `time`, or when the signal is aborted. A skipping clock moves on only when nothing else is under way.
   */
  sleep(time: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: DriverClock = {
  now: Date.now,
  sleep: (time, signal) =>
    new Promise((resolve) => {
      // Timers hold at most 24.8 days; the driver sleeps again.
      const timer = setTimeout(resolve, Math.min(Math.max(time - Date.now(), 0), 2 ** 31 - 1));
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    }),
};

export interface DriverStart {
  readonly runId: string;
  readonly clientTrackingId?: string;
  readonly trigger: TriggerRecord;
}

/** Runs one workflow in memory from its trigger to its end. */
export class RunDriver {
  readonly state: RunState;
  private readonly started: readonly RunEvent[];
  private readonly flights = new Map<string, AbortController>();
  private outcomes: EffectOutcome[] = [];
  private callbacks: CallbackSignal[] = [];
  private cancelled = false;
  private expired = false;
  private wake = deferred();

  constructor(
    private readonly plan: Plan,
    start: DriverStart,
    private readonly ports: DriverPorts,
  ) {
    const { state, events } = startRun({ ...start, now: ports.clock.now() });
    this.state = state;
    this.started = events;
  }

  /** Somebody called the callback URL of a waiting action. */
  callback(signal: CallbackSignal): void {
    this.callbacks.push(signal);
    this.wake.resolve();
  }

  cancel(): void {
    this.cancelled = true;
    this.wake.resolve();
  }

  /** The caller no longer waits for the Response. */
  expireResponse(): void {
    this.expired = true;
    this.wake.resolve();
  }

  /** Ends when the run has ended. */
  async run(): Promise<RunState> {
    this.ports.onEvents?.(this.started);
    for (;;) {
      this.wake = deferred();
      const progress = advance(this.plan, this.state, {
        now: this.ports.clock.now(),
        random: Math.random,
        newGuid: randomUUID,
        outcomes: this.take(),
        callbacks: this.callbacks.splice(0),
        cancel: this.cancelled,
        responseExpired: this.expired,
        maximumEvents: 2000,
      });
      this.ports.onEvents?.(progress.events);
      for (const effect of progress.effects) this.start(effect);
      if (progress.finished) return this.end();
      await this.pause(progress.wakeAt);
    }
  }

  private take(): EffectOutcome[] {
    const outcomes = this.outcomes;
    this.outcomes = [];
    return outcomes;
  }

  private async pause(wakeAt: number | undefined): Promise<void> {
    if (
      wakeAt === undefined &&
      this.flights.size === 0 &&
      pendingEffects(this.state).length === 0 &&
      !this.awaitsCallback()
    ) {
      throw new Error(`The run ${this.state.runId} waits for nothing.`);
    }
    if (wakeAt === undefined) return this.wake.promise;
    // What came meanwhile goes first; the event loop gets its turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (wakeAt <= this.ports.clock.now()) return;
    const alarm = new AbortController();
    await Promise.race([this.wake.promise, this.ports.clock.sleep(wakeAt, alarm.signal)]);
    alarm.abort();
  }

  private awaitsCallback(): boolean {
    return [...this.state.waiting].some((path) => this.state.actions.get(path)?.awaitsCallback);
  }

  private start(effect: Effect): void {
    if (effect.kind === 'respond') this.ports.onResponse?.(effect.response);
    else if (effect.kind === 'abort')
      this.flights.get(effect.id)?.abort(new Error('The action has ended.'));
    else this.perform(effect.kind === 'notify' ? effect.call : effect);
  }

  private perform(effect: CallEffect): void {
    const flight = new AbortController();
    this.flights.set(effect.id, flight);
    const { runId, clientTrackingId } = this.state;
    const run = { runId, clientTrackingId, workflow: this.plan.environment.workflow };
    this.ports
      .perform(effect, run, flight.signal)
      .then(
        (outcome) => this.outcomes.push(outcome),
        (error: unknown) => {
          if (!flight.signal.aborted) this.outcomes.push(unforeseen(effect, error));
        },
      )
      .finally(() => {
        this.flights.delete(effect.id);
        this.wake.resolve();
      });
  }

  /** Calls that nobody waits for, such as those that unsubscribe, are still made. */
  private async end(): Promise<RunState> {
    const limit = AbortSignal.timeout(30_000);
    while (this.flights.size > 0 && !limit.aborted) {
      this.wake = deferred();
      limit.addEventListener('abort', () => this.wake.resolve(), { once: true });
      if (this.flights.size > 0) await this.wake.promise;
    }
    for (const flight of this.flights.values()) flight.abort();
    return this.state;
  }
}

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
