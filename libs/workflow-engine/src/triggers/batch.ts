import {
  isObject,
  memberOf,
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
}

/** What is known of the messages that wait in one partition of a batch. */
export interface BatchState {
  readonly name: string;
  readonly count: number;
  /** Of their contents as JSON. */
  readonly bytes: number;
  /** When the first of them came, in milliseconds since 1970. */
  readonly since: number;
}

/** Whether the messages of one partition are released, or when to look again. */
export interface BatchDecision {
  readonly isComplete: boolean;
  readonly wakeAt?: number;
}

const mostMessages = 8000;
const mostBytes = 80 * 1024 * 1024;

/**
 * Holds what waits in one partition against the release criteria of its batch: `messageCount`, `batchSize` (bytes),
 * `recurrence`. The documented limits release too.
 * @param inputs of the trigger, evaluated
 */
export function decideBatch(
  inputs: WorkflowObject,
  batchOf: BatchState,
  now: number,
): BatchDecision {
  const { name, count, bytes, since } = batchOf;
  const configuration = objectMember(objectMember(inputs, 'configurations') ?? {}, name) ?? {};
  const criteria = objectMember(configuration, 'releaseCriteria') ?? {};
  if (count === 0) return { isComplete: false };
  const rule = recurrenceRule(memberOf(criteria, 'recurrence'));
  const due = typeof rule === 'string' ? undefined : nextOccurrence(rule, since, since);
  const isComplete =
    count >= limit(criteria, 'messageCount', mostMessages) ||
    bytes >= limit(criteria, 'batchSize', mostBytes) ||
    (due !== undefined && due <= now);
  return { isComplete, ...(due !== undefined && { wakeAt: due }) };
}

/** The outputs of a trigger whose batch is released. */
export function batchOutputs(
  name: string,
  partition: string,
  messages: readonly BatchMessage[],
): WorkflowObject {
  return { body: { batchName: name, partitionName: partition, items: messages.map(item) } };
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
