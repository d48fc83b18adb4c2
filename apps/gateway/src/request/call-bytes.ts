import { BodyRoomError } from '@isthmus/policy-engine';
import type { BodyRoom } from '@isthmus/policy-engine';

/** Room for the bodies that a process holds in memory: bytes, of all calls together. */
export class BodyMemory {
  /** Bytes held now. */
  held = 0;
  /** Bodies that found no room. */
  refused = 0;

  constructor(readonly limit: number) {}
}

/** What every call may hold, however much others do: not more than the call itself takes. Bytes. */
const always = 16 * 1024;

/** Bytes of one call: what arrived of its body, and what of all its bodies is held in memory until the call ends. */
export class CallBytes implements BodyRoom {
  received = 0;
  #held = 0;
  #over = false;

  constructor(private readonly memory: BodyMemory) {}

  take(bytes: number): void {
    const { memory } = this;
    // What reads on behind the end of its call is on its way out.
    if (this.#over) return;
    if (memory.held + bytes > memory.limit && this.#held + bytes > always) {
      memory.refused += 1;
      throw new BodyRoomError();
    }
    memory.held += bytes;
    this.#held += bytes;
  }

  /** The call has ended: what it held is free again. */
  giveBack(): void {
    this.#over = true;
    this.memory.held -= this.#held;
    this.#held = 0;
  }
}
