import {
  isObject,
  memberOf,
  writeJson,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { objectMember } from '../plan/members.js';
import { nextOccurrence, recurrenceRule } from './recurrence-rule.js';
import type { TriggerType } from './trigger-type.js';

/** Collects messages by partition and fires with all of them when a release criterion is met. */
export const batch: TriggerType = { type: 'Batch', collects: true };

/** One message that waits for its batch. */
export interface BatchMessage {
  readonly messageId: string;
  readonly content: WorkflowValue;
  readonly contentType?: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** Whether the messages of one partition are released, or when to look again. */
export type BatchRelease =
  | { readonly released: true; readonly outputs: WorkflowObject }
  | { readonly released: false; readonly wakeAt?: number };

const mostMessages = 8000;
const mostBytes = 80 * 1024 * 1024;

/**
 * Holds the messages of one partition against the release criteria of a batch: `messageCount`, `batchSize` (bytes),
 * `recurrence`. The documented limits release too.
 * @param inputs of the trigger, evaluated
 * @param since when the last batch of this partition was released, or its first message came
 */
export function releaseBatch(
  inputs: WorkflowObject,
  batchOf: {
    readonly name: string;
    readonly partition: string;
    readonly messages: readonly BatchMessage[];
  },
  time: { readonly now: number; readonly since: number },
): BatchRelease {
  const { name, partition, messages } = batchOf;
  const configuration = objectMember(objectMember(inputs, 'configurations') ?? {}, name) ?? {};
  const criteria = objectMember(configuration, 'releaseCriteria') ?? {};
  const count = limit(criteria, 'messageCount', mostMessages);
  const size = limit(criteria, 'batchSize', mostBytes);
  const rule = recurrenceRule(memberOf(criteria, 'recurrence'));
  const due = typeof rule === 'string' ? undefined : nextOccurrence(rule, time.since, time.since);
  const bytes = messages.reduce(
    (sum, message) => sum + Buffer.byteLength(writeJson(message.content)),
    0,
  );
  const isDue = due !== undefined && due <= time.now;
  if (messages.length === 0 || (messages.length < count && bytes < size && !isDue)) {
    return { released: false, ...(due !== undefined && { wakeAt: isDue ? due + 1 : due }) };
  }
  return {
    released: true,
    outputs: { body: { batchName: name, partitionName: partition, items: messages.map(item) } },
  };
}

function limit(criteria: WorkflowObject, name: string, greatest: number): number {
  const value = memberOf(criteria, name);
  return typeof value === 'number' ? Math.min(value, greatest) : greatest;
}

function item(message: BatchMessage): WorkflowObject {
  return {
    messageId: message.messageId,
    content: message.content,
    ...(message.contentType !== undefined && { contentType: message.contentType }),
  };
}

/** Whether the inputs of a batch trigger hold a configuration of that name. */
export function hasBatch(inputs: WorkflowValue, name: string): boolean {
  const configurations = isObject(inputs) ? objectMember(inputs, 'configurations') : undefined;
  return configurations !== undefined && memberOf(configurations, name) !== undefined;
}
