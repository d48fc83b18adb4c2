import type { CallbackSignal } from '@isthmus/workflow-engine';
import { parseJson } from '@isthmus/workflow-expressions';
import type { RunsStore } from '../store/runs.store.js';
import type { Mail } from './run-driver.js';

/** What has come for a run and is in the store. */
export async function mailOf(store: RunsStore, runId: string): Promise<Mail> {
  const { callbacks, cancel } = await store.mail(runId);
  return {
    cancel,
    callbacks: callbacks.map(({ path, body }) => {
      const signal = parseJson(body) as unknown as Omit<CallbackSignal, 'path'>;
      return { ...signal, path };
    }),
  };
}
