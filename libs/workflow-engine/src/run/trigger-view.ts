import {
  memberOf,
  type ActionView,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { recordedInputs } from './recorded-inputs.js';
import type { TriggerRecord } from './events.js';
import type { RunState } from './state.js';
import { timestamp } from './timestamp.js';

/** `trigger()`: it has neither a code nor a `body` of its own. */
export function triggerView(state: RunState, trigger: TriggerRecord): ActionView {
  const outputs: WorkflowValue = trigger.outputs ?? null;
  return {
    outputs,
    body: trigger.outputs ? (memberOf(trigger.outputs, 'body') ?? null) : null,
    record: () => triggerRecordView(state, trigger),
  };
}

function triggerRecordView(state: RunState, trigger: TriggerRecord): WorkflowObject {
  return {
    name: trigger.name,
    ...(trigger.inputs !== undefined && { inputs: recordedInputs(trigger.inputs) }),
    ...(trigger.outputs !== undefined && { outputs: trigger.outputs }),
    startTime: timestamp(trigger.startedAt),
    endTime: timestamp(trigger.endedAt),
    ...(trigger.scheduledAt !== undefined && { scheduledTime: timestamp(trigger.scheduledAt) }),
    trackingId: trigger.trackingId,
    clientTrackingId: state.clientTrackingId,
    originHistoryName: state.runId,
    status: trigger.status,
  };
}
