import { keyHash } from '@isthmus/artifacts';
import { authorise } from './authorise.js';
import type { AuthorisedApi, AuthorisedProduct } from './authorise.js';
import { subscriptionScope, SubscriptionTable } from './subscription-table.js';
import type { Subscription } from './subscription-table.js';

const now = Date.parse('2026-06-01T00:00:00Z');

function makeSubscription(
  id: string,
  scope: string,
  more: Partial<Subscription> = {},
): Subscription {
  return {
    id,
    displayName: id,
    state: 'active',
    scope: subscriptionScope(scope),
    ownerId: undefined,
    allowTracing: false,
    primaryKeyHash: keyHash(`${id}-1`),
    secondaryKeyHash: keyHash(`${id}-2`),
    createdDate: '',
    startDate: undefined,
    expirationDate: undefined,
    ...more,
  };
}

const subscriptions = new SubscriptionTable([
  makeSubscription('api', '/apis/echo'),
  makeSubscription('revision', '/apis/echo;rev=2'),
  makeSubscription('other-api', '/apis/other'),
  makeSubscription('product', '/products/starter'),
  makeSubscription('other-product', '/products/other'),
  makeSubscription('all', '/apis'),
  makeSubscription('master', '/'),
  makeSubscription('suspended', '/apis/echo', { state: 'suspended' }),
  makeSubscription('over', '/apis/echo', { expirationDate: '2026-05-31T00:00:00Z' }),
  makeSubscription('early', '/apis/echo', { startDate: '2026-06-02T00:00:00Z' }),
  makeSubscription('strange', '/loggers/x'),
]);

const starter = { name: 'starter', subscriptionRequired: true, published: true };
const open = { name: 'open', subscriptionRequired: false, published: true };

function decide(
  key: string | undefined,
  required = true,
  products: AuthorisedProduct[] = [starter],
): unknown {
  const api: AuthorisedApi<AuthorisedProduct> = {
    baseName: 'echo',
    subscriptionRequired: required,
    products: new Map(products.map((one) => [one.name, one])),
  };
  const result = authorise(api, key, subscriptions, () => now);
  return result.ok
    ? { subscription: result.subscription?.id, product: result.product?.name }
    : result.reason;
}

describe('authorise', () => {
  it.each([
    ['a key for the API', 'api-1', { subscription: 'api', product: undefined }],
    ['the secondary key', 'api-2', { subscription: 'api', product: undefined }],
    [
      'a key for a revision of the API',
      'revision-1',
      { subscription: 'revision', product: undefined },
    ],
    [
      'a key for a product with the API',
      'product-1',
      { subscription: 'product', product: 'starter' },
    ],
    ['a key for all APIs', 'all-1', { subscription: 'all', product: undefined }],
    ['the all-access key', 'master-1', { subscription: 'master', product: undefined }],
  ])('takes %s', (_name, key, expected) => expect(decide(key)).toEqual(expected));

  it.each([
    ['another API', 'other-api-1'],
    ['a product without the API', 'other-product-1'],
    ['nothing that exists', 'made-up'],
    ['a suspended subscription', 'suspended-1'],
    ['an expired subscription', 'over-1'],
    ['a subscription that has not begun', 'early-1'],
    ['an unknown scope', 'strange-1'],
  ])('refuses a key for %s', (_name, key) => expect(decide(key)).toBe('SubscriptionKeyInvalid'));

  it('refuses a wrong key also where none is needed', () =>
    expect(decide('made-up', false)).toBe('SubscriptionKeyInvalid'));
  it('asks for a key', () => expect(decide(undefined)).toBe('SubscriptionKeyNotFound'));
  it('takes an empty key for none', () => expect(decide('')).toBe('SubscriptionKeyNotFound'));
  it('lets calls in where no key is required', () =>
    expect(decide(undefined, false)).toEqual({ subscription: undefined, product: undefined }));
  it('lends the context of an open product', () =>
    expect(decide(undefined, true, [starter, open])).toEqual({
      subscription: undefined,
      product: 'open',
    }));
  it('does not open by a product that is not published', () =>
    expect(decide(undefined, true, [{ ...open, published: false }])).toBe(
      'SubscriptionKeyNotFound',
    ));
});
