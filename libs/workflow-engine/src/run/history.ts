import type { WorkflowObject } from '@isthmus/workflow-expressions';
import type { RetryRecord } from './events.js';
import { timestamp } from './timestamp.js';

/** One entry of `retryHistory` as the history API and `actions()` show it. */
export function retryRecordView(retry: RetryRecord): WorkflowObject {
  return {
    startTime: timestamp(retry.startedAt),
    endTime: timestamp(retry.endedAt),
    code: retry.code,
    ...(retry.error && { error: { ...retry.error } }),
  };
}
