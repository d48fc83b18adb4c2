/**
 * The end of anybody's interest in a call. Most calls end well, and an AbortController with its listeners costs
 * more than some policies, so there is one slot for the exchange with the backend and a signal only for whoever asks.
 */
export class Cancellation {
  /** True once the caller went away. */
  cancelled = false;
  /** Told when the caller goes away: the exchange with the backend that runs; null when none does. */
  listener: (() => void) | null = null;
  #controller: AbortController | undefined;

  /** The caller went away. */
  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    const { listener } = this;
    this.listener = null;
    listener?.();
    this.#controller?.abort();
  }

  /** For what takes nothing else; made when first asked for. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.cancelled) this.#controller.abort();
    }
    return this.#controller.signal;
  }
}
