import { randomUUID } from 'node:crypto';
import {
  fireRequest,
  type EffectOutcome,
  type FiredRuns,
  type ResponseMessage,
  type WorkflowEffect,
} from '@isthmus/workflow-engine';
import type { RunContext } from '@isthmus/workflow-effects';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import { answerToParent, type RunPlaces } from './answers.js';
import type { LiveRun } from './live-run.js';
import { childRunId } from './run-id.js';
import { failure } from './sending.js';

/** Runs one inside of the other. Without an end, workflows that call each other would take all memory and stack. */
const deepestNesting = 50;

/** A call of another workflow by a run. */
export interface ChildCall {
  readonly effect: WorkflowEffect;
  readonly context: RunContext;
}

/**
 * Calls another workflow's request trigger in this process. The child's id follows from the parent's
 * run and action: a parent that was taken over finds the child that it began before.
 */
export async function callChild(
  places: RunPlaces,
  call: ChildCall,
  signal: AbortSignal,
): Promise<EffectOutcome> {
  const { effect, context } = call;
  const name = effect.workflow.slice(effect.workflow.lastIndexOf('/') + 1);
  const id = childRunId(context.runId, effect.id);
  const parent = places.runs.find(context.runId);
  if (nestingOf(places, parent) >= deepestNesting) {
    const message = `The workflow '${name}' cannot be called: workflows call each other over more than ${deepestNesting} levels.`;
    return failure(effect.id, 'NestedWorkflowLimitExceeded', message);
  }
  // What the parent keeps of the answer stands behind it in the same journal; one that keeps nothing
  // would tell of a run that is not committed.
  const when = parent?.isDurable === true ? 'decided' : 'committed';
  // A parent that was here all the time makes this call for the first time.
  const isNew = parent?.isResumed === false;
  const known = isNew ? undefined : await answerToParent(places, id, signal, when);
  if (known) return outcome(effect, id, known);
  const found = places.registry.known(name) ?? (await places.registry.current(name));
  if (!found)
    return failure(effect.id, 'WorkflowNotFound', `The workflow '${name}' could not be found.`);
  if (found.row.state !== 'Enabled') {
    const message = `The workflow '${name}' is disabled.`;
    return failure(effect.id, 'WorkflowTriggerIsNotEnabled', message);
  }
  const begun = begin(places, found.workflow, { ...call, id });
  if (typeof begun === 'string') return failure(effect.id, 'BadRequest', begun);
  if ('statusCode' in begun) return outcome(effect, id, begun);
  if (effect.disableAsyncPattern && found.workflow.plan.respondsAsynchronously)
    return outcome(effect, id, { statusCode: 202, headers: {} });
  const answer = await answerToParent(places, id, signal, when);
  return outcome(effect, id, answer ?? { statusCode: 202, headers: {} });
}

/** How many runs stand around a run, as far as they are here. */
function nestingOf({ runs }: RunPlaces, run: LiveRun | undefined): number {
  let count = 0;
  let parent = run?.origin.parentRun;
  while (parent !== undefined && count < deepestNesting) {
    count += 1;
    parent = runs.find(parent)?.origin.parentRun;
  }
  return count;
}

function begin(
  { runs }: RunPlaces,
  workflow: DeployedWorkflow,
  { effect, context, id }: ChildCall & { readonly id: string },
): FiredRuns | ResponseMessage | string {
  const { plan, name } = workflow;
  const trigger = plan.triggers.find(
    (one) =>
      one.type.receive &&
      (effect.triggerName === undefined ||
        one.name.toLowerCase() === effect.triggerName.toLowerCase()),
  );
  if (!trigger) return `The workflow '${name}' has no request trigger.`;
  const { request } = effect;
  const fired = fireRequest(
    plan,
    trigger,
    {
      method: request.method ?? 'POST',
      headers: request.headers,
      queries: {},
      ...(request.body === undefined ? {} : { body: request.body }),
    },
    { runId: id, now: Date.now(), random: Math.random, newGuid: randomUUID },
  );
  if (fired.kind === 'refused') return fired.response;
  if (fired.kind === 'failed') return fired.message;
  // As every caller of a trigger whose conditions do not hold.
  if (fired.kind === 'skipped') return { statusCode: 202, headers: {} };
  const correlation = runs.find(context.runId)?.correlation;
  for (const [index, record] of fired.runs.entries()) {
    runs.begin({
      id: index === 0 ? id : childRunId(id, String(index)),
      workflow,
      parentRun: context.runId,
      ...(correlation && { correlation }),
      clientTrackingId: fired.clientTrackingId ?? context.clientTrackingId,
      trigger: record,
    });
  }
  return fired.isSplit ? { statusCode: 202, headers: {} } : fired;
}

function outcome(effect: WorkflowEffect, id: string, answer: ResponseMessage): EffectOutcome {
  return {
    kind: 'response',
    effectId: effect.id,
    statusCode: answer.statusCode,
    headers: { ...answer.headers, 'x-ms-workflow-run-id': id },
    ...(answer.body === undefined ? {} : { body: answer.body }),
  };
}
