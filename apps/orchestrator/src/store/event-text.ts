import { createHash } from 'node:crypto';
import type { RunEvent } from '@isthmus/workflow-engine';
import { parseJson, storedJson, type WorkflowValue } from '@isthmus/workflow-expressions';

/** A value that is kept beside its event, by its content. */
export interface Payload {
  readonly hash: string;
  readonly body: string;
}

/** An event as it is kept. */
export interface EventText {
  readonly body: string;
  /** Members that are payloads, as JSON text. */
  readonly refs?: string;
  readonly payloads: readonly Payload[];
}

/** Hash and number of characters by the name of the member. */
export type PayloadRefs = Readonly<Record<string, readonly [hash: string, size: number]>>;

/** Members that are larger leave the event, so that a history opens without reading what nobody looks at. */
const largestInline = 16_384;
/** What `apply` decides by; always small. */
const inline = new Set(['v', 'at', 'type', 'path', 'runId']);

const none: readonly Payload[] = [];

/**
 * Events are kept as JSON text in which numbers keep their kind (1.0 stays a float, integers beyond
 * 2^53 stay exact); `jsonb` would lose both.
 */
export function writeEvent(event: RunEvent): EventText {
  const body = storedJson(event as unknown as WorkflowValue);
  if (body.length <= largestInline) return { body, payloads: none };
  const payloads: Payload[] = [];
  const refs: Record<string, readonly [string, number]> = {};
  const rest: Record<string, WorkflowValue> = {};
  for (const [name, value] of Object.entries(event) as [string, WorkflowValue][]) {
    const text = inline.has(name) || value === undefined ? '' : storedJson(value);
    if (text.length <= largestInline) rest[name] = value;
    else {
      const hash = createHash('sha256').update(text).digest('base64url');
      payloads.push({ hash, body: text });
      refs[name] = [hash, text.length];
    }
  }
  return { body: storedJson(rest), refs: JSON.stringify(refs), payloads };
}

/** The event that {@link writeEvent} wrote. @param payload gives a payload's text by its hash */
export function readEvent(
  text: { readonly body: string; readonly refs?: string | null },
  payload: (hash: string) => string | undefined,
): RunEvent {
  const event = parseJson(text.body) as Record<string, WorkflowValue>;
  for (const [name, [hash]] of Object.entries(refsOf(text))) {
    const body = payload(hash);
    if (body !== undefined) event[name] = parseJson(body);
  }
  return event as unknown as RunEvent;
}

/** The payloads that an event refers to. */
export function refsOf({ refs }: { readonly refs?: string | null }): PayloadRefs {
  return refs === null || refs === undefined ? {} : (JSON.parse(refs) as PayloadRefs);
}
