import type {
  ActionFinished,
  ActionStarted,
  EffectRequested,
  PassFinished,
  RunEvent,
  WaitStarted,
} from './events.js';
import { grown } from './grow.js';
import { passOf } from './path.js';
import { emptyRun, newRecord, type RunState } from './state.js';

/**
 * The only function that changes a run: it writes one fact into the state, in place, and decides nothing. What it
 * does depends on the state and the event alone, so a run read back from its journal equals the one that wrote it.
 */
export function apply(state: RunState, event: RunEvent): void {
  state.length++;
  switch (event.type) {
    case 'runStarted':
      state.runId = event.runId;
      state.clientTrackingId = event.clientTrackingId;
      state.trigger = event.trigger;
      state.startedAt = event.at;
      return;
    case 'actionStarted':
      return startAction(state, event, event.at);
    case 'effectRequested':
      return requestEffect(state, event);
    case 'waitStarted':
      return startWait(state, event);
    case 'variableAssigned': {
      const key = event.name.toLowerCase();
      const known = state.variables.get(key);
      state.variables.set(key, {
        name: known?.name ?? event.name,
        type: event.variableType ?? known?.type ?? '',
        value: event.append ? grown(known?.value, event.value) : event.value,
      });
      return;
    }
    case 'passFinished':
      return finishPass(state, event, event.at);
    case 'actionFinished':
      return finishAction(state, event, event.at);
    case 'responded':
      state.response = event.response;
      return;
    case 'responseExpired':
      state.responseExpired = true;
      return;
    case 'runFinished':
      state.status = event.status;
      state.endedAt = event.at;
      if (event.code !== undefined) state.code = event.code;
      if (event.error !== undefined) state.error = event.error;
      if (event.outputs !== undefined) state.outputs = event.outputs;
      state.waiting.clear();
  }
}

/** The state that a journal tells of. */
export function restore(events: Iterable<RunEvent>): RunState {
  const state = emptyRun();
  for (const event of events) apply(state, event);
  return state;
}

function startAction(state: RunState, event: ActionStarted, at: number): void {
  beginPass(state, event.path);
  const { path, trackingId, container } = event;
  const record = newRecord({ path, startedAt: at, trackingId }, 'Running');
  record.inputs = event.inputs;
  record.outputs = event.outputs;
  record.deadline = event.deadline;
  if (container !== undefined) {
    record.container = {
      ...container,
      active: new Set(container.loop ? [] : [0]),
      begun: container.loop ? 0 : 1,
      finished: 0,
      failed: 0,
      passes: [],
    };
  }
  state.actions.set(path, record);
  // Of a container, only its deadline is waited for.
  if (record.container && record.deadline !== undefined) state.waiting.add(path);
}

/** A pass begins with the first fact inside of it. */
function beginPass(state: RunState, path: string): void {
  const pass = passOf(path);
  const container = pass && state.actions.get(pass.loopPath)?.container;
  if (!pass || !container || pass.index < container.begun) return;
  container.begun = pass.index + 1;
  container.active.add(pass.index);
}

function requestEffect(state: RunState, event: EffectRequested): void {
  const record = state.actions.get(event.path);
  if (!record) return;
  record.effect = event.effect;
  record.effects++;
  record.due = event.due;
  record.progress = event.progress;
  record.awaitsCallback = undefined;
  if (event.retry !== undefined) (record.retryHistory ??= []).push(event.retry);
  state.waiting.add(event.path);
}

function startWait(state: RunState, event: WaitStarted): void {
  const record = state.actions.get(event.path);
  if (!record) return;
  record.status = 'Waiting';
  record.effect = undefined;
  record.due = event.due;
  record.progress = event.progress;
  if (event.callback !== undefined) record.awaitsCallback = event.callback;
  state.waiting.add(event.path);
}

function finishPass(state: RunState, event: PassFinished, at: number): void {
  const container = state.actions.get(event.path)?.container;
  if (!container) return;
  container.active.delete(event.index);
  container.begun = Math.max(container.begun, event.index + 1);
  container.finished++;
  if (event.status === 'Failed' || event.status === 'TimedOut') container.failed++;
  container.lastStatus = event.status;
  container.passes[event.index] = { status: event.status, startedAt: event.startedAt, endedAt: at };
}

function finishAction(state: RunState, event: ActionFinished, at: number): void {
  beginPass(state, event.path);
  const known = state.actions.get(event.path);
  const record = known ?? newRecord(event, event.status);
  record.status = event.status;
  record.code = event.code;
  record.endedAt = at;
  if (event.inputs !== undefined) record.inputs = event.inputs;
  if (event.outputs !== undefined) record.outputs = event.outputs;
  if (event.error !== undefined) record.error = event.error;
  if (event.trackedProperties !== undefined) record.trackedProperties = event.trackedProperties;
  record.effect = undefined;
  record.due = undefined;
  record.progress = undefined;
  record.awaitsCallback = undefined;
  record.deadline = undefined;
  if (event.failsRun) state.failsRun = true;
  state.waiting.delete(event.path);
  if (!known) state.actions.set(event.path, record);
}
