import { memberOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import { objectMember } from '../plan/members.js';
import type { PlannedTrigger } from '../plan/plan.js';

/** How many runs of a workflow may be under way, and how many may wait for their turn. */
export interface TriggerConcurrency {
  readonly runs: number;
  readonly waiting: number;
}

const mostRuns = 100;
const mostWaiting = 200;

/**
 * The concurrency of a trigger: `runtimeConfiguration.concurrency` with `runs` and `maximumWaitingRuns` (ten more
 * than the runs by default), or the option SingleInstance. Undefined: without limit.
 */
export function concurrencyOf(trigger: PlannedTrigger): TriggerConcurrency | undefined {
  if (trigger.options.has('singleinstance')) return { runs: 1, waiting: 11 };
  const runtime = objectMember(trigger.definition, 'runtimeConfiguration');
  const concurrency = runtime && objectMember(runtime, 'concurrency');
  if (!concurrency) return undefined;
  const runs = Math.min(numberMember(concurrency, 'runs') ?? mostRuns, mostRuns);
  return {
    runs,
    waiting: Math.min(numberMember(concurrency, 'maximumWaitingRuns') ?? runs + 10, mostWaiting),
  };
}

function numberMember(object: WorkflowObject, name: string): number | undefined {
  const value = memberOf(object, name);
  return typeof value === 'number' && value >= 1 ? Math.floor(value) : undefined;
}
