import { qualifiedName } from './subscription-table.js';
import type { Subscription } from './subscription-table.js';

/** What the decision needs to know of an API. */
export interface AuthorisedApi<P extends AuthorisedProduct> {
  /** Lower case, without a revision suffix. */
  readonly baseName: string;
  readonly workspace?: { readonly id: string } | undefined;
  readonly subscriptionRequired: boolean;
  /** Products that the API is in, by their qualified names. */
  readonly products: ReadonlyMap<string, P>;
}

export interface AuthorisedProduct {
  readonly name: string;
  readonly subscriptionRequired: boolean;
  readonly published: boolean;
}

/** In whose name a call runs, or why it does not. */
export type Authorisation<P extends AuthorisedProduct> =
  | {
      readonly ok: true;
      readonly subscription: Subscription | undefined;
      readonly product: P | undefined;
    }
  | { readonly ok: false; readonly reason: 'SubscriptionKeyNotFound' | 'SubscriptionKeyInvalid' };

/**
 * Decides about a call. With a key: valid for the API, for a product with the API, for all APIs, or
 * for the service; anything else is refused, also where no key is needed. What is in a workspace is opened by the
 * workspace's subscriptions, by those of products that hold it, and by that of the whole service. Without: an open product
 * with the API lends its context, else the API must not require a subscription.
 * Source: "Subscriptions in Azure API Management", how the gateway handles keys.
 */
export function authorise<P extends AuthorisedProduct>(
  api: AuthorisedApi<P>,
  key: string | undefined,
  subscriptions: { find(key: string): Subscription | undefined },
  now: () => number,
): Authorisation<P> {
  if (key === undefined || key === '') {
    for (const product of api.products.values()) {
      if (!product.subscriptionRequired && product.published)
        return { ok: true, subscription: undefined, product };
    }
    if (!api.subscriptionRequired) return { ok: true, subscription: undefined, product: undefined };
    return { ok: false, reason: 'SubscriptionKeyNotFound' };
  }
  const subscription = subscriptions.find(key);
  if (!subscription || !isActive(subscription, now))
    return { ok: false, reason: 'SubscriptionKeyInvalid' };
  const { scope } = subscription;
  switch (scope.kind) {
    case 'api':
      return scope.name === qualifiedName(api.workspace?.id, api.baseName)
        ? { ok: true, subscription, product: undefined }
        : invalid();
    case 'product': {
      const product = api.products.get(scope.name);
      return product ? { ok: true, subscription, product } : invalid();
    }
    case 'all-apis':
      return scope.workspace === api.workspace?.id.toLowerCase()
        ? { ok: true, subscription, product: undefined }
        : invalid();
    case 'service':
      return { ok: true, subscription, product: undefined };
    case 'unknown':
      return invalid();
  }
}

function invalid(): { readonly ok: false; readonly reason: 'SubscriptionKeyInvalid' } {
  return { ok: false, reason: 'SubscriptionKeyInvalid' };
}

function isActive(
  { state, startDate, expirationDate }: Subscription,
  clock: () => number,
): boolean {
  if (state.toLowerCase() !== 'active') return false;
  if (!startDate && !expirationDate) return true;
  const now = clock();
  return (
    !(startDate && Date.parse(startDate) > now) &&
    !(expirationDate && Date.parse(expirationDate) <= now)
  );
}
