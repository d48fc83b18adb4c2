import { setTimeout as wait } from 'node:timers/promises';
import { finalResponse, restore, type ResponseMessage } from '@isthmus/workflow-engine';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { RunsStore } from '../store/runs.store.js';
import type { LiveRun } from './live-run.js';
import type { RunService } from './run-service.js';

/** Where runs are found. */
export interface RunPlaces {
  readonly runs: RunService;
  readonly registry: WorkflowRegistry;
  readonly store: RunsStore;
}

interface Known {
  readonly isKnown: boolean;
  readonly answer?: ResponseMessage | undefined;
}

/** How often a run that another replica drives is looked at, in milliseconds: first, and at most. */
const firstPollMs = 50;
const longestPollMs = 1000;

/**
 * What the caller of a run gets, whichever replica drives it.
 * @param when of a run in this process: committed, or decided already
 * @returns undefined when there is no such run
 * @throws the reason of the signal
 */
export async function answerOf(
  places: RunPlaces,
  runId: string,
  signal: AbortSignal,
  when: 'committed' | 'decided' = 'committed',
): Promise<ResponseMessage | undefined> {
  for (let pause = firstPollMs; ; pause = Math.min(pause * 2, longestPollMs)) {
    const live = places.runs.find(runId);
    const answer = when === 'committed' ? live?.answer : live?.decision;
    if (answer) return Promise.race([answer, aborted(signal)]);
    const known = await answerNow(places, runId);
    if (!known.isKnown || known.answer) return known.answer;
    await wait(pause, undefined, { signal });
  }
}

/**
 * What the parent of a run gets, whichever replica drives it. A Response that is awaited is known as soon as it is
 * decided; one that comes later (the option Asynchronous) is looked for; without any the end of the run tells.
 * @param run the run, where it was begun a moment ago: it may be over and out of memory; else its id
 * @returns undefined when there is no such run
 */
export async function answerToParent(
  places: RunPlaces,
  run: LiveRun | string,
  signal: AbortSignal,
  when: 'committed' | 'decided',
): Promise<ResponseMessage | undefined> {
  const isBegun = typeof run !== 'string';
  const runId = isBegun ? run.id : run;
  let live = isBegun ? run : places.runs.find(run);
  for (let pause = firstPollMs; ; pause = Math.min(pause * 2, longestPollMs)) {
    if (live?.plan.responds === false)
      return finalResponse(live.plan, await Promise.race([live.end, aborted(signal)]), 'workflow');
    if (live && !live.plan.respondsAsynchronously)
      return Promise.race([when === 'committed' ? live.answer : live.decision, aborted(signal)]);
    const known =
      live && (when === 'decided' || !live.isDurable)
        ? { isKnown: true, answer: finalResponse(live.plan, live.state, 'workflow') }
        : await answerNow(places, runId, 'workflow');
    if (known.answer || (!known.isKnown && !live)) return known.answer;
    await wait(pause, undefined, { signal });
    live = places.runs.find(runId);
  }
}

/** The answer of a run as far as there is one that is committed. */
async function answerNow(
  { runs, registry, store }: RunPlaces,
  runId: string,
  caller: 'client' | 'workflow' = 'client',
): Promise<Known> {
  const row = await store.run(runId);
  if (!row) return { isKnown: false };
  const { plan } = await registry.version(row.workflow, row.version);
  return {
    isKnown: true,
    answer: finalResponse(plan, restore(await runs.journalOf(runId)), caller),
  };
}

/**
 * The answer of a run that is here.
 * @param timeout milliseconds, after which it is undefined and `expire` was called
 */
export function answerWithin(
  run: LiveRun,
  timeout: number,
  expire: () => void,
): Promise<ResponseMessage | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      expire();
      resolve(undefined);
    }, timeout);
    run.whenAnswered({
      take: (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      fail: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    });
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
