import type { Subscription, SubscriptionTable } from './subscription-table.js';

/**
 * The key that came last on one connection, with what it opened: callers keep their connections and their keys, so
 * most calls need no hash. A key is compared with what the same caller showed before, never with somebody else's.
 */
export class PresentedKey {
  #table: SubscriptionTable | undefined;
  #key: string | undefined;
  #subscription: Subscription | undefined;

  /** Looks into this table from now on; what another one said is forgotten. */
  in(table: SubscriptionTable): this {
    if (this.#table !== table) {
      this.#table = table;
      this.#key = undefined;
    }
    return this;
  }

  /** The subscription of a key. */
  find(key: string): Subscription | undefined {
    if (this.#key !== key) {
      this.#subscription = this.#table?.find(key);
      this.#key = key;
    }
    return this.#subscription;
  }
}
