import type { Plan, PlannedTrigger } from '../plan/plan.js';
import type { Received, TriggerRequest } from '../triggers/trigger-type.js';
import type { ResponseMessage } from './effects.js';
import type { TriggerRecord } from './events.js';
import { fire, type Firing } from './fire.js';
import { rootPlace } from './place.js';
import { RunScope, type Ambient } from './run-scope.js';
import { emptyRun } from './state.js';
import { valueProblem } from './value-limits.js';

/** What a call to a trigger leads to. */
export type FiredRequest =
  /** The caller gets this answer; there is no run. */
  | { readonly kind: 'refused'; readonly response: ResponseMessage }
  /** A condition does not hold: 202, and the history of the trigger shows Skipped. */
  | { readonly kind: 'skipped'; readonly condition: string; readonly unmet?: readonly string[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | FiredRuns;

/** One run, or one for each item of `splitOn`: their callers get 202 at once. */
export interface FiredRuns {
  readonly kind: 'fired';
  readonly runs: readonly TriggerRecord[];
  readonly clientTrackingId?: string;
  /** Of each run; undefined: the one that all share. */
  readonly itemTrackingIds?: readonly (string | undefined)[];
  readonly isSplit: boolean;
  /** Of each item of `splitOn` that leads to no run the condition that does not hold for it. */
  readonly unmet?: readonly string[];
}

/**
 * Everything between a call to a trigger's URL and its runs: method, path and schema, then conditions, tracking id
 * and `splitOn`. A type that nobody calls (Recurrence, polling) is fired with the request as its outputs.
 * @param runId of the run to come; with `splitOn` the id that its runs are correlated by
 */
export function fireRequest(
  plan: Plan,
  trigger: PlannedTrigger,
  request: TriggerRequest,
  ambient: Ambient & { readonly runId: string },
): FiredRequest {
  const problem = valueProblem(request.body, plan.environment.limits.contentSize);
  if (problem !== undefined) return refusedContent(problem);
  const received = receive(plan, trigger, request, ambient);
  if (received.kind === 'refused') return received;
  const { outputs } = received;
  const hasOutputs = trigger.type.receive !== undefined || Object.keys(outputs).length > 0;
  const firing = fire(
    plan,
    trigger,
    { outputs: hasOutputs ? outputs : undefined, runId: ambient.runId, headers: request.headers },
    ambient,
  );
  return firing.kind === 'runs' ? runsOf(trigger, firing, ambient) : firing;
}

function refusedContent(message: string): FiredRequest {
  const body = { error: { code: 'InvalidRequestContent', message } };
  return { kind: 'refused', response: { statusCode: 400, headers: {}, body } };
}

function receive(
  plan: Plan,
  trigger: PlannedTrigger,
  request: TriggerRequest,
  ambient: Ambient,
): Received {
  if (!trigger.type.receive) {
    const { headers, queries, body } = request;
    const outputs = {
      ...(Object.keys(headers).length > 0 && { headers: { ...headers } }),
      ...(Object.keys(queries).length > 0 && { queries: { ...queries } }),
      ...(body !== undefined && { body }),
    };
    return { kind: 'fired', outputs };
  }
  return trigger.type.receive(request, {
    trigger,
    environment: plan.environment,
    get expressions() {
      return new RunScope(plan, emptyRun(), rootPlace, { ambient });
    },
    now: ambient.now,
    effectFrame: () => ({
      id: '',
      path: '',
      idempotencyKey: '',
      timeout: plan.environment.limits.requestTimeout,
    }),
  });
}

function runsOf(
  trigger: PlannedTrigger,
  firing: Extract<Firing, { kind: 'runs' }>,
  ambient: Ambient,
): FiredRuns {
  const runs = firing.outputs.map((outputs): TriggerRecord => ({
    name: trigger.name,
    status: 'Succeeded',
    ...(outputs && { outputs }),
    startedAt: ambient.now,
    endedAt: ambient.now,
    trackingId: ambient.newGuid(),
  }));
  const { clientTrackingId, itemTrackingIds, isSplit, unmet } = firing;
  return {
    kind: 'fired',
    runs,
    ...(clientTrackingId !== undefined && { clientTrackingId }),
    ...(itemTrackingIds && { itemTrackingIds }),
    isSplit,
    ...(unmet && { unmet }),
  };
}
