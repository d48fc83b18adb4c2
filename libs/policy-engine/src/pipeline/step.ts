import type { PolicyContext } from './context.js';

/** How a section was left before its end. */
export interface Outcome {
  /** `respond`: the response in the context goes out as it is; no other section runs. */
  readonly kind: 'respond';
}

/** Ends the pipeline with the response of the context. */
export const respond: Outcome = { kind: 'respond' };

/** What a step gives back. */
export type StepResult = void | Outcome | PromiseLike<void | Outcome>;

/** undefined: go on. An Outcome leaves the section. A promise (or `Later`) only when the step really waits. */
export type Step = (context: PolicyContext) => StepResult;

/** True for what has to be awaited. */
export function isThenable(result: StepResult): result is PromiseLike<void | Outcome> {
  return result !== undefined && (result as { readonly then?: unknown }).then !== undefined;
}
