import { shown } from '../plan/members.js';
import {
  isArray,
  kindOf,
  memberOf,
  textOf,
  WorkflowExpressionError,
  withMember,
  withoutMember,
  type WorkflowObject,
} from '@isthmus/workflow-expressions';
import type { Plan, PlannedTrigger } from '../plan/plan.js';
import type { TriggerRecord } from './events.js';
import { rootPlace } from './place.js';
import { RunScope, type Ambient } from './run-scope.js';
import { emptyRun, type RunState } from './state.js';

/** What a trigger that has outputs leads to. */
export type Firing =
  /** One run for each entry: several with `splitOn`. */
  | {
      readonly kind: 'runs';
      readonly outputs: readonly (WorkflowObject | undefined)[];
      readonly clientTrackingId?: string;
      readonly isSplit: boolean;
    }
  /** A condition does not hold: the history shows Skipped. */
  | { readonly kind: 'skipped'; readonly condition: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/**
 * Conditions, `splitOn` and `correlation` of a trigger, evaluated over the outputs of this attempt.
 * @param request headers of the call that fired, for the tracking id that the caller chose
 */
export function fire(
  plan: Plan,
  trigger: PlannedTrigger,
  firing: {
    readonly outputs: WorkflowObject | undefined;
    readonly runId: string;
    readonly headers?: Readonly<Record<string, string>>;
  },
  ambient: Ambient,
): Firing {
  const state = attempt(trigger, firing, ambient);
  const scope = new RunScope(plan, state, rootPlace, { ambient });
  try {
    for (const condition of trigger.conditions) {
      if (condition.template.evaluate(scope) !== true)
        return { kind: 'skipped', condition: condition.text };
    }
    const chosen =
      trigger.clientTrackingId?.evaluate(scope) ??
      headerOf(firing.headers, 'x-ms-client-tracking-id');
    const tracking =
      chosen === undefined || chosen === null || chosen === ''
        ? {}
        : { clientTrackingId: textOf(chosen) };
    if (!trigger.splitOn)
      return { kind: 'runs', outputs: [firing.outputs], ...tracking, isSplit: false };
    const items = trigger.splitOn.evaluate(scope);
    if (items === null) return { kind: 'runs', outputs: [], ...tracking, isSplit: true };
    const limit = plan.environment.limits.splitOnItemsLimit;
    if (!isArray(items)) return { kind: 'failed', ...notSplittable(trigger, kindOf(items)) };
    if (items.length > limit)
      return { kind: 'failed', ...tooManyItems(trigger, items.length, limit) };
    const shared = withoutMember(firing.outputs ?? {}, 'body');
    return {
      kind: 'runs',
      outputs: items.map((item) => withMember(shared, 'body', item)),
      ...tracking,
      isSplit: true,
    };
  } catch (error) {
    if (!(error instanceof WorkflowExpressionError)) throw error;
    const message = `Unable to process template language expressions for trigger '${trigger.name}' at line '0' and column '0': '${error.message}'.`;
    return { kind: 'failed', code: 'InvalidTemplate', message };
  }
}

function attempt(
  trigger: PlannedTrigger,
  firing: { outputs: WorkflowObject | undefined; runId: string },
  ambient: Ambient,
): RunState {
  const record: TriggerRecord = {
    name: trigger.name,
    status: 'Succeeded',
    ...(firing.outputs && { outputs: firing.outputs }),
    startedAt: ambient.now,
    endedAt: ambient.now,
    trackingId: ambient.newGuid(),
  };
  return { ...emptyRun(), runId: firing.runId, clientTrackingId: firing.runId, trigger: record };
}

function notSplittable(trigger: PlannedTrigger, kind: string): { code: string; message: string } {
  const text = shown(memberOf(trigger.definition, 'splitOn') ?? '');
  return {
    code: 'InvalidTemplate',
    message:
      `The template language expression evaluation failed: 'The execution of template trigger '${trigger.name}' ` +
      `failed: the result of the evaluation of 'splitOn' expression '${text}' is of type '${kind}'. ` +
      `The result must be a valid array.'.`,
  };
}

function tooManyItems(
  trigger: PlannedTrigger,
  count: number,
  limit: number,
): { code: string; message: string } {
  return {
    code: 'SplitOnItemsLimitExceeded',
    message: `The 'splitOn' expression of the trigger '${trigger.name}' gives ${count} items; ${limit} are allowed.`,
  };
}

function headerOf(
  headers: Readonly<Record<string, string>> | undefined,
  name: string,
): string | undefined {
  const found = Object.keys(headers ?? {}).find((header) => header.toLowerCase() === name);
  return found === undefined ? undefined : headers?.[found];
}
