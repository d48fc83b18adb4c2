import type { PolicyContext, Response } from '@isthmus/policy-engine';
import type { ChosenBackend } from './backend-states.js';
import type { ExchangeWatcher } from './exchange.js';
import type { BackendFailure } from './failures.js';
import { rememberFailure } from './last-failure.js';

/** Tells the breaker and the caller's answer how a forwarded call ended. */
export class ForwardWatcher implements ExchangeWatcher {
  constructor(
    private readonly context: PolicyContext,
    private readonly chosen: ChosenBackend | undefined,
  ) {}

  answered(response: Response): void {
    rememberFailure(this.context, undefined);
    const { chosen } = this;
    if (!chosen) return;
    chosen.breaker?.record({
      statusCode: response.statusCode,
      retryAfter: response.headers.text('retry-after'),
    });
    if (chosen.affinity) response.headers.append('Set-Cookie', chosen.affinity);
  }

  failed(failure: BackendFailure): void {
    rememberFailure(this.context, failure);
    if (failure.reason !== 'ClientConnectionFailure')
      this.chosen?.breaker?.record({ errorReason: failure.reason });
  }
}
