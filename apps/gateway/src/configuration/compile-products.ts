import { relativeReference, resourceName } from '@isthmus/artifacts';
import type { ApiInfo, GroupInfo, PolicySource, UserInfo } from '@isthmus/policy-engine';
import {
  qualifiedName,
  subscriptionScope,
  SubscriptionTable,
} from '../subscriptions/subscription-table.js';
import { policySource } from './policy-source.js';
import type { ProductModel } from './gateway-model.js';
import type { ResourceIndex } from './resource-index.js';

/** A product with its document and the ids, in lower case without revisions, of the APIs that it holds. */
export interface ProductWithApis {
  readonly model: ProductModel;
  readonly apis: ReadonlySet<string>;
  readonly document?: PolicySource;
}

/**
 * The products of the service or of a workspace, with the APIs that are members (`<product>/apis/<api>`) or linked
 * (`<product>/apiLinks/<link>` with `apiId`). A product of the service may link APIs of workspaces.
 */
export function compileProducts(index: ResourceIndex, owner: string): ProductWithApis[] {
  return index.in(`${owner}/products`).map(({ id, name, properties }) => {
    const members = [
      ...index.in(`${id}/apis`).map((one) => `${owner}/apis/${one.name}`),
      ...index.in(`${id}/apiLinks`).map((one) => linkedApi(one.properties.text('apiId'), owner)),
    ];
    const groups = [
      ...index.in(`${id}/groups`).map((one) => one.name),
      ...index
        .in(`${id}/groupLinks`)
        .map((one) => resourceName(one.properties.text('groupId') ?? '')),
    ];
    const published = (properties.text('state') ?? 'published').toLowerCase() === 'published';
    const limit = properties.number('subscriptionsLimit');
    const subscriptionRequired = properties.flag('subscriptionRequired') ?? true;
    const info = {
      id: name,
      name: properties.text('displayName') ?? name,
      state: published ? ('Published' as const) : ('NotPublished' as const),
      approvalRequired: properties.flag('approvalRequired') ?? false,
      subscriptionRequired,
      groups: groups.map((group) => groupInfo(index, owner, group)),
      apis: members.map((api) => memberApi(index, api)),
      ...(limit === undefined ? {} : { subscriptionsLimit: limit }),
    };
    const document = policySource(index, id);
    return {
      model: {
        name: qualifiedName(owner.split('/').at(-1), name),
        subscriptionRequired,
        published,
        info,
      },
      apis: new Set(members.map((api) => api.toLowerCase().replace(/;rev=.*$/, ''))),
      ...(document ? { document } : {}),
    };
  });
}

function linkedApi(reference: string | undefined, owner: string): string {
  const id = relativeReference(reference ?? '');
  return /^\/workspaces\//i.test(id) ? id : `${owner}${id}`;
}

/** What `context.Product.Apis` shows of a member. */
function memberApi(index: ResourceIndex, id: string): ApiInfo {
  const name = resourceName(id);
  const properties = index.get(id)?.properties;
  return {
    id: name,
    name: properties?.text('displayName') ?? name,
    path: `/${(properties?.text('path') ?? '').replace(/^\/+|\/+$/g, '')}`,
    protocols: properties?.texts('protocols') ?? [],
    revision: properties?.text('apiRevision') ?? '1',
    isCurrentRevision: properties?.flag('isCurrent') ?? true,
  };
}

function groupInfo(index: ResourceIndex, owner: string, name: string): GroupInfo {
  const group = index.get(`${owner}/groups/${name}`) ?? index.get(`/groups/${name}`);
  return { id: name, name: group?.properties.text('displayName') ?? name };
}

/** All subscriptions, of workspaces (`owners`) too, by the hashes of their keys. */
export function compileSubscriptions(
  index: ResourceIndex,
  owners: readonly string[],
): SubscriptionTable {
  const all = owners.flatMap((owner) => index.in(`${owner}/subscriptions`));
  const subscriptions = all.map(({ id, name, properties }) => ({
    id: name,
    displayName: properties.text('displayName') ?? name,
    state: properties.text('state') ?? 'active',
    scope: subscriptionScope(
      relativeReference(properties.text('scope') ?? ''),
      /^\/workspaces\/([^/]+)\//i.exec(id)?.[1],
    ),
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
        .map((group) => groupInfo(index, '', group.name)),
      identities: properties
        .objects('identities')
        .map((one) => ({ id: one.text('id') ?? '', provider: one.text('provider') ?? '' })),
      ...(note === undefined ? {} : { note }),
    });
  }
  return users;
}
