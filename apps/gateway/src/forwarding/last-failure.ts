import type { PolicyContext } from '@isthmus/policy-engine';
import type { BackendFailure } from './failures.js';

/** Why the last call to a backend of a request has no response; forgotten when a later one has. */
const failures = new WeakMap<PolicyContext, BackendFailure>();

export function rememberFailure(context: PolicyContext, failure: BackendFailure | undefined): void {
  if (failure) failures.set(context, failure);
  else failures.delete(context);
}

/** The cause behind an error answer, for Proxy-Status (RFC 9209) and the log. */
export function failureOf(context: PolicyContext): BackendFailure | undefined {
  return context.lastError ? failures.get(context) : undefined;
}
