import { randomFillSync } from 'node:crypto';
import { correlate } from './call-correlation.js';
import type { CallCorrelation } from './call-correlation.js';

/** Ids that are drawn at once. */
const drawn = new Uint8Array(16 * 256);
/** Their digits, and how many of these have been given out. */
let digits = '';
let given = 0;

/** What a call is known by; made when somebody asks for it. */
export class CallIdentity {
  #digits: string | undefined;
  #requestId: string | undefined;
  #correlation: CallCorrelation | undefined;

  /** `traceparent` and `trackingId` as the caller told them. */
  constructor(
    private readonly traceparent: string | undefined,
    private readonly trackingId: string | undefined,
  ) {}

  /** GUID with hyphens. */
  get requestId(): string {
    return (this.#requestId ??= dashed(this.#own()));
  }

  get correlation(): CallCorrelation {
    return (this.#correlation ??= correlate(this.#own(), this.traceparent, this.trackingId));
  }

  #own(): string {
    return (this.#digits ??= randomDigits());
  }
}

/** The 32 lower-case digits of a random (version 4) GUID. */
function randomDigits(): string {
  if (given === digits.length) {
    randomFillSync(drawn);
    for (let at = 0; at < drawn.length; at += 16) {
      drawn[at + 6] = ((drawn[at + 6] ?? 0) & 0x0f) | 0x40;
      drawn[at + 8] = ((drawn[at + 8] ?? 0) & 0x3f) | 0x80;
    }
    digits = Buffer.from(drawn.buffer).toString('hex');
    given = 0;
  }
  return digits.slice(given, (given += 32));
}

function dashed(own: string): string {
  return `${own.slice(0, 8)}-${own.slice(8, 12)}-${own.slice(12, 16)}-${own.slice(16, 20)}-${own.slice(20)}`;
}
