/** Whoever wants to know that a call is given up; the platform's events take such objects too. */
export interface AbortListener {
  handleEvent(): void;
}

/** What a call has to know of its being given up. Every AbortSignal is one; most calls have a {@link CallStop}. */
export interface CallSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: AbortListener, options?: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: AbortListener): void;
}

/**
 * An AbortController and its signal in one, without what makes them events of the platform: every call has one, and
 * hardly any is ever used.
 */
export class CallStop implements CallSignal {
  aborted = false;
  reason: unknown;
  #listeners: AbortListener[] | undefined;

  /** Tells everybody who listens; a second time does nothing. */
  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener.handleEvent();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** Listeners hear of it once. */
  addEventListener(_type: 'abort', listener: AbortListener): void {
    if (!this.aborted) (this.#listeners ??= []).push(listener);
  }

  removeEventListener(_type: 'abort', listener: AbortListener): void {
    this.#listeners = this.#listeners?.filter((one) => one !== listener);
  }
}

/** The same for those who need the platform's own. */
export function abortSignalOf(signal: CallSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  if (signal.aborted) return AbortSignal.abort(signal.reason);
  const controller = new AbortController();
  const handleEvent = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', { handleEvent }, { once: true });
  return controller.signal;
}
