import type { WorkflowArray, WorkflowObject, WorkflowValue } from '@isthmus/workflow-expressions';
import type { CallEffect, ResponseMessage } from './effects.js';
import type { ActionStatus, RetryRecord, RunError, RunStatus, TriggerRecord } from './events.js';

/** Passes of a container that has begun. Containers that are no loops have the one pass 0. */
export interface ContainerState {
  readonly branch?: string;
  readonly items?: WorkflowArray;
  readonly concurrency: number;
  readonly loop: boolean;
  /** Indexes of the passes that run, in ascending order of their start. */
  readonly active: Set<number>;
  /** Number of passes begun; the next one has this index. */
  begun: number;
  finished: number;
  /** Passes that ended Failed or TimedOut. */
  failed: number;
  /** Status of the pass that finished last. */
  lastStatus?: ActionStatus;
  /** Passes in order of their index, for the history. */
  readonly passes: PassRecord[];
}

export interface PassRecord {
  readonly status: ActionStatus;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** All that is known about one action in one pass. */
export interface ActionRecord {
  readonly path: string;
  status: ActionStatus;
  code?: string | undefined;
  /** As evaluated; show them with `recordedInputs`. */
  inputs?: WorkflowValue | undefined;
  outputs?: WorkflowValue | undefined;
  error?: RunError | undefined;
  startedAt: number;
  endedAt?: number | undefined;
  trackingId: string;
  deadline?: number | undefined;
  trackedProperties?: WorkflowValue | undefined;
  retryHistory?: RetryRecord[] | undefined;
  /** The effect in flight, or to be sent when `due` has come. */
  effect?: CallEffect | undefined;
  due?: number | undefined;
  awaitsCallback?: boolean | undefined;
  progress?: WorkflowValue | undefined;
  /** Effects asked for so far; numbers the next one. */
  effects: number;
  container?: ContainerState | undefined;
}

/** A record with a place for everything: records of one shape are read and changed fastest. */
export function newRecord(
  event: { readonly path: string; readonly startedAt: number; readonly trackingId: string },
  status: ActionStatus,
): ActionRecord {
  return {
    path: event.path,
    status,
    code: undefined,
    inputs: undefined,
    outputs: undefined,
    error: undefined,
    startedAt: event.startedAt,
    endedAt: undefined,
    trackingId: event.trackingId,
    deadline: undefined,
    trackedProperties: undefined,
    retryHistory: undefined,
    effect: undefined,
    due: undefined,
    awaitsCallback: undefined,
    progress: undefined,
    effects: 0,
    container: undefined,
  };
}

export interface VariableState {
  readonly name: string;
  readonly type: string;
  readonly value: WorkflowValue;
}

/**
 * The facts of a run. Only `apply` changes it; `applyAll([], events)` of the journal gives the same state as the
 * run that wrote it.
 */
export interface RunState {
  runId: string;
  clientTrackingId: string;
  status: RunStatus;
  startedAt: number;
  endedAt?: number;
  trigger?: TriggerRecord;
  code?: string;
  error?: RunError;
  outputs?: WorkflowObject;
  /** By path. */
  readonly actions: Map<string, ActionRecord>;
  /** By lower-case name. */
  readonly variables: Map<string, VariableState>;
  /** Paths of actions that wait for an effect, a timer or a callback, and of containers with a deadline. */
  readonly waiting: Set<string>;
  response?: ResponseMessage;
  responseExpired: boolean;
  failsRun: boolean;
  /** Number of events applied. */
  length: number;
}

/** A run that nothing has happened to. */
export function emptyRun(): RunState {
  return {
    runId: '',
    clientTrackingId: '',
    status: 'Running',
    startedAt: 0,
    actions: new Map(),
    variables: new Map(),
    waiting: new Set(),
    responseExpired: false,
    failsRun: false,
    length: 0,
  };
}

/** The run is over; its status never changes again. */
export function isFinished(state: RunState): boolean {
  return state.endedAt !== undefined;
}

export function isFinal(status: ActionStatus): boolean {
  return status !== 'Running' && status !== 'Waiting';
}
