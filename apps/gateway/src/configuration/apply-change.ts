import type { Resource } from '@isthmus/artifacts';
import type { GatewayConfiguration } from '@isthmus/contracts';
import type { SourceConfiguration } from './compile-gateway.js';

/** Applies what the catalog sent to what was there; a change without `since` is the whole. */
export function applyChange(
  before: SourceConfiguration | undefined,
  change: GatewayConfiguration,
): SourceConfiguration {
  const resources = new Map<string, Resource>();
  if (change.since !== undefined) {
    for (const resource of before?.resources ?? [])
      resources.set(resource.id.toLowerCase(), resource);
  }
  for (const id of change.deletes) {
    const key = id.toLowerCase();
    resources.delete(key);
    for (const known of resources.keys()) if (known.startsWith(`${key}/`)) resources.delete(known);
  }
  for (const { id, properties } of change.upserts)
    resources.set(id.toLowerCase(), { id, properties });
  return { revision: change.revision, resources: [...resources.values()] };
}
