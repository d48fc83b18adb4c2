import type { Scope, Section } from './scope.js';

/** One entry of a trace, in the shape of the API inspector (apim-observed 8). */
export interface TraceEntry {
  readonly source: string;
  /** Scope, place and id of the policy; absent for built-in steps. */
  readonly scope?: Scope;
  readonly path?: string;
  readonly policyId?: string;
  /** ISO 8601 with seven digits. */
  readonly timestamp: string;
  /** Since the request began: `00:00:00.0216474`. */
  readonly elapsed: string;
  /** An object, or a plain text. */
  readonly data: unknown;
}

/** Collects what steps tell about themselves. Present in a context only while the request is traced. */
export class TraceRecorder {
  readonly entries: Record<Section, TraceEntry[]> = {
    inbound: [],
    backend: [],
    outbound: [],
    'on-error': [],
  };

  add(section: Section, entry: TraceEntry): void {
    this.entries[section].push(entry);
  }
}
