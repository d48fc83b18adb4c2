/** Told what came of a `Later`, and whom that in turn settles. */
interface Listener<T> {
  readonly fulfilled: ((value: T) => unknown) | null | undefined;
  readonly rejected: ((error: unknown) => unknown) | null | undefined;
  readonly next: Later<unknown>;
}

/**
 * A value that somebody waits for: a promise without the queue of promises. Whoever waits is told in the moment in
 * which it is settled, so that an answer goes on through the rest of the pipeline while it is read, with nothing in
 * between. It has one listener; `await` takes it like every other thenable.
 */
export class Later<T> implements PromiseLike<T> {
  #state: 'open' | 'fulfilled' | 'rejected' = 'open';
  #outcome: unknown;
  #listener: Listener<T> | undefined;

  /** Once; what comes later is not told. */
  resolve(value: T): void {
    this.#settle('fulfilled', value);
  }

  reject(error: unknown): void {
    this.#settle('rejected', error);
  }

  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Later<A | B> {
    if (this.#listener) throw new Error('Somebody else waits for this already.');
    const next = new Later<A | B>();
    this.#listener = { fulfilled, rejected, next: next as Later<unknown> };
    if (this.#state !== 'open') this.#tell();
    return next;
  }

  #settle(state: 'fulfilled' | 'rejected', outcome: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#outcome = outcome;
    if (this.#listener) this.#tell();
  }

  #tell(): void {
    const { fulfilled, rejected, next } = this.#listener!;
    const outcome = this.#outcome;
    try {
      if (this.#state === 'rejected') {
        if (rejected) next.#follow(rejected(outcome));
        else next.reject(outcome);
      } else if (fulfilled) next.#follow(fulfilled(outcome as T));
      else next.resolve(outcome);
    } catch (error) {
      next.reject(error);
    }
  }

  /** Takes over what another one comes to, or a value that is there. */
  #follow(value: unknown): void {
    if (isPromiseLike(value))
      value.then(
        (outcome) => this.resolve(outcome as T),
        (error: unknown) => this.reject(error),
      );
    else this.resolve(value as T);
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { readonly then?: unknown }).then === 'function'
  );
}
