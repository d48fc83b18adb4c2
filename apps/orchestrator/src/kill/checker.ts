import type { RunEvent } from '@isthmus/workflow-engine';
import type { RecordedCall } from './stub-backend.js';

/** A run as the store has it when everything is over. */
export interface StoredRun {
  readonly id: string;
  readonly status: string;
  readonly ended: boolean;
  readonly events: readonly RunEvent[];
}

/** The operation history of a test. */
export interface OperationHistory {
  /** Ids of runs that a caller was told of. */
  readonly accepted: ReadonlySet<string>;
  readonly runs: readonly StoredRun[];
  readonly calls: readonly RecordedCall[];
  /** Terminal statuses as they were first seen. */
  readonly ended: ReadonlyMap<string, string>;
}

/** What broke a promise, one sentence each; an empty list is what a test wants. */
export function check(history: OperationHistory): string[] {
  const known = new Set(history.runs.map(({ id }) => id));
  const lost = [...history.accepted].filter((id) => !known.has(id));
  return [
    ...lost.map((id) => `run ${id} was accepted and is lost`),
    ...history.runs.flatMap((run) => checkRun(run, history)),
    ...checkCalls(history),
  ];
}

function checkRun({ id, status, ended, events }: StoredRun, history: OperationHistory): string[] {
  if (!ended) return [`run ${id} is stuck in ${status}`];
  const found: string[] = [];
  const seen = history.ended.get(id);
  if (seen !== undefined && seen !== status)
    found.push(`run ${id} was ${seen} and became ${status}`);
  if (status !== 'Succeeded') found.push(`run ${id} ended ${status}`);
  const ends = events.filter(({ type }) => type === 'runFinished').length;
  if (ends !== 1) found.push(`run ${id} ended ${ends} times`);
  if (events.at(-1)?.type !== 'runFinished') found.push(`run ${id} went on after its end`);
  const results = new Set<string>();
  for (const event of events) {
    if (event.type !== 'actionFinished') continue;
    if (results.has(event.path)) found.push(`run ${id}: ${event.path} has two results`);
    results.add(event.path);
  }
  return found;
}

/** A call that arrives after the recorded result of its action was made again for nothing. */
function checkCalls({ runs, calls }: OperationHistory): string[] {
  const finished = new Map<string, number>();
  for (const { id, events } of runs)
    for (const event of events)
      if (event.type === 'actionFinished') finished.set(`${id}:${event.path}`, event.at);
  const sent = new Set(calls.map(({ key }) => key));
  const again = calls.filter(({ key, at }) => at > (finished.get(key) ?? Infinity));
  const unsent = runs.flatMap(({ id, events }) =>
    events.flatMap((event) =>
      event.type === 'effectRequested' &&
      event.effect.kind === 'http' &&
      finished.has(`${id}:${event.path}`) &&
      !sent.has(`${id}:${event.path}`)
        ? [`${id}:${event.path}`]
        : [],
    ),
  );
  return [
    ...again.map(({ key }) => `${key} was sent again after its result was recorded`),
    ...unsent.map((key) => `${key} has a result and was never sent`),
  ];
}
