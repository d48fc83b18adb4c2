import type { PolicyContext } from '../pipeline/context.js';

/** Bodies that must be in memory before something is evaluated; bits. */
export const readsRequestBody = 1;
export const readsResponseBody = 2;

/** A value of a policy, ready to evaluate. */
export interface Value<T> {
  /** Set when it is the same for all requests. */
  readonly constant: T | undefined;
  /** Bits of `readsRequestBody` and `readsResponseBody`. */
  readonly reads: number;
  /** Throws PolicyError ExpressionValueEvaluationFailure. */
  evaluate(context: PolicyContext): T;
}

/** The same for all requests. */
export function constantValue<T>(constant: T): Value<T> {
  return { constant, reads: 0, evaluate: () => constant };
}

/** Waits until the bodies are in memory; undefined when they are. */
export function bufferBodies(context: PolicyContext, reads: number): Promise<void> | undefined {
  const request = reads & readsRequestBody ? context.request.body?.buffer() : undefined;
  const response = reads & readsResponseBody ? context.response?.body?.buffer() : undefined;
  if (request && response) return Promise.all([request, response]).then(() => undefined);
  return request ?? response;
}
