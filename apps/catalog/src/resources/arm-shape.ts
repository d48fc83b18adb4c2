import type { StoredResource } from './store/resource.store.js';
import type { Properties } from './store/tables.js';
import { resourceName } from '@isthmus/artifacts';
import type { ResourceType } from './resource-type.js';

/** A resource as ARM's clients read it. */
export interface ArmResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly properties: Properties;
}

/**
 * Gives a stored resource its ARM shape: full ids under the address that the caller used.
 * @param query what the request asks for beside (`format` of a policy)
 * @param service the path of the service as called, `/subscriptions/…/service/contoso`
 */
export function toArm(
  resource: Pick<StoredResource, 'id' | 'properties'>,
  type: ResourceType,
  service: string,
  query: Readonly<Record<string, unknown>> = {},
): ArmResource {
  const properties: Record<string, unknown> = {
    ...(type.present?.(resource.properties, query) ?? resource.properties),
  };
  for (const member of Object.keys(type.references ?? {})) {
    const value = properties[member];
    if (typeof value === 'string' && value.startsWith('/')) properties[member] = service + value;
  }
  return {
    id: service + resource.id,
    type: `Microsoft.ApiManagement/service/${type.type}`,
    name: resourceName(resource.id),
    properties,
  };
}
