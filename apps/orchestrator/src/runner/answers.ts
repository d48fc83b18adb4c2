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
 * What the parent of a run gets, whichever replica drives it. A Response that is awaited is known as soon as `answerOf`
 * knows it; for one that comes later (the option Asynchronous), and for the end of a run without any, the journal
 * is looked at.
 * @returns undefined when there is no such run
 */
export async function answerToParent(
  places: RunPlaces,
  runId: string,
  signal: AbortSignal,
  when: 'committed' | 'decided',
): Promise<ResponseMessage | undefined> {
  for (let pause = firstPollMs; ; pause = Math.min(pause * 2, longestPollMs)) {
    const live = places.runs.find(runId);
    if (live?.plan.responds && !live.plan.respondsAsynchronously)
      return answerOf(places, runId, signal, when);
    const known: Known =
      live?.plan.responds === false
        ? { isKnown: true }
        : await answerNow(places, runId, 'workflow');
    if (known.answer || (!known.isKnown && !live)) return known.answer;
    const later = wait(pause, undefined, { signal });
    later.catch(() => undefined);
    const ended = live && (await Promise.race([live.end, later]));
    if (ended) return finalResponse(live.plan, ended, 'workflow');
    await later;
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
    run.answer.then(
      (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      (error: Error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
