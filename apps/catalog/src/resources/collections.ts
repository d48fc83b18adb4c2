import { Injectable } from '@nestjs/common';
import { ServiceError } from '@isthmus/host';
import { resourceName } from '@isthmus/artifacts';
import { Catalog } from './catalog.js';
import { pageOf } from './list-query.js';
import { notFound } from './preconditions.js';
import { splitRevision } from './resource-id.js';
import { toArm, type ArmResource } from './arm-shape.js';
import { resourceTypeMap } from './resource-types.js';
import type { ResourceType } from './resource-type.js';
import type { ServiceAddress } from './service-address.js';
import type { StoredResource } from './store/resource.store.js';
import type { Properties } from './store/tables.js';

/** A page of a collection in ARM's form. */
export interface ArmList {
  readonly value: readonly (ArmResource | Properties)[];
  readonly count: number;
  readonly nextLink?: string;
}

/** Collections that are found from the other end of a link: type, and the link type that leads to them. */
const reverse: Readonly<Record<string, { readonly link: string; readonly type: string }>> = {
  'apis/products': { link: 'products/apis', type: 'products' },
  'users/groups': { link: 'groups/users', type: 'groups' },
};

/** Reads collections and single resources for the management API. */
@Injectable()
export class Collections {
  constructor(private readonly catalog: Catalog) {}

  /** A stored resource; a link has the properties of what it links to. */
  async find(id: string): Promise<StoredResource | undefined> {
    const { store } = this.catalog;
    const found = (await store.find(id)) ?? (await this.#currentRevision(id));
    if (!found) return undefined;
    const { linksTo } = resourceTypeMap.get(found.type.toLowerCase()) ?? {};
    if (linksTo === undefined) return found;
    const target = await store.find(`/${linksTo}/${resourceName(found.id)}`);
    return target ? { ...found, properties: target.properties } : undefined;
  }

  /**
   * A page of a collection, or the service itself.
   * @param url the request's absolute URL, from which `nextLink` is made
   * @throws ServiceError 404 when the owner is not there or has no such collection
   */
  async list(
    { segments, service, serviceName }: ServiceAddress,
    query: Readonly<Record<string, unknown>>,
    url: string,
  ): Promise<ArmList | object> {
    if (segments.length === 0) return describeService(service, serviceName);
    const kind = segments.filter((_, index) => index % 2 === 0).join('/');
    const parent = segments.length === 1 ? '' : `/${segments.slice(0, -1).join('/')}`;
    const owner = parent === '' ? undefined : await this.find(parent);
    if (parent !== '' && !owner) {
      const ownerKind = kind.slice(0, kind.lastIndexOf('/')).toLowerCase();
      throw notFound(resourceTypeMap.get(ownerKind)?.label ?? 'Resource');
    }
    const { items: all, type } = await this.#members(kind, owner);
    const entries = all.map((one) => ({ ...one, name: resourceName(one.id) }));
    const page = pageOf(entries, query);
    return {
      // ApiRevisionContract has no `properties`: its members stand at the top.
      value: page.items.map((one) =>
        type === revision ? one.properties : toArm(one, type, service),
      ),
      count: page.count,
      ...(page.nextSkip === undefined ? {} : { nextLink: nextLink(url, page.nextSkip) }),
    };
  }

  async #members(
    kind: string,
    owner: StoredResource | undefined,
  ): Promise<{ items: readonly Member[]; type: ResourceType }> {
    const { store } = this.catalog;
    const lower = kind.toLowerCase();
    if (lower === 'apis/revisions') return { items: await this.#revisions(owner!), type: revision };
    if (lower === 'products/subscriptions' || lower === 'users/subscriptions') {
      const member = lower.startsWith('products') ? 'scope' : 'ownerId';
      const items = (await store.ofType('subscriptions')).filter(
        ({ properties }) => String(properties[member]).toLowerCase() === owner!.key,
      );
      return { items, type: typeOf('subscriptions') };
    }
    const opposite = reverse[lower];
    if (opposite) {
      const links = (await store.ofType(opposite.link)).filter(
        (link) => resourceName(link.key) === resourceName(owner!.key),
      );
      const owners = new Set(links.map((link) => link.parent));
      const items = (await store.ofType(opposite.type)).filter(({ key }) => owners.has(key));
      return { items, type: typeOf(opposite.type) };
    }
    const type = typeOf(kind);
    const children = await store.children(owner?.id ?? '', type.type);
    if (type.linksTo !== undefined)
      return { items: await this.#linked(children, type.linksTo), type };
    // As in Azure, the list of APIs shows each once, as its current revision.
    const items =
      type.type === 'apis'
        ? children.filter(({ id }) => splitRevision(id).revision === undefined)
        : children;
    return { items, type };
  }

  async #linked(links: readonly StoredResource[], target: string): Promise<Member[]> {
    const byName = new Map(
      (await this.catalog.store.ofType(target)).map((one) => [resourceName(one.key), one]),
    );
    return links.flatMap((link) => {
      const found = byName.get(resourceName(link.key));
      return found ? [{ id: link.id, properties: found.properties }] : [];
    });
  }

  async #revisions(api: StoredResource): Promise<Member[]> {
    const name = splitRevision(api.id).name;
    return (await this.catalog.store.ofType('apis'))
      .filter(({ id }) => splitRevision(id).name.toLowerCase() === name.toLowerCase())
      .map(({ properties, createdAt }) => ({
        id: `${name}/revisions/${String(properties['apiRevision'])}`,
        properties: {
          apiId: `${name};rev=${String(properties['apiRevision'])}`,
          apiRevision: properties['apiRevision'],
          description: properties['apiRevisionDescription'],
          isCurrent: properties['isCurrent'],
          createdDateTime: createdAt.toISOString(),
        },
      }));
  }

  /** `/apis/x;rev=2` where 2 is the current revision of `/apis/x`. */
  async #currentRevision(id: string): Promise<StoredResource | undefined> {
    const match = /^\/apis\/([^/]+)(.*)$/is.exec(id);
    const { name, revision: wanted } = splitRevision(match?.[1] ?? '');
    if (wanted === undefined) return undefined;
    const current = await this.catalog.store.find(`/apis/${name}`);
    if (current?.properties['apiRevision'] !== wanted) return undefined;
    return this.catalog.store.find(`/apis/${name}${match![2]!}`);
  }
}

type Member = Pick<StoredResource, 'id' | 'properties'>;

const revision: ResourceType = { type: 'apis/revisions', label: 'Revision' };

function typeOf(kind: string): ResourceType {
  const type = resourceTypeMap.get(kind.toLowerCase());
  if (!type)
    throw new ServiceError(
      404,
      'InvalidResourceType',
      `The resource type '${kind}' is not known here.`,
    );
  return type;
}

function nextLink(url: string, skip: number): string {
  const next = new URL(url);
  next.searchParams.set('$skip', String(skip));
  return next.toString();
}

function describeService(service: string, name: string): Properties {
  return {
    id: service,
    name,
    type: 'Microsoft.ApiManagement/service',
    location: 'self-hosted',
    sku: { name: 'Developer', capacity: 1 },
    properties: { provisioningState: 'Succeeded', publisherEmail: '', publisherName: name },
  };
}
