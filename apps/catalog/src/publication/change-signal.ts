import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Database, Subscription } from '@isthmus/database';
import { changesChannel } from '../resources/store/resource.store.js';

/** Wakes those who wait for a change of the catalog, whichever replica made it. */
@Injectable()
export class ChangeSignal implements OnModuleInit, BeforeApplicationShutdown {
  readonly #waiting = new Set<() => void>();
  #subscription: Subscription | undefined;
  #closed = false;

  constructor(private readonly database: Pick<Database<unknown>, 'listen'>) {}

  async onModuleInit(): Promise<void> {
    // A lost connection may have lost a notification: then everyone looks for himself.
    this.#subscription = await this.database.listen(changesChannel, () => this.#wake());
  }

  /** Ends all waiting before the listeners close: they wait for open requests, long polls among them. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#subscription?.close();
  }

  /**
   * Begins to wait: what happens from this call on is noticed, so that a caller can look at the state in between.
   * @returns waits for the next change, for the time in milliseconds, or for the abort; whichever is first
   */
  begin(): { changed(milliseconds: number, abort: AbortSignal): Promise<void> } {
    let wake: () => void = () => undefined;
    const woken = new Promise<void>((resolve) => {
      wake = () => {
        this.#waiting.delete(wake);
        resolve();
      };
    });
    if (this.#closed) wake();
    else this.#waiting.add(wake);
    return {
      changed: async (milliseconds, abort) => {
        const timer = setTimeout(wake, milliseconds);
        abort.addEventListener('abort', wake, { once: true });
        if (abort.aborted) wake();
        await woken;
        clearTimeout(timer);
        abort.removeEventListener('abort', wake);
      },
    };
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
