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

/** What a subscription opens; names are qualified. */
export type SubscriptionScope =
  | { readonly kind: 'product'; readonly name: string }
  | { readonly kind: 'api'; readonly name: string }
  /** All APIs of the service that are in no workspace, or all of a workspace (in lower case). */
  | { readonly kind: 'all-apis'; readonly workspace: string | undefined }
  /** The built-in all-access subscription of the service. */
  | { readonly kind: 'service' }
  | { readonly kind: 'unknown' };

/** The name of an API or product in lower case, with its workspace before it: names may be the same in several. */
export function qualifiedName(workspace: string | undefined, name: string): string {
  return (workspace ? `${workspace}/${name}` : name).toLowerCase();
}

/**
 * Reads "/products/x", "/apis/x", "/apis" and "/" (the service itself). `owner`: the workspace whose subscription it
 * is; it opens nothing outside.
 */
export function subscriptionScope(scope: string, owner?: string): SubscriptionScope {
  const [, named, rest] = /^\/?workspaces\/([^/]+)(.*)$/i.exec(scope) ?? [undefined, owner, scope];
  if (owner !== undefined && named?.toLowerCase() !== owner.toLowerCase())
    return { kind: 'unknown' };
  const trimmed = (rest ?? '').replace(/\/+$/, '');
  if (trimmed === '' && named === undefined) return { kind: 'service' };
  if (trimmed === '' || /^\/?apis$/i.test(trimmed))
    return { kind: 'all-apis', workspace: named?.toLowerCase() };
  const match = /^\/?(products|apis)\/([^/]+)$/i.exec(trimmed);
  if (!match?.[2]) return { kind: 'unknown' };
  const name = qualifiedName(named, match[2]);
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
