import {
  deepEquals,
  isArray,
  isObject,
  memberOf,
  membersOf,
  objectOf,
  writeJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { statusCodeNamed } from '../calls/status-names.js';
import { objectMember, textMember } from '../plan/members.js';
import type { Plan, PlannedAction } from '../plan/plan.js';
import { finalResponse } from '../run/answer.js';
import type { RetryRecord } from '../run/events.js';
import { splitPath } from '../run/path.js';
import { runView } from '../run/run-view.js';
import type { ActionRecord, RunState } from '../run/state.js';
import { timestamp } from '../run/timestamp.js';
import { replayed, type WorkflowCase } from './workflow-case.js';

/** What a run was given beside its trigger; it goes into the case, secrets excepted. */
export interface RecordedSetting {
  readonly parameters?: WorkflowObject;
  readonly appSettings?: WorkflowObject;
}

/**
 * A finished run as a case: what came in and what its calls gave, and what it ended with. Run again, the case
 * repeats the run without the systems that it called. What changes from run to run (times, identifiers) is not
 * expected.
 */
export function recordedCase(
  plan: Plan,
  state: RunState,
  { parameters = {}, appSettings = {} }: RecordedSetting = {},
): WorkflowCase {
  const { answers, callbacks } = answersOf(plan, state);
  const given = {
    now: timestamp(state.startedAt),
    ...filled('parameters', withoutSecrets(plan, parameters)),
    ...filled('appSettings', appSettings),
    ...(state.trigger?.outputs && { trigger: state.trigger.outputs }),
    ...filled('answers', answers),
    ...filled('callbacks', callbacks),
  };
  const expected = expectationOf(plan, state, replayed(plan, given));
  return { name: `repeats the run ${state.runId}`, given, expect: expected };
}

function filled(name: string, members: WorkflowObject): WorkflowObject {
  return Object.keys(members).length > 0 ? { [name]: members } : {};
}

/** A secret has another value in the case: cases are kept with the code. */
function withoutSecrets(plan: Plan, parameters: WorkflowObject): WorkflowObject {
  const declared = objectMember(plan.definition, 'parameters') ?? {};
  return objectOf(
    membersOf(parameters).map(([name, value]) => {
      const type = textMember(objectMember(declared, name) ?? {}, 'type') ?? '';
      return [name, /^secure/i.test(type) ? masked(value) : value] as const;
    }),
  );
}

function masked(value: WorkflowValue): WorkflowValue {
  if (isArray(value)) return value.map(masked);
  if (isObject(value))
    return objectOf(membersOf(value).map(([name, member]) => [name, masked(member)] as const));
  return typeof value === 'string' ? 'secret' : value;
}

/** By action; by repetition where repetitions were answered differently. */
function answersOf(
  plan: Plan,
  state: RunState,
): { answers: WorkflowObject; callbacks: WorkflowObject } {
  const byPath = new Map<string, WorkflowValue[]>();
  const callbacks = new Map<string, WorkflowObject>();
  for (const { action, record } of callsOf(plan, state)) {
    const retries = (record.retryHistory ?? []).map(retryAnswer);
    const isWebhook = action.type.callback !== undefined && record.status === 'Succeeded';
    byPath.set(record.path, [...retries, isWebhook ? { status: 200 } : answerOf(record)]);
    if (isWebhook) callbacks.set(record.path, callbackOf(record));
  }
  return { answers: byName(byPath), callbacks: byName(callbacks) };
}

function byName(byPath: ReadonlyMap<string, WorkflowValue>): WorkflowObject {
  const texts = new Map<string, Set<string>>();
  for (const [path, value] of byPath) {
    const { name } = splitPath(path);
    texts.set(name, (texts.get(name) ?? new Set()).add(writeJson(value)));
  }
  return objectOf(
    [...byPath].map(([path, value]) => {
      const { name } = splitPath(path);
      return [texts.get(name)?.size === 1 ? name : path, value] as const;
    }),
  );
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

function expectationOf(plan: Plan, state: RunState, again: WorkflowObject): WorkflowObject {
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
  const body =
    response?.body === undefined
      ? undefined
      : steady(response.body, memberOf(objectMember(again, 'response') ?? {}, 'body') ?? null);
  return {
    status: state.status,
    ...(state.error && { error: { code: state.error.code } }),
    ...(response && {
      response: { statusCode: response.statusCode, ...(body !== undefined && { body }) },
    }),
    actions,
  };
}

/** What two runs have in common: times and identifiers of one run are not those of another. */
function steady(value: WorkflowValue, again: WorkflowValue): WorkflowValue | undefined {
  if (isObject(value) && isObject(again)) {
    const members = membersOf(value).flatMap(([name, member]) => {
      const common = steady(member, memberOf(again, name) ?? null);
      return common === undefined ? [] : [[name, common] as const];
    });
    return members.length === 0 && membersOf(value).length > 0 ? undefined : objectOf(members);
  }
  if (isArray(value) && isArray(again) && value.length === again.length) {
    const items = value.map((item, index) => steady(item, again[index] ?? null));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  return deepEquals(value, again) ? value : undefined;
}
