import { eventVersion, type RunEvent, type RunState } from '@isthmus/workflow-engine';
import { writeEvent } from '../store/event-text.js';
import type { JournalRow, RunRow } from '../store/journal.store.js';
import type { RunOrigin } from './live-run.js';

/** The run leaves memory until a time, or (null) until somebody signals it. */
export type Suspension = false | { readonly until: number | null };

/** The row of a run as its state says. @param owner the replica that drives it */
export function runRow(
  state: RunState,
  origin: RunOrigin,
  { owner, suspended }: { readonly owner: string; readonly suspended: Suspension },
): RunRow {
  const isOver = state.endedAt !== undefined;
  return {
    id: state.runId,
    workflow: origin.workflow.name,
    version: origin.workflow.version,
    status: state.status,
    owner: isOver || suspended ? null : owner,
    wakeAt: suspended ? suspended.until : null,
    parentRun: origin.parentRun ?? null,
    clientTrackingId: state.clientTrackingId,
    triggerName: state.trigger?.name ?? '',
    startedAt: state.startedAt,
    endedAt: state.endedAt ?? null,
    code: state.code ?? null,
    errorMessage: state.error?.message ?? null,
    resubmittedFrom: origin.resubmittedFrom ?? null,
  };
}

/** Events as rows of the journal, numbered from `first`. */
export function journalRows(
  runId: string,
  events: readonly RunEvent[],
  first: number,
): JournalRow[] {
  return events.map((event, index) => {
    const { body, refs, payloads } = writeEvent(event);
    const seq = first + index;
    return refs === undefined
      ? { runId, seq, body, payloads }
      : { runId, seq, body, refs, payloads };
  });
}

/** The end of a run that is not resumed any more, because replicas die with it. */
export function setAsideEnd(
  crashes: number,
  at: number,
): { readonly body: string; readonly code: string; readonly message: string } {
  const code = 'WorkflowRunSetAside';
  const message = `${crashes} replicas ended one after the other while they went on with this run; it is not tried again.`;
  const event = failedEnd(at, code, message);
  return { body: writeEvent(event).body, code, message };
}

/** The end of a run that the engine itself could not go on with. */
export function brokenRun(error: unknown, at: number): RunEvent {
  const reason = error instanceof Error ? error.message : String(error);
  return failedEnd(at, 'InternalServerError', `The run could not be continued: ${reason}`);
}

function failedEnd(at: number, code: string, message: string): RunEvent {
  return {
    v: eventVersion,
    at,
    type: 'runFinished',
    status: 'Failed',
    code,
    error: { code, message },
  };
}

/** The row of a run that cannot be stored as it is: it has failed, and its texts are left out. */
export function givenUp(row: RunRow): RunRow {
  return {
    ...row,
    status: 'Failed',
    owner: null,
    wakeAt: null,
    endedAt: Date.now(),
    code: 'InternalServerError',
    errorMessage: 'The run holds data that cannot be stored.',
    clientTrackingId: row.id,
  };
}
