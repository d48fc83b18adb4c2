import {
  isObject,
  memberOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { addMonths } from '../calls/duration.js';
import { parseTimestamp } from '../calls/timestamp.js';
import { objectMember, shown } from '../plan/members.js';
import { badRequest } from '../run/template-failure.js';
import type { ActionType } from './action-type.js';
import { done } from './succeeded.js';

const units: ReadonlyMap<string, number> = new Map([
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['week', 604_800_000],
]);

/** Holds its branch for an interval or until a time; a time that has passed does not wait. */
export const wait: ActionType = {
  type: 'Wait',
  start(inputs, scope) {
    const until = wakeTime(inputs, scope.now);
    if (typeof until === 'string') return badRequest('InvalidTemplate', until);
    return until <= scope.now ? done() : { kind: 'wait', until };
  },
  wake: () => done(),
};

function wakeTime(inputs: WorkflowValue, now: number): number | string {
  if (!isObject(inputs)) return "The inputs of a 'Wait' action must be an object.";
  const interval = objectMember(inputs, 'interval');
  if (interval) return intervalEnd(interval, now);
  const until = objectMember(inputs, 'until');
  const timestamp = until && memberOf(until, 'timestamp');
  const time = typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined;
  return (
    time ?? `The 'timestamp' value '${shown(timestamp)}' of the 'Wait' action is not a valid time.`
  );
}

function intervalEnd(interval: WorkflowObject, now: number): number | string {
  const count = Number(memberOf(interval, 'count') ?? Number.NaN);
  const unit = shown(memberOf(interval, 'unit') ?? '')
    .toLowerCase()
    .replace(/s$/, '');
  if (!Number.isFinite(count))
    return "The 'count' of the interval of a 'Wait' action must be a number.";
  if (unit === 'month') return addMonths(now, count);
  const length = units.get(unit);
  return length === undefined
    ? `The 'unit' '${unit}' of the interval of a 'Wait' action is not known.`
    : now + count * length;
}
