import { objectMember } from '../plan/members.js';
import type { PlannedTrigger } from '../plan/plan.js';

/** Whether the runs of a trigger are limited: by `runtimeConfiguration.concurrency`, or the option SingleInstance. */
export function isLimited({ definition, options }: PlannedTrigger): boolean {
  if (options.has('singleinstance')) return true;
  const runtime = objectMember(definition, 'runtimeConfiguration');
  return runtime !== undefined && objectMember(runtime, 'concurrency') !== undefined;
}
