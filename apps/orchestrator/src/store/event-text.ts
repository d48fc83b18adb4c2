import type { RunEvent } from '@isthmus/workflow-engine';
import { parseJson, writeJson, type WorkflowValue } from '@isthmus/workflow-expressions';

/**
 * Events are kept as JSON text in which numbers keep their kind (1.0 stays a float, integers beyond
 * 2^53 stay exact); `jsonb` would lose both.
 */
export function writeEvent(event: RunEvent): string {
  return writeJson(event as unknown as WorkflowValue);
}

/** The event that {@link writeEvent} wrote. */
export function readEvent(text: string): RunEvent {
  return parseJson(text) as unknown as RunEvent;
}
