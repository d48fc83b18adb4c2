import { hash as digestOf, timingSafeEqual } from 'node:crypto';

/** A subscription as a gateway knows it: hashes instead of keys. */
export interface Subscription {
  readonly id: string;
  readonly displayName: string;
  readonly state: string;
  readonly scope: SubscriptionScope;
  readonly ownerId: string | undefined;
  readonly allowTracing: boolean;
  readonly primaryKeyHash: string | undefined;
  readonly secondaryKeyHash: string | undefined;
  /** ISO 8601. */
  readonly createdDate: string;
  readonly startDate: string | undefined;
  readonly expirationDate: string | undefined;
}

/** What a subscription opens. */
export type SubscriptionScope =
  | { readonly kind: 'product'; readonly name: string }
  | { readonly kind: 'api'; readonly name: string }
  | { readonly kind: 'all-apis' }
  /** The built-in all-access subscription of the service. */
  | { readonly kind: 'service' }
  | { readonly kind: 'unknown' };

/** Reads "/products/x", "/apis/x", "/apis" and "/" (the service itself). */
export function subscriptionScope(scope: string): SubscriptionScope {
  const trimmed = scope.replace(/\/+$/, '');
  if (trimmed === '') return { kind: 'service' };
  if (/^\/?apis$/i.test(trimmed)) return { kind: 'all-apis' };
  const match = /^\/?(products|apis)\/([^/]+)$/i.exec(trimmed);
  if (!match?.[2]) return { kind: 'unknown' };
  const name = match[2].toLowerCase();
  return match[1]?.toLowerCase() === 'products'
    ? { kind: 'product', name }
    : { kind: 'api', name: name.replace(/;rev=.*$/, '') };
}

/** Subscriptions by the hash of either key. */
export class SubscriptionTable {
  readonly #byHash = new Map<string, Subscription>();

  constructor(subscriptions: Iterable<Subscription>) {
    for (const subscription of subscriptions) {
      for (const hash of [subscription.primaryKeyHash, subscription.secondaryKeyHash]) {
        if (hash) this.#byHash.set(hash.toLowerCase(), subscription);
      }
    }
  }

  /**
   * The subscription of a key. Keys are looked up by their SHA-256 hash, so neither the lookup nor
   * the comparison tells anything about a key by the time it takes.
   */
  find(key: string): Subscription | undefined {
    const digest = digestOf('sha256', key, 'buffer');
    const found = this.#byHash.get(digest.toString('hex'));
    const hashes = [found?.primaryKeyHash, found?.secondaryKeyHash];
    let same = false;
    for (const hash of hashes) {
      const known = Buffer.from(hash ?? '', 'hex');
      if (known.length === digest.length && timingSafeEqual(known, digest)) same = true;
    }
    return same ? found : undefined;
  }
}
