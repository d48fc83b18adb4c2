import { performance } from 'node:perf_hooks';

/**
 * One moment at which something is too late. Moving it costs nothing: the timer behind it is left
 * running and looks, when it fires, whether the moment has come. Times are those of performance.now().
 */
export class LazyDeadline {
  readonly #reached: () => void;
  readonly #fire = (): void => this.#look();
  #timer: NodeJS.Timeout | undefined;
  #firesAt = Infinity;
  #due = Infinity;

  constructor(reached: () => void) {
    this.#reached = reached;
  }

  /** Infinity: never. */
  set(due: number): void {
    this.#due = due;
    if (due < this.#firesAt) this.#arm(due);
  }

  /** For good. */
  close(): void {
    clearTimeout(this.#timer);
    this.#due = this.#firesAt = Infinity;
  }

  #arm(due: number): void {
    clearTimeout(this.#timer);
    this.#firesAt = due;
    const delay = Math.min(Math.max(1, Math.ceil(due - performance.now())), 2 ** 31 - 1);
    this.#timer = setTimeout(this.#fire, delay).unref();
  }

  #look(): void {
    this.#firesAt = Infinity;
    const due = this.#due;
    if (due === Infinity) return;
    if (performance.now() < due) return this.#arm(due);
    this.#due = Infinity;
    this.#reached();
  }
}
