import { setTimeout as wait } from 'node:timers/promises';
import { finalResponse, restore, type ResponseMessage } from '@isthmus/workflow-engine';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { RunsStore } from '../store/runs.store.js';
import type { RunService } from './run-service.js';

/** Where runs are found. */
export interface RunPlaces {
  readonly runs: RunService;
  readonly registry: WorkflowRegistry;
  readonly store: RunsStore;
}

/** How often a run that another replica drives is looked at, in milliseconds: first, and at most. */
const firstPollMs = 50;
const longestPollMs = 1000;

/**
 * What the caller of a run gets, whichever replica drives it.
 * @returns undefined when there is no such run
 * @throws the reason of the signal
 */
export async function answerOf(
  places: RunPlaces,
  runId: string,
  signal: AbortSignal,
): Promise<ResponseMessage | undefined> {
  for (let pause = firstPollMs; ; pause = Math.min(pause * 2, longestPollMs)) {
    const live = places.runs.find(runId);
    if (live) return Promise.race([live.answer, aborted(signal)]);
    const { isKnown, answer } = await answerNow(places, runId);
    if (!isKnown || answer) return answer;
    await wait(pause, undefined, { signal });
  }
}

/** The answer of a run as far as there is one. */
export async function answerNow(
  { runs, registry, store }: RunPlaces,
  runId: string,
): Promise<{ readonly isKnown: boolean; readonly answer?: ResponseMessage | undefined }> {
  const live = runs.find(runId);
  if (live) return { isKnown: true, answer: live.state.response };
  const row = await store.run(runId);
  if (!row) return { isKnown: false };
  const { plan } = await registry.version(row.workflow, row.version);
  return { isKnown: true, answer: finalResponse(plan, restore(await runs.journalOf(runId))) };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
