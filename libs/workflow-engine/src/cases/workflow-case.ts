import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { parseDuration } from '../calls/duration.js';
import { statefulLimits, statelessLimits } from '../plan/engine-limits.js';
import type { Environment } from '../plan/environment.js';
import { objectMember } from '../plan/members.js';
import { PlanError } from '../plan/compile-member.js';
import { compilePlan } from '../plan/compile-plan.js';
import type { Plan } from '../plan/plan.js';
import { finalResponse } from '../run/answer.js';
import type { CallEffect, EffectOutcome } from '../run/effects.js';
import { fire } from '../run/fire.js';
import { splitPath } from '../run/path.js';
import { play, type Played, type Script } from '../run/play.js';
import { runView } from '../run/run-view.js';
import { differences } from './differences.js';
import { unreadMembers } from './unread-members.js';

/**
 * A test of a workflow:
 * `{ name, definition | actions, kind?, given?: { trigger?, parameters?, appSettings?, maps?, schemas?, answers?,
 * callbacks?, now?, cancelAfter?, responseExpiresAfter? }, expect: { status?, error?, response?, actions?, calls?,
 * elapsed?, invalid?, variables? } }`.
 * `answers` holds, by action (`Call`) or by one of its repetitions (`For_each[2].Call`), which wins, one answer
 * or a list of them, of which the last repeats:
 * `{ status, headers?, body?, delay? }` or `{ failure: { code, message?, retryable? }, delay? }` or `{ value }`.
 */
export type WorkflowCase = WorkflowObject;

/** What a case is laid over that names a workflow instead of holding one. */
export interface CaseBase {
  readonly definition: WorkflowObject;
  readonly kind: Environment['kind'];
  readonly parameters: WorkflowObject;
  readonly appSettings: Environment['appSettings'];
  readonly artifacts: Environment['artifacts'];
}

const start = Date.UTC(2024, 0, 31, 12);
const limits = { random: 0.5, answerDelay: 0 };

/**
 * Runs a case with answers from its own text and skipped time.
 * @returns what is not as expected; nothing when the case passes
 */
export function runWorkflowCase(test: WorkflowCase, base?: CaseBase): string[] {
  const unread = unreadMembers(test);
  if (unread.length > 0) return unread;
  const given = objectMember(test, 'given') ?? {};
  const expect = objectMember(test, 'expect') ?? {};
  const invalid = memberOf(expect, 'invalid');
  let plan: Plan;
  try {
    plan = compilePlan(base?.definition ?? definitionOf(test), environmentOf(test, given, base));
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return typeof invalid === 'string' && error.message.includes(invalid)
      ? []
      : [`the definition is refused: ${error.message}`];
  }
  if (invalid !== undefined) return ['the definition is accepted'];
  return differences(withoutMatchers(expect), replayed(plan, given), 'expect');
}

/** What a run of a plan with the answers of a case shows. */
export function replayed(plan: Plan, given: WorkflowObject): WorkflowObject {
  return seen(plan, playCase(plan, given));
}

function withoutMatchers(expect: WorkflowObject): WorkflowObject {
  const elapsed = memberOf(expect, 'elapsed');
  return typeof elapsed === 'string'
    ? { ...expect, elapsed: parseDuration(elapsed) ?? elapsed }
    : expect;
}

/** What a case can look at. */
function seen(plan: Plan, played: Played): WorkflowObject {
  const response = finalResponse(plan, played.state);
  const calls = played.effects.flatMap((effect) => {
    if (effect.kind === 'abort' || effect.kind === 'respond') return [];
    return [callView(effect.kind === 'notify' ? effect.call : effect)];
  });
  return {
    ...runView(plan, played.state),
    ...(response && {
      response: {
        statusCode: response.statusCode,
        headers: response.headers,
        body: response.body ?? null,
      },
    }),
    calls,
    elapsed: played.elapsed,
    stuck: played.isStuck,
    variables: Object.fromEntries(
      [...played.state.variables.values()].map(({ name, value }) => [name, value]),
    ),
  };
}

function callView(effect: CallEffect): WorkflowObject {
  const { id: _id, path, idempotencyKey: _key, ...rest } = effect;
  const request = 'request' in rest ? rest.request : {};
  return {
    action: path,
    ...(rest as unknown as WorkflowObject),
    ...(request as unknown as WorkflowObject),
  };
}

function definitionOf(test: WorkflowCase): WorkflowObject {
  const definition = objectMember(test, 'definition');
  if (definition) return definition;
  return {
    triggers: { manual: { type: 'Request', kind: 'Http', inputs: {} } },
    actions: objectMember(test, 'actions') ?? {},
  };
}

function environmentOf(
  test: WorkflowCase,
  given: WorkflowObject,
  base: CaseBase | undefined,
): Environment {
  const stateless = (memberOf(test, 'kind') ?? base?.kind) === 'Stateless';
  const texts = (name: string): Map<string, string> =>
    new Map(
      membersOf(objectMember(given, name) ?? {}).map(
        ([key, value]) => [key.toLowerCase(), textOf(value)] as const,
      ),
    );
  const maps = texts('maps');
  const schemas = texts('schemas');
  return {
    workflow: { id: '/workflows/test', name: 'test', version: '00000000000000000001' },
    kind: stateless ? 'Stateless' : 'Stateful',
    parameters: { ...base?.parameters, ...objectMember(given, 'parameters') },
    appSettings: { ...base?.appSettings, ...Object.fromEntries(texts('appSettings')) },
    artifacts: {
      map: (name) => maps.get(name.toLowerCase()) ?? base?.artifacts.map?.(name),
      schema: (name) => schemas.get(name.toLowerCase()) ?? base?.artifacts.schema?.(name),
    },
    limits: stateless ? statelessLimits : statefulLimits,
    callbackUrl: (runId, path) => `https://callback.test/${runId}/${path}`,
    staticResults: 'enabled',
  };
}

function playCase(plan: Plan, given: WorkflowObject): Played {
  let guids = 0;
  const newGuid = (): string => `00000000-0000-4000-8000-${String(++guids).padStart(12, '0')}`;
  const now =
    typeof memberOf(given, 'now') === 'string'
      ? Date.parse(textOf(memberOf(given, 'now') ?? null))
      : start;
  const ambient = { now, random: () => limits.random, newGuid };
  const [trigger] = plan.triggers;
  const outputs = objectMember(given, 'trigger');
  const firing = trigger && fire(plan, trigger, { outputs, runId: 'run-1' }, ambient);
  const first = firing?.kind === 'runs' ? firing.outputs[0] : outputs;
  return play(
    plan,
    {
      runId: 'run-1',
      now,
      ...(firing?.kind === 'runs' &&
        firing.clientTrackingId !== undefined && { clientTrackingId: firing.clientTrackingId }),
      trigger: {
        name: trigger?.name ?? 'manual',
        status: 'Succeeded',
        ...(first && { outputs: first }),
        startedAt: now,
        endedAt: now,
        trackingId: newGuid(),
      },
    },
    scriptOf(given, newGuid),
  );
}

function scriptOf(given: WorkflowObject, newGuid: () => string): Script {
  const answers = objectMember(given, 'answers') ?? {};
  const callbacks = objectMember(given, 'callbacks') ?? {};
  const asked = new Map<string, number>();
  const cancelAfter = durationMember(given, 'cancelAfter');
  const responseExpiresAfter = durationMember(given, 'responseExpiresAfter');
  return {
    newGuid,
    random: () => limits.random,
    ...(cancelAfter !== undefined && { cancelAfter }),
    ...(responseExpiresAfter !== undefined && { responseExpiresAfter }),
    answer(effect) {
      const { name } = splitPath(effect.path);
      const isOwn = memberOf(answers, effect.path) !== undefined;
      const key = isOwn ? effect.path : name;
      const count = asked.get(key) ?? 0;
      asked.set(key, count + 1);
      const scripted = memberOf(answers, key) ?? memberOf(answers, '*') ?? {};
      const one = isArray(scripted) ? scripted[Math.min(count, scripted.length - 1)] : scripted;
      const answer: WorkflowObject = isObject(one) ? one : {};
      return {
        outcome: outcomeOf(effect, answer),
        after: durationMember(answer, 'delay') ?? limits.answerDelay,
      };
    },
    callback(path) {
      const scripted =
        objectMember(callbacks, path) ?? objectMember(callbacks, splitPath(path).name);
      if (!scripted) return undefined;
      const body = memberOf(scripted, 'body');
      const signal = {
        path,
        headers: stringMembers(memberOf(scripted, 'headers')),
        ...(body !== undefined && { body }),
      };
      return { signal, after: durationMember(scripted, 'after') ?? 0 };
    },
  };
}

function outcomeOf(effect: CallEffect, answer: WorkflowObject): EffectOutcome {
  const failure = objectMember(answer, 'failure');
  if (failure) {
    return {
      kind: 'failure',
      effectId: effect.id,
      code: textOf(memberOf(failure, 'code') ?? 'BadRequest'),
      message: textOf(memberOf(failure, 'message') ?? ''),
      retryable: memberOf(failure, 'retryable') === true,
    };
  }
  const value = memberOf(answer, 'value');
  if (value !== undefined) return { kind: 'value', effectId: effect.id, value };
  const status = memberOf(answer, 'status');
  const body = memberOf(answer, 'body');
  return {
    kind: 'response',
    effectId: effect.id,
    statusCode: typeof status === 'number' ? status : 200,
    headers: stringMembers(memberOf(answer, 'headers')),
    ...(body !== undefined && { body }),
  };
}

function stringMembers(value: WorkflowValue | undefined): Record<string, string> {
  return isObject(value)
    ? Object.fromEntries(membersOf(value).map(([name, member]) => [name, textOf(member)]))
    : {};
}

function durationMember(object: WorkflowObject, name: string): number | undefined {
  const value = memberOf(object, name);
  return typeof value === 'string' ? parseDuration(value) : undefined;
}
