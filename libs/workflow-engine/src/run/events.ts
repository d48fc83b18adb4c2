import type { WorkflowArray, WorkflowObject, WorkflowValue } from '@isthmus/workflow-expressions';
import type { CallEffect, ResponseMessage } from './effects.js';

/** The version that is written into new events; `apply` knows every version it ever wrote. */
export const eventVersion = 1;

export type ActionStatus =
  | 'Running'
  | 'Waiting'
  | 'Succeeded'
  | 'Failed'
  | 'Skipped'
  | 'TimedOut'
  | 'Cancelled'
  | 'Aborted';

export type RunStatus = 'Running' | 'Waiting' | 'Succeeded' | 'Failed' | 'Cancelled' | 'TimedOut';

/** An error as the history shows it. */
export interface RunError {
  readonly code: string;
  readonly message?: string;
  /** The message with `{0}`, `{1}` … instead of what was put in; of the engine's own errors. */
  readonly messageTemplate?: string;
}

/** One retry, as in `retryHistory` of an action. Times in milliseconds since 1970. */
export interface RetryRecord {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly code: string;
  readonly error?: RunError;
}

/** What started the run. `outputs` is what `triggerOutputs()` gives. */
export interface TriggerRecord {
  readonly name: string;
  readonly status: 'Succeeded';
  readonly inputs?: WorkflowValue;
  readonly outputs?: WorkflowObject;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly scheduledAt?: number;
  readonly trackingId: string;
}

export interface RunStarted {
  readonly type: 'runStarted';
  readonly runId: string;
  readonly clientTrackingId: string;
  readonly trigger: TriggerRecord;
}

/** The action has its inputs and has begun: it waits for an effect, a timer, a callback or its children. */
export interface ActionStarted {
  readonly type: 'actionStarted';
  readonly path: string;
  readonly trackingId: string;
  /** As evaluated, secrets included; views show them through `recordedInputs`. */
  readonly inputs?: WorkflowValue;
  /** When `limit.timeout` ends the action. */
  readonly deadline?: number;
  /** Containers only. */
  readonly container?: ContainerStart;
  /** What a container shows although it has no result yet (the value of a Switch). */
  readonly outputs?: WorkflowValue;
}

export interface ContainerStart {
  /** Which of the container's branches runs; absent: the one that it has, none. */
  readonly branch?: string;
  /** The evaluated list of a Foreach. */
  readonly items?: WorkflowArray;
  /** How many passes may run at once. */
  readonly concurrency: number;
  /** Passes carry an index in their paths. */
  readonly loop: boolean;
}

/** The action asked for I/O; re-issued as it stands, under the same id, when the run is taken over. */
export interface EffectRequested {
  readonly type: 'effectRequested';
  readonly path: string;
  readonly effect: CallEffect;
  /** Not before this time: a retry or a poll. */
  readonly due?: number;
  /** What the action type has to remember until the outcome comes. */
  readonly progress?: WorkflowValue;
  /** The attempt that failed before this one. */
  readonly retry?: RetryRecord;
}

/** The action waits for a time, a callback, or both. */
export interface WaitStarted {
  readonly type: 'waitStarted';
  readonly path: string;
  readonly due?: number;
  readonly callback?: boolean;
  readonly progress?: WorkflowValue;
}

export interface VariableAssigned {
  readonly type: 'variableAssigned';
  readonly path: string;
  readonly name: string;
  /** Only when the variable is initialised. */
  readonly variableType?: string;
  readonly value: WorkflowValue;
  /** `value` is added at the end of the array or text that the variable holds. */
  readonly append?: boolean;
}

/** One pass of a loop is over. */
export interface PassFinished {
  readonly type: 'passFinished';
  readonly path: string;
  readonly index: number;
  readonly startedAt: number;
  readonly status: ActionStatus;
}

/** The final record of an action; also of those that never started (skipped). */
export interface ActionFinished {
  readonly type: 'actionFinished';
  readonly path: string;
  readonly status: ActionStatus;
  readonly code: string;
  readonly startedAt: number;
  readonly trackingId: string;
  /** Of actions without `actionStarted`. */
  readonly inputs?: WorkflowValue;
  readonly outputs?: WorkflowValue;
  readonly error?: RunError;
  readonly trackedProperties?: WorkflowValue;
  /** The run fails whatever its branches say (a Response after the response). */
  readonly failsRun?: boolean;
}

/** A Response action answered the caller. */
export interface Responded {
  readonly type: 'responded';
  readonly path: string;
  readonly response: ResponseMessage;
}

/** The caller got its time-out: no Response can reach it any longer. */
export interface ResponseExpired {
  readonly type: 'responseExpired';
}

export interface RunFinished {
  readonly type: 'runFinished';
  readonly status: RunStatus;
  readonly code?: string;
  readonly error?: RunError;
  readonly outputs?: WorkflowObject;
}

/** The facts of a run, in the order in which they became true. JSON values throughout (numbers by kind). */
export type RunEvent = {
  readonly v: number;
  /** Milliseconds since 1970. */ readonly at: number;
} & (
  | RunStarted
  | ActionStarted
  | EffectRequested
  | WaitStarted
  | VariableAssigned
  | PassFinished
  | ActionFinished
  | Responded
  | ResponseExpired
  | RunFinished
);
