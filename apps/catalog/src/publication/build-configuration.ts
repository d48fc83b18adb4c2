import type { GatewayConfiguration } from '@isthmus/contracts';
import { resourceName } from '@isthmus/artifacts';
import { managedGateway } from '../gateways/gateways.js';
import { resourceTypeMap } from '../resources/resource-types.js';
import type { Vault } from '../resources/secrets.js';
import type { ResourceStore, StoredResource } from '../resources/store/resource.store.js';

type Published = GatewayConfiguration['upserts'][number];

/** What a gateway has no use for: the portal's and the operators' resources. */
const unpublished: ReadonlySet<string> = new Set([
  'apis/releases',
  'apis/tagDescriptions',
  'apis/wikis',
  'products/wikis',
  'products/groups',
  'documentations',
  'identityProviders',
  'policyRestrictions',
]);

/**
 * Builds what a gateway is sent. The managed gateway has every API and gets changes since the revision that it has;
 * another gateway has the APIs that are assigned to it and always gets all of them, because an assignment changes what
 * it may see of resources that did not change themselves.
 *
 * @param since revision that the gateway has; undefined, unknown or of another database: everything is sent
 */
export async function buildConfiguration(
  store: ResourceStore,
  vault: Vault,
  request: { readonly gateway: string; readonly since: string | undefined },
): Promise<GatewayConfiguration> {
  return store.snapshot(async (snapshot) => {
    const position = await snapshot.position();
    const revision = `${position.epoch}-${position.revision}`;
    const publish = (resource: StoredResource): Published => toPublished(resource, vault);
    const isManaged = request.gateway.toLowerCase() === managedGateway;
    const since = isManaged ? revisionOf(request.since, position) : undefined;
    if (since === undefined) {
      const all = (await snapshot.all()).filter(isPublished);
      const visible = isManaged ? all : assignedTo(request.gateway, all);
      return { revision, upserts: visible.map(publish), deletes: [] };
    }
    const { upserts, deletes } = await snapshot.changesSince(since);
    return {
      revision,
      since: request.since!,
      upserts: upserts.filter(isPublished).map(publish),
      deletes,
    };
  });
}

/** The number of a revision of this database that is not ahead of it. */
export function revisionOf(
  text: string | undefined,
  { epoch, revision }: { readonly epoch: string; readonly revision: number },
): number | undefined {
  const match = /^([0-9a-f]+)-(\d{1,15})$/.exec(text ?? '');
  if (match?.[1] !== epoch) return undefined;
  const number = Number(match[2]);
  return number <= revision ? number : undefined;
}

function isPublished({ type, key }: StoredResource): boolean {
  return !unpublished.has(type) && key !== `/gateways/${managedGateway}`;
}

function toPublished(resource: StoredResource, vault: Vault): Published {
  const { id, type, properties, published } = resource;
  const secrets = resourceTypeMap.get(type.toLowerCase())?.publishesSecrets
    ? vault.open(id, resource.secrets)
    : {};
  return { id, properties: { ...properties, ...published, ...secrets } };
}

/** What a gateway is told of itself. */
const ownKinds: ReadonlySet<string> = new Set([
  'gateways/hostnameConfigurations',
  'gateways/certificateAuthorities',
]);

/** Without the APIs that are not assigned to the gateway, and without what belongs to those. */
function assignedTo(gateway: string, all: readonly StoredResource[]): StoredResource[] {
  const own = `/gateways/${gateway.toLowerCase()}/`;
  const links = `${own}apis/`;
  const assigned = new Set(
    all.filter(({ key }) => key.startsWith(links)).map(({ key }) => key.slice(links.length)),
  );
  const isVisible = ({ key, type, properties }: StoredResource): boolean => {
    const [, collection, name = ''] = key.split('/');
    if (collection === 'apis') return assigned.has(name.replace(/;rev=.*$/, ''));
    if (collection === 'gateways') return ownKinds.has(type) && key.startsWith(own);
    if (type === 'products/apis') return assigned.has(resourceName(key));
    if (type !== 'subscriptions') return true;
    const scope = String(properties['scope']).toLowerCase();
    return !scope.startsWith('/apis/') || assigned.has(resourceName(scope));
  };
  return all.filter(isVisible);
}
