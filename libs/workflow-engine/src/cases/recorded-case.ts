import {
  isObject,
  memberOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { statusCodeNamed } from '../calls/status-names.js';
import type { Plan, PlannedAction } from '../plan/plan.js';
import { finalResponse } from '../run/answer.js';
import type { RetryRecord } from '../run/events.js';
import { splitPath } from '../run/path.js';
import { runView } from '../run/run-view.js';
import type { ActionRecord, RunState } from '../run/state.js';
import { timestamp } from '../run/timestamp.js';
import type { WorkflowCase } from './workflow-case.js';

/**
 * A finished run as a case: what came in and what its calls gave, and the statuses that it ended with. Run again,
 * the case repeats the run without the systems that it called.
 */
export function recordedCase(plan: Plan, state: RunState): WorkflowCase {
  const answers: Record<string, WorkflowValue[]> = {};
  const callbacks: Record<string, WorkflowObject> = {};
  for (const { action, record } of callsOf(plan, state)) {
    const retries = (record.retryHistory ?? []).map(retryAnswer);
    const isWebhook = action.type.callback !== undefined && record.status === 'Succeeded';
    (answers[action.name] ??= []).push(...retries, isWebhook ? { status: 200 } : answerOf(record));
    if (isWebhook) callbacks[action.name] = callbackOf(record);
  }
  return {
    name: `repeats the run ${state.runId}`,
    given: {
      now: timestamp(state.startedAt),
      ...(state.trigger?.outputs && { trigger: state.trigger.outputs }),
      ...(Object.keys(answers).length > 0 && { answers }),
      ...(Object.keys(callbacks).length > 0 && { callbacks }),
    },
    expect: expectationOf(plan, state),
  };
}

/** Actions that called something, in the order in which they began. */
function callsOf(plan: Plan, state: RunState): { action: PlannedAction; record: ActionRecord }[] {
  return [...state.actions.values()]
    .filter((record) => record.effects > 0)
    .toSorted((left, right) => left.startedAt - right.startedAt)
    .flatMap((record) => {
      const action = plan.actions.get(splitPath(record.path).name.toLowerCase());
      return action ? [{ action, record }] : [];
    });
}

function answerOf(record: ActionRecord): WorkflowObject {
  const { outputs } = record;
  if (isObject(outputs)) {
    const status = memberOf(outputs, 'statusCode');
    const headers = memberOf(outputs, 'headers');
    const body = memberOf(outputs, 'body');
    if (status === undefined) return { value: body ?? null };
    return {
      status,
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
    };
  }
  return { failure: { code: record.code ?? 'BadRequest', message: record.error?.message ?? '' } };
}

function retryAnswer(retry: RetryRecord): WorkflowObject {
  const status = statusCodeNamed(retry.code);
  if (!retry.error && status !== undefined) return { status };
  return { failure: { code: retry.code, message: retry.error?.message ?? '', retryable: true } };
}

function callbackOf(record: ActionRecord): WorkflowObject {
  const outputs = isObject(record.outputs) ? record.outputs : {};
  const headers = memberOf(outputs, 'headers');
  const body = memberOf(outputs, 'body');
  return { ...(headers !== undefined && { headers }), ...(body !== undefined && { body }) };
}

function expectationOf(plan: Plan, state: RunState): WorkflowObject {
  const view = runView(plan, state);
  const actions: Record<string, WorkflowValue> = {};
  for (const [name, action] of Object.entries((view['actions'] ?? {}) as WorkflowObject)) {
    if (!isObject(action)) continue;
    const code = memberOf(action, 'code');
    actions[name] = {
      status: memberOf(action, 'status') ?? null,
      ...(code !== undefined && { code }),
    };
  }
  const response = finalResponse(plan, state);
  return {
    status: state.status,
    ...(state.error && { error: { code: state.error.code } }),
    ...(response && { response: { statusCode: response.statusCode } }),
    actions,
  };
}
