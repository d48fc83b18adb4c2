import { LRUCache } from 'lru-cache';
import type { Correlation } from '@isthmus/host';
import type { ClaimedRun } from '../store/replicas.store.js';
import type { RunOrigin } from './live-run.js';

const mostTraces = 10_000;

/**
 * The traces (W3C Trace Context) of runs that are out of memory: those that wait for their turn and
 * those that wait long. A run that was taken over begins a new trace: traces are for looking, never
 * for correctness.
 */
export class RunTraces {
  readonly #traces = new LRUCache<string, Correlation>({ max: mostTraces });

  keep(runId: string, correlation: Correlation | undefined): void {
    if (correlation) this.#traces.set(runId, correlation);
  }

  /** What a run that comes back belongs to. */
  originOf({ id, parentRun }: ClaimedRun): Omit<RunOrigin, 'workflow'> {
    const correlation = this.#traces.get(id);
    return {
      ...(parentRun !== undefined && { parentRun }),
      ...(correlation && { correlation }),
    };
  }
}
