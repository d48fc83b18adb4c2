import { apply } from './apply.js';
import { eventVersion, type RunEvent, type TriggerRecord } from './events.js';
import { emptyRun, type RunState } from './state.js';

/** What a run begins with. */
export interface RunStart {
  readonly runId: string;
  readonly clientTrackingId?: string;
  readonly trigger: TriggerRecord;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A new run and the event that made it; `advance` starts its first actions. */
export function startRun(start: RunStart): { state: RunState; events: RunEvent[] } {
  const state = emptyRun();
  const event: RunEvent = {
    v: eventVersion,
    at: start.now,
    type: 'runStarted',
    runId: start.runId,
    clientTrackingId: start.clientTrackingId ?? start.runId,
    trigger: start.trigger,
  };
  apply(state, event);
  return { state, events: [event] };
}
