import type { Block } from './block.js';
import type { PolicyContext } from './context.js';

/** One `cors` policy of the effective inbound section, for preflights. */
export interface PreflightRule {
  /** True when it answered (or ended) the preflight: the response is in the context. */
  answer(context: PolicyContext): boolean;
  /** Lays the headers of an allowed origin over the response of an error that comes before inbound (apim-observed 5.1). */
  mark(context: PolicyContext): void;
}

/** The effective policy of an operation: four flat arrays of steps. Immutable, shared by all requests. */
export interface CompiledOperation {
  readonly inbound: Block;
  readonly backend: Block;
  readonly outbound: Block;
  readonly onError: Block;
  /** In the order of the effective inbound section. */
  readonly preflight: readonly PreflightRule[];
  /** False: no step can read the body, it streams through. */
  readonly reads: { readonly requestBody: boolean; readonly responseBody: boolean };
}
