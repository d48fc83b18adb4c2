import { randomUUID } from 'node:crypto';
import { correlate } from './call-correlation.js';
import type { CallCorrelation } from './call-correlation.js';

/** What a call is known by; made when somebody asks for it. */
export class CallIdentity {
  #requestId: string | undefined;
  #correlation: CallCorrelation | undefined;

  /** `traceparent` and `trackingId` as the caller told them. */
  constructor(
    private readonly traceparent: string | undefined,
    private readonly trackingId: string | undefined,
  ) {}

  /** GUID with hyphens. */
  get requestId(): string {
    return (this.#requestId ??= randomUUID());
  }

  get correlation(): CallCorrelation {
    return (this.#correlation ??= correlate(this.requestId, this.traceparent, this.trackingId));
  }
}
