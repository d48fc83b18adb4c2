import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  fireRequest,
  worded,
  type EffectOutcome,
  type ResponseMessage,
  type WorkflowEffect,
} from '@isthmus/workflow-engine';
import type { RunContext } from '@isthmus/workflow-effects';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { ConcurrencyLimit } from '../store/admission.store.js';
import { answerToParent, type RunPlaces } from './answers.js';
import type { LiveRun } from './live-run.js';
import { concurrencyOf } from '../triggers/concurrency.js';
import { childRunId } from './run-id.js';
import type { BeginRun } from './run-service-options.js';
import { failure } from './sending.js';

/** Runs one inside of the other. Without an end, workflows that call each other would take all memory and stack. */
const deepestNesting = 50;
/**
 * Calls below one run: under way, and the levels of all of them added up. A workflow that calls itself twice would
 * make more runs on those levels than there are atoms; a loop that calls a child with a child makes 250,000.
 */
const mostNested = { underWay: 5000, levels: 250_000 };

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
  const parent = places.runs.find(context.runId);
  const { depth, outermost } = nestingOf(places, parent);
  const nested = outermost?.nested ?? { underWay: 0, levels: 0 };
  const isOver =
    depth >= deepestNesting ||
    nested.underWay >= mostNested.underWay ||
    nested.levels + depth > mostNested.levels;
  if (isOver) {
    const reason =
      depth >= deepestNesting ? `over more than ${deepestNesting} levels` : 'too many times';
    const message = worded`The workflow '${nameIn(effect)}' cannot be called: workflows call each other ${reason}.`;
    return failure(effect.id, 'NestedWorkflowLimitExceeded', message);
  }
  nested.underWay += 1;
  nested.levels += depth;
  try {
    // Children of children leave the others their turns; those of a caller, which are most, begin at once.
    if (depth > 0) await nextTurn(undefined, { signal });
    return await answered(places, call, parent, signal);
  } finally {
    nested.underWay -= 1;
  }
}

/** Begins the child, or finds it, and waits for its answer. */
async function answered(
  places: RunPlaces,
  call: ChildCall,
  parent: LiveRun | undefined,
  signal: AbortSignal,
): Promise<EffectOutcome> {
  const { effect, context } = call;
  const name = nameIn(effect);
  const id = childRunId(context.runId, effect.id);
  // What the parent keeps of the answer stands behind it in the same journal; one that keeps nothing
  // would tell of a run that is not committed.
  const when = parent?.isDurable === true ? 'decided' : 'committed';
  // A parent that was here all the time makes this call for the first time.
  const isNew = parent?.isResumed === false;
  const known = isNew ? undefined : await answerToParent(places, id, signal, when);
  if (known) return outcome(effect, id, known);
  const found = places.registry.known(name) ?? (await places.registry.current(name));
  if (!found)
    return failure(
      effect.id,
      'WorkflowNotFound',
      worded`The workflow '${name}' could not be found.`,
    );
  if (found.row.state !== 'Enabled') {
    const message = worded`The workflow '${name}' is disabled.`;
    return failure(effect.id, 'WorkflowTriggerIsNotEnabled', message);
  }
  const beginning = begin(places, found.workflow, { ...call, id });
  const begun = beginning instanceof Promise ? await beginning : beginning;
  if (typeof begun === 'string') return failure(effect.id, 'BadRequest', begun);
  if ('statusCode' in begun) return outcome(effect, id, begun);
  if (effect.disableAsyncPattern && found.workflow.plan.respondsAsynchronously)
    return outcome(effect, id, { statusCode: 202, headers: {} });
  const run = 'admitted' in begun ? begun.admitted : begun;
  const answer = await answerToParent(places, run, signal, when);
  return outcome(effect, id, answer ?? { statusCode: 202, headers: {} });
}

/** How many runs stand around a run, as far as they are here, and the outermost of them. */
function nestingOf({ runs }: RunPlaces, run: LiveRun | undefined) {
  let [depth, outermost] = [0, run];
  while (outermost?.origin.parentRun !== undefined && depth < deepestNesting) {
    depth += 1;
    const parent = runs.find(outermost.origin.parentRun);
    if (!parent) break;
    outermost = parent;
  }
  return { depth, outermost };
}

function nameIn({ workflow }: WorkflowEffect): string {
  return workflow.slice(workflow.lastIndexOf('/') + 1);
}

/** The run, where it was begun here; an answer instead of one; the id of a run that may have to wait; or what is wrong. */
type Begun = LiveRun | ResponseMessage | { readonly admitted: string } | string;

function begin(
  { runs }: RunPlaces,
  workflow: DeployedWorkflow,
  { effect, context, id }: ChildCall & { readonly id: string },
): Begun | Promise<Begun> {
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
      queries: request.queries ?? {},
      ...(request.body === undefined ? {} : { body: request.body }),
    },
    { runId: id, now: Date.now(), random: Math.random, newGuid: randomUUID },
  );
  if (fired.kind === 'refused') return fired.response;
  if (fired.kind === 'failed') return fired.message;
  // As every caller of a trigger whose conditions do not hold.
  if (fired.kind === 'skipped') return { statusCode: 202, headers: {} };
  const correlation = runs.find(context.runId)?.correlation;
  const starts = fired.runs.map((record, index) => ({
    id: index === 0 ? id : childRunId(id, String(index)),
    workflow,
    parentRun: context.runId,
    ...(correlation && { correlation }),
    clientTrackingId:
      fired.itemTrackingIds?.[index] ?? fired.clientTrackingId ?? context.clientTrackingId,
    trigger: record,
  }));
  const limit = concurrencyOf(workflow, trigger);
  if (limit) return admitted(runs, starts, { limit, isSplit: fired.isSplit });
  const [first] = starts.map((start) => runs.begin(start));
  return first && !fired.isSplit ? first : { statusCode: 202, headers: {} };
}

/** Under the concurrency limit of its trigger a child waits for its turn, or is refused as any other caller. */
async function admitted(
  runs: RunPlaces['runs'],
  starts: readonly BeginRun[],
  { limit, isSplit }: { readonly limit: ConcurrencyLimit; readonly isSplit: boolean },
): Promise<Begun> {
  // The row of a child names its parent, which has to be there first.
  await runs.barrier();
  for (const start of starts) {
    const { kind } = await runs.admit(start, { limit });
    if (kind === 'refused') return tooManyRuns(start.workflow.name);
  }
  const [first] = starts;
  return first && !isSplit ? { admitted: first.id } : { statusCode: 202, headers: {} };
}

function tooManyRuns(name: string): ResponseMessage {
  const error = {
    code: 'WorkflowRunsLimitExceeded',
    message: `The workflow '${name}' has as many waiting runs as its trigger allows.`,
  };
  return { statusCode: 429, headers: { 'Content-Type': 'application/json' }, body: { error } };
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
