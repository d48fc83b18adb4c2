import { isObject, memberOf, type WorkflowValue } from '@isthmus/workflow-expressions';
import { parseDuration } from '../calls/duration.js';
import { timestamp } from '../run/timestamp.js';
import type { TriggerType } from './trigger-type.js';

/** Fires once for each window of time, also for those that were missed. */
export const slidingWindow: TriggerType = {
  type: 'SlidingWindow',
  recurs: true,
  catchesUp: true,
  occur(due, interval) {
    return { body: { windowStartTime: timestamp(due - interval), windowEndTime: timestamp(due) } };
  },
};

/** Milliseconds by which a window's run is delayed after its end (`inputs.delay`). */
export function windowDelay(inputs: WorkflowValue): number {
  const delay = isObject(inputs) ? memberOf(inputs, 'delay') : undefined;
  return typeof delay === 'string' ? (parseDuration(delay) ?? 0) : 0;
}
