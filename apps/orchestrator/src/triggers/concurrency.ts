import type { PlannedTrigger } from '@isthmus/workflow-engine';
import { isObject, memberOf, type WorkflowValue } from '@isthmus/workflow-expressions';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { ConcurrencyLimit } from '../store/admission.store.js';

/** Most runs at once, and most that wait (`Runtime.Trigger.*` of host.json). */
const mostRuns = 100;
const mostWaiting = 200;
/** Runs that may wait where the definition does not say. */
const waitingMargin = 10;

/**
 * `runtimeConfiguration.concurrency` of a trigger, or the option SingleInstance; undefined: as many
 * runs as there are calls.
 */
export function concurrencyOf(
  { loaded }: DeployedWorkflow,
  trigger: PlannedTrigger,
): ConcurrencyLimit | undefined {
  const settings = loaded.settings;
  const concurrency = path(trigger.definition, 'runtimeConfiguration', 'concurrency');
  const single = trigger.options.has('singleinstance');
  if (!isObject(concurrency) && !single) return undefined;
  const given = isObject(concurrency) ? memberOf(concurrency, 'runs') : undefined;
  const most = setting(settings['Runtime.Trigger.MaximumRunConcurrency'], mostRuns);
  const runs = single ? 1 : Math.min(positive(given) ?? most, most);
  const waiting = isObject(concurrency) ? memberOf(concurrency, 'maximumWaitingRuns') : undefined;
  const longest = setting(settings['Runtime.Trigger.MaximumWaitingRuns'], mostWaiting);
  return { runs, waiting: Math.min(positive(waiting) ?? runs + waitingMargin, longest) };
}

function path(value: WorkflowValue, ...names: readonly string[]): WorkflowValue | undefined {
  let found: WorkflowValue | undefined = value;
  for (const name of names) found = isObject(found) ? memberOf(found, name) : undefined;
  return found;
}

function positive(value: WorkflowValue | undefined): number | undefined {
  const number = Number(value);
  return value !== undefined && Number.isInteger(number) && number > 0 ? number : undefined;
}

function setting(text: string | undefined, fallback: number): number {
  return positive(text) ?? fallback;
}
