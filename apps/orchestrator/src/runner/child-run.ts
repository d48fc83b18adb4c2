import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  finalResponse,
  fire,
  restore,
  type EffectOutcome,
  type ResponseMessage,
  type WorkflowEffect,
} from '@isthmus/workflow-engine';
import type { RunContext } from '@isthmus/workflow-effects';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { RunsStore } from '../store/runs.store.js';
import { receiveCall } from '../triggers/receive-call.js';
import { childRunId } from './run-id.js';
import type { RunService } from './run-service.js';

interface ChildHost {
  readonly runs: RunService;
  readonly registry: WorkflowRegistry;
  readonly store: RunsStore;
}

/** How often a child that another replica drives is looked at, in milliseconds. */
const pollMs = 250;

/**
 * Calls another workflow's request trigger in this process. The child's id follows from the parent's
 * run and action: a parent that was taken over finds the child that it began before.
 */
export async function callChild(
  host: ChildHost,
  effect: WorkflowEffect,
  context: RunContext,
  signal: AbortSignal,
): Promise<EffectOutcome> {
  const name = effect.workflow.slice(effect.workflow.lastIndexOf('/') + 1);
  const failure = (code: string, message: string): EffectOutcome => ({
    kind: 'failure',
    effectId: effect.id,
    code,
    message,
    retryable: false,
  });
  const found = await host.registry.current(name);
  if (!found) return failure('WorkflowNotFound', `The workflow '${name}' could not be found.`);
  if (found.row.state !== 'Enabled')
    return failure('WorkflowTriggerIsNotEnabled', `The workflow '${name}' is disabled.`);
  const id = childRunId(context.runId, effect.path);
  const answer =
    (await existing(host, id, signal)) ??
    begin(host, found.workflow, { id, effect, context });
  if (typeof answer === 'string') return failure('BadRequest', answer);
  const response = 'answer' in answer ? await answer.answer : answer;
  return {
    kind: 'response',
    effectId: effect.id,
    statusCode: response.statusCode,
    headers: { ...response.headers, 'x-ms-workflow-run-id': id },
    ...(response.body === undefined ? {} : { body: response.body }),
  };
}

interface ChildStart {
  readonly id: string;
  readonly effect: WorkflowEffect;
  readonly context: RunContext;
}

type Workflow = NonNullable<Awaited<ReturnType<WorkflowRegistry['current']>>>['workflow'];

function begin(host: ChildHost, workflow: Workflow, { id, effect, context }: ChildStart) {
  const { plan } = workflow;
  const trigger = plan.triggers.find(
    ({ name, type }) =>
      type.receive &&
      (effect.triggerName === undefined || name.toLowerCase() === effect.triggerName.toLowerCase()),
  );
  if (!trigger) return `The workflow '${workflow.name}' has no request trigger.`;
  const now = Date.now();
  const { request } = effect;
  const received = receiveCall(plan, trigger, {
    method: request.method ?? 'POST',
    headers: request.headers,
    queries: {},
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  if (received.kind === 'refused') return received.response;
  const ambient = { now, random: Math.random, newGuid: randomUUID };
  const firing = fire(
    plan,
    trigger,
    { outputs: received.outputs, runId: id, headers: request.headers },
    ambient,
  );
  if (firing.kind !== 'runs') return `The trigger '${trigger.name}' did not fire.`;
  host.runs.traces.keep(id, host.runs.traces.of(context.runId));
  const [outputs] = firing.outputs;
  return host.runs.begin({
    id,
    workflow,
    parentRun: context.runId,
    clientTrackingId: firing.clientTrackingId ?? context.clientTrackingId,
    trigger: {
      name: trigger.name,
      status: 'Succeeded',
      ...(outputs ? { outputs } : {}),
      startedAt: now,
      endedAt: now,
      trackingId: randomUUID(),
    },
  });
}

/** The answer of a child that was begun before, by this replica or another; undefined when there is none. */
async function existing(
  { runs, registry, store }: ChildHost,
  id: string,
  signal: AbortSignal,
): Promise<{ answer: Promise<ResponseMessage> } | ResponseMessage | undefined> {
  for (;;) {
    const live = runs.find(id);
    if (live) return live;
    const row = await store.run(id);
    if (!row) return undefined;
    const { plan } = await registry.version(row.workflow, row.version);
    const answer = finalResponse(plan, restore(await runs.journalOf(id)));
    if (answer) return answer;
    await wait(pollMs, undefined, { signal });
  }
}
