import { randomFillSync } from 'node:crypto';
import { correlate } from './call-correlation.js';
import type { CallCorrelation } from './call-correlation.js';

/** Ids that are drawn at once. */
const most = 256;
const drawn = new Uint8Array(16 * most);
/** Their digits, the same as GUIDs with hyphens, and how many ids have been given out. */
let digits = '';
let guids = '';
let given = most;
const hyphenated = Buffer.alloc(36 * most);
const hyphen = 0x2d;

/** What a call is known by; made when somebody asks for it. */
export class CallIdentity {
  /** The id of this call without hyphens. */
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
    if (this.#requestId === undefined) this.#draw();
    return this.#requestId!;
  }

  get correlation(): CallCorrelation {
    if (this.#digits === undefined) this.#draw();
    return (this.#correlation ??= correlate(this.#digits!, this.traceparent, this.trackingId));
  }

  /** Takes the next random (version 4) GUID. */
  #draw(): void {
    if (given === most) drawIds();
    this.#digits = digits.slice(given * 32, given * 32 + 32);
    this.#requestId = guids.slice(given * 36, given * 36 + 36);
    given++;
  }
}

function drawIds(): void {
  randomFillSync(drawn);
  for (let at = 0; at < drawn.length; at += 16) {
    drawn[at + 6] = (drawn[at + 6]! & 0x0f) | 0x40;
    drawn[at + 8] = (drawn[at + 8]! & 0x3f) | 0x80;
  }
  digits = Buffer.from(drawn.buffer).toString('hex');
  let to = 0;
  for (let at = 0; at < digits.length; at++) {
    const within = at % 32;
    if (within === 8 || within === 12 || within === 16 || within === 20) hyphenated[to++] = hyphen;
    hyphenated[to++] = digits.charCodeAt(at);
  }
  guids = hyphenated.toString('latin1');
  given = 0;
}
