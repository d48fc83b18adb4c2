import type { RunEvent } from '@isthmus/workflow-engine';
import type { RecordedCall } from './stub-backend.js';

/** A run as the store has it when everything is over. */
export interface StoredRun {
  readonly id: string;
  readonly workflow: string;
  /** The id that the call which began it carried. */
  readonly trackingId: string;
  /** A run that another run began. */
  readonly isChild: boolean;
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
  /** When replicas stood still past their lease, in milliseconds since 1970. */
  readonly pauses: readonly Pause[];
  /** What each action of a workflow runs after, by workflow and action name. */
  readonly order: ReadonlyMap<string, RunAfter>;
}

/** A replica stood still. */
export interface Pause {
  readonly from: number;
  readonly until: number;
}

/** Names of the actions that have to be over before an action begins, by its name. */
export type RunAfter = Readonly<Record<string, readonly string[]>>;

/** What broke a promise, one sentence each; an empty list is what a test wants. */
export function check(history: OperationHistory): string[] {
  const known = new Set(history.runs.map(({ id }) => id));
  const lost = [...history.accepted].filter((id) => !known.has(id));
  return [
    ...lost.map((id) => `run ${id} was accepted and is lost`),
    ...checkCallers(history.runs),
    ...history.runs.flatMap((run) => checkRun(run, history)),
    ...checkCalls(history),
  ];
}

function checkRun(run: StoredRun, history: OperationHistory): string[] {
  const { id, status, ended, events } = run;
  if (!ended) return [`run ${id} is stuck in ${status}`];
  const found: string[] = [];
  const seen = history.ended.get(id);
  if (seen !== undefined && seen !== status)
    found.push(`run ${id} was ${seen} and became ${status}`);
  if (status !== 'Succeeded') found.push(`run ${id} ended ${status}`);
  const ends = events.filter(({ type }) => type === 'runFinished').length;
  if (ends !== 1) found.push(`run ${id} ended ${ends} times`);
  if (events.at(-1)?.type !== 'runFinished') found.push(`run ${id} went on after its end`);
  return [...found, ...checkActions(run, history)];
}

/** Every action has one result, begins after those that it runs after, and not after its own end. */
function checkActions({ id, workflow, events }: StoredRun, { order }: OperationHistory): string[] {
  const found: string[] = [];
  const after = order.get(workflow) ?? {};
  const results = new Set<string>();
  for (const event of events) {
    if (!('path' in event)) continue;
    const { type, path } = event;
    if (results.has(path))
      found.push(
        type === 'actionFinished'
          ? `run ${id}: ${path} has two results`
          : `run ${id}: ${path} went on after its result`,
      );
    const cut = path.lastIndexOf('.') + 1;
    for (const before of after[path.slice(cut)] ?? [])
      if (!results.has(path.slice(0, cut) + before))
        found.push(`run ${id}: ${path} began before ${before} was over`);
    if (type === 'actionFinished') results.add(path);
  }
  return found;
}

/** One call begins one run. */
function checkCallers(runs: readonly StoredRun[]): string[] {
  const begun = new Map<string, string>();
  return runs.flatMap(({ id, trackingId, isChild }) => {
    if (isChild) return [];
    const other = begun.get(trackingId);
    begun.set(trackingId, id);
    return other === undefined ? [] : [`one call began the runs ${other} and ${id}`];
  });
}

/** A call that arrives after the recorded result of its action was made again for nothing. */
function checkCalls(history: OperationHistory): string[] {
  const { runs, calls } = history;
  const finished = resultTimes(runs);
  const sent = new Set(calls.map(({ key }) => key));
  const late = new Set(lateCalls(history));
  const again = repeatedCalls(calls).filter(
    (call) => call.at > (finished.get(call.key) ?? Infinity) && !late.has(call),
  );
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

/** All calls but the first under each key. */
function repeatedCalls(calls: readonly RecordedCall[]): RecordedCall[] {
  const seen = new Set<string>();
  return calls.filter(({ key }) => {
    const isRepeated = seen.has(key);
    seen.add(key);
    return isRepeated;
  });
}

/** When each action had its result, by the key of its calls. */
function resultTimes(runs: readonly StoredRun[]): Map<string, number> {
  return new Map(
    runs.flatMap(({ id, events }) =>
      events.flatMap((event) =>
        event.type === 'actionFinished' ? [[`${id}:${event.path}`, event.at] as const] : [],
      ),
    ),
  );
}

/** A replica that goes on has so long to let out what was on its way; in milliseconds. */
const onItsWayMs = 1000;

/**
 * Calls that left with a replica that stood still: they were on their way when it stopped, and
 * arrive when it goes on, although another replica has made them meanwhile. Nobody but the backend
 * can refuse them, by their key.
 */
export function lateCalls({ runs, calls, pauses }: OperationHistory): RecordedCall[] {
  const finished = resultTimes(runs);
  const begun = new Map(runs.map(({ id, events }) => [id, events[0]?.at ?? Infinity]));
  return repeatedCalls(calls).filter(
    ({ key, at }) =>
      at > (finished.get(key) ?? Infinity) &&
      pauses.some(
        ({ from, until }) =>
          (begun.get(key.slice(0, key.indexOf(':'))) ?? Infinity) <= from &&
          at >= until &&
          at <= until + onItsWayMs,
      ),
  );
}
