/** Parts of a window that are forgotten one by one. */
const slots = 100;

/**
 * Counts what happened within the last milliseconds, to a hundredth of them. It takes the same room and time however
 * often it happens.
 */
export class WindowCount {
  readonly #width: number;
  readonly #counts = new Uint32Array(slots);
  /** Number of the newest slot since 1970. */
  #newest = 0;
  #total = 0;

  constructor(interval: number) {
    this.#width = Math.max(interval, 1) / slots;
  }

  add(now: number): void {
    const slot = this.#forget(now) % slots;
    this.#counts[slot] = this.#counts[slot]! + 1;
    this.#total += 1;
  }

  total(now: number): number {
    this.#forget(now);
    return this.#total;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** Empties the slots that are too old; gives the number of the present one. A clock that goes back stays where it was. */
  #forget(now: number): number {
    const present = Math.floor(now / this.#width);
    if (present - this.#newest >= slots) this.clear();
    else
      for (let slot = this.#newest + 1; slot <= present; slot += 1) {
        this.#total -= this.#counts[slot % slots]!;
        this.#counts[slot % slots] = 0;
      }
    this.#newest = Math.max(this.#newest, present);
    return this.#newest;
  }
}
