import { LRUCache } from 'lru-cache';
import { correlationHeaders, correlationOf, type Correlation } from '@isthmus/host';

const mostTraces = 100_000;

/**
 * The trace (W3C Trace Context) that each run belongs to, for the headers of its calls. A run that
 * was taken over begins a new trace: traces are for looking, never for correctness.
 */
export class RunTraces {
  readonly #traces = new LRUCache<string, Correlation>({ max: mostTraces });

  keep(runId: string, correlation: Correlation): void {
    this.#traces.set(runId, correlation);
  }

  of(runId: string): Correlation {
    const known = this.#traces.get(runId);
    if (known) return known;
    const begun = correlationOf({});
    this.#traces.set(runId, begun);
    return begun;
  }

  headersOf(runId: string): Record<string, string> {
    const { traceparent } = correlationHeaders(this.of(runId));
    return traceparent === undefined ? {} : { traceparent };
  }
}
