import type { CallbackSignal } from '@isthmus/workflow-engine';
import { parseJson } from '@isthmus/workflow-expressions';
import type { RunsStore } from '../store/runs.store.js';

/** What came for a run from outside: callbacks of its webhook actions, a cancellation. */
export interface Mail {
  readonly callbacks: readonly CallbackSignal[];
  readonly cancel: boolean;
}

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
