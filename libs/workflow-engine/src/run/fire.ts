import { headerOf } from '../content/header-names.js';
import { shown } from '../plan/members.js';
import {
  isArray,
  kindOf,
  memberOf,
  textOf,
  WorkflowExpressionError,
  withMember,
  withoutMember,
  type WorkflowArray,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { Plan, PlannedTrigger } from '../plan/plan.js';
import { isLimited } from '../triggers/concurrency.js';
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
      /** Of each run, by `splitOnConfiguration.correlation`; undefined: the one that all share. */
      readonly itemTrackingIds?: readonly (string | undefined)[];
      readonly isSplit: boolean;
      /** Of each item that leads to no run the condition that does not hold for it. */
      readonly unmet?: readonly string[];
    }
  /** A condition does not hold: the history shows Skipped. */
  | { readonly kind: 'skipped'; readonly condition: string; readonly unmet?: readonly string[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Items that `splitOn` may give while the runs of the trigger are limited (documentation). */
const mostConcurrentItems = 100;

/**
 * `splitOn`, conditions and `correlation` of a trigger, evaluated over the outputs of this attempt; with `splitOn`
 * conditions are held against each item.
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
  if (!isEvaluated(trigger)) {
    const tracking = trackingId(headerOf(firing.headers, 'x-ms-client-tracking-id'));
    const shared = tracking === undefined ? {} : { clientTrackingId: tracking };
    return { kind: 'runs', outputs: [firing.outputs], ...shared, isSplit: false };
  }
  const scopeOf = (outputs: WorkflowObject | undefined) =>
    new RunScope(plan, attempt(trigger, { ...firing, outputs }, ambient), rootPlace, { ambient });
  try {
    const scope = scopeOf(firing.outputs);
    const tracking = trackingId(
      trigger.clientTrackingId?.evaluate(scope) ??
        headerOf(firing.headers, 'x-ms-client-tracking-id'),
    );
    const shared = tracking === undefined ? {} : { clientTrackingId: tracking };
    if (trigger.splitOn) {
      const items = itemsOf(plan, trigger, trigger.splitOn.evaluate(scope));
      return isArray(items) ? split(trigger, { items, scopeOf, ...firing }, shared) : items;
    }
    const unmet = unmetCondition(trigger, scope);
    if (unmet !== undefined) return { kind: 'skipped', condition: unmet };
    return { kind: 'runs', outputs: [firing.outputs], ...shared, isSplit: false };
  } catch (error) {
    if (!(error instanceof WorkflowExpressionError)) throw error;
    const message = `Unable to process template language expressions for trigger '${trigger.name}' at line '0' and column '0': '${error.message}'.`;
    return { kind: 'failed', code: 'InvalidTemplate', message };
  }
}

/** Something of the trigger is evaluated when it fires. */
function isEvaluated({ clientTrackingId, splitOn, conditions }: PlannedTrigger): boolean {
  return clientTrackingId !== undefined || splitOn !== undefined || conditions.length > 0;
}

/** The text of the first condition that does not hold. */
function unmetCondition(trigger: PlannedTrigger, scope: RunScope): string | undefined {
  return trigger.conditions.find(({ template }) => template.evaluate(scope) !== true)?.text;
}

/** What `splitOn` gave: null means no items, but only where the expression allows for it by `?`. */
function itemsOf(
  plan: Plan,
  trigger: PlannedTrigger,
  items: WorkflowValue,
): WorkflowArray | Extract<Firing, { kind: 'failed' }> {
  const text = shown(memberOf(trigger.definition, 'splitOn') ?? '');
  if (items === null && text.includes('?')) return [];
  if (!isArray(items)) return { kind: 'failed', ...notSplittable(trigger, text, kindOf(items)) };
  const { splitOnItemsLimit } = plan.environment.limits;
  const limit = isLimited(trigger)
    ? Math.min(splitOnItemsLimit, mostConcurrentItems)
    : splitOnItemsLimit;
  if (items.length <= limit) return items;
  return { kind: 'failed', ...tooManyItems(trigger, items.length, limit) };
}

/** One run for each item for which the conditions hold: they see the item as the trigger's body. */
function split(
  trigger: PlannedTrigger,
  of: {
    readonly items: WorkflowArray;
    readonly outputs: WorkflowObject | undefined;
    readonly scopeOf: (outputs: WorkflowObject) => RunScope;
  },
  shared: { readonly clientTrackingId?: string },
): Firing {
  const common = withoutMember(of.outputs ?? {}, 'body');
  const outputs: WorkflowObject[] = [];
  const ids: (string | undefined)[] = [];
  const unmetOnes: string[] = [];
  for (const item of of.items) {
    const one = withMember(common, 'body', item);
    const scope = of.scopeOf(one);
    const unmet = unmetCondition(trigger, scope);
    if (unmet !== undefined) {
      unmetOnes.push(unmet);
      continue;
    }
    outputs.push(one);
    if (trigger.itemTrackingId) ids.push(trackingId(trigger.itemTrackingId.evaluate(scope)));
  }
  const [condition] = unmetOnes;
  if (condition !== undefined && outputs.length === 0)
    return { kind: 'skipped', condition, unmet: unmetOnes };
  return {
    kind: 'runs',
    outputs,
    ...shared,
    ...(trigger.itemTrackingId && { itemTrackingIds: ids }),
    isSplit: true,
    ...(condition !== undefined && { unmet: unmetOnes }),
  };
}

function trackingId(chosen: WorkflowValue | undefined): string | undefined {
  return chosen === undefined || chosen === null || chosen === '' ? undefined : textOf(chosen);
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

function notSplittable(
  trigger: PlannedTrigger,
  text: string,
  kind: string,
): { code: string; message: string } {
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
