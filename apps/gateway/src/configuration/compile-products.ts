import { relativeReference } from '@isthmus/artifacts';
import type { ApiInfo, GroupInfo, UserInfo } from '@isthmus/policy-engine';
import { subscriptionScope, SubscriptionTable } from '../subscriptions/subscription-table.js';
import type { ProductModel } from './gateway-model.js';
import type { ResourceIndex } from './resource-index.js';

/** A product with the lower-case names of the APIs that it holds. */
export interface ProductWithApis {
  readonly model: ProductModel;
  readonly apis: ReadonlySet<string>;
}

/** The products of the service or of a workspace. */
export function compileProducts(index: ResourceIndex, owner: string): ProductWithApis[] {
  return index.in(`${owner}/products`).map(({ id, name, properties }) => {
    const members = index.in(`${id}/apis`).map((one) => one.name);
    const published = (properties.text('state') ?? 'published').toLowerCase() === 'published';
    const limit = properties.number('subscriptionsLimit');
    const subscriptionRequired = properties.flag('subscriptionRequired') ?? true;
    const info = {
      id: name,
      name: properties.text('displayName') ?? name,
      state: published ? ('Published' as const) : ('NotPublished' as const),
      approvalRequired: properties.flag('approvalRequired') ?? false,
      subscriptionRequired,
      groups: index.in(`${id}/groups`).map((one) => groupInfo(index, one.name)),
      apis: members.map((api) => memberApi(index, owner, api)),
      ...(limit === undefined ? {} : { subscriptionsLimit: limit }),
    };
    return {
      model: { name: name.toLowerCase(), subscriptionRequired, published, info },
      apis: new Set(members.map((api) => api.toLowerCase().replace(/;rev=.*$/, ''))),
    };
  });
}

/** What `context.Product.Apis` shows of a member. */
function memberApi(index: ResourceIndex, owner: string, name: string): ApiInfo {
  const properties = index.get(`${owner}/apis/${name}`)?.properties;
  return {
    id: name,
    name: properties?.text('displayName') ?? name,
    path: `/${(properties?.text('path') ?? '').replace(/^\/+|\/+$/g, '')}`,
    protocols: properties?.texts('protocols') ?? [],
    revision: properties?.text('apiRevision') ?? '1',
    isCurrentRevision: properties?.flag('isCurrent') ?? true,
  };
}

function groupInfo(index: ResourceIndex, name: string): GroupInfo {
  return { id: name, name: index.get(`/groups/${name}`)?.properties.text('displayName') ?? name };
}

/** All subscriptions, by the hashes of their keys. */
export function compileSubscriptions(index: ResourceIndex): SubscriptionTable {
  const subscriptions = index.in('/subscriptions').map(({ name, properties }) => ({
    id: name,
    displayName: properties.text('displayName') ?? name,
    state: properties.text('state') ?? 'active',
    scope: subscriptionScope(relativeReference(properties.text('scope') ?? '')),
    ownerId: properties.text('ownerId'),
    allowTracing: properties.flag('allowTracing') ?? false,
    primaryKeyHash: properties.text('primaryKeyHash'),
    secondaryKeyHash: properties.text('secondaryKeyHash'),
    createdDate: properties.text('createdDate') ?? '1970-01-01T00:00:00Z',
    startDate: properties.text('startDate'),
    expirationDate: properties.text('expirationDate'),
  }));
  return new SubscriptionTable(subscriptions);
}

/** Users by id ("/users/x") in lower case. */
export function compileUsers(index: ResourceIndex): Map<string, UserInfo> {
  const users = new Map<string, UserInfo>();
  for (const { id, name, properties } of index.in('/users')) {
    const note = properties.text('note');
    users.set(id.toLowerCase(), {
      id: name,
      email: properties.text('email') ?? '',
      firstName: properties.text('firstName') ?? '',
      lastName: properties.text('lastName') ?? '',
      registrationDate: properties.text('registrationDate') ?? '1970-01-01T00:00:00Z',
      groups: index
        .in('/groups')
        .filter((group) => index.get(`${group.id}/users/${name}`))
        .map((group) => groupInfo(index, group.name)),
      identities: properties
        .objects('identities')
        .map((one) => ({ id: one.text('id') ?? '', provider: one.text('provider') ?? '' })),
      ...(note === undefined ? {} : { note }),
    });
  }
  return users;
}
