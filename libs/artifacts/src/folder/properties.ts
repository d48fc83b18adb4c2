import type { Resource } from '../resource.js';
import { keyHash, relativeReference, resourceKind, resourceName } from '../resource.js';
import { isRecord } from './parse-text.js';
import type { ReadOptions } from './read-folder.js';

/** Properties that name other resources, by kind. */
const references: Readonly<Record<string, readonly string[]>> = {
  apis: ['apiVersionSetId', 'sourceApiId'],
  'apis/diagnostics': ['loggerId'],
  'apis/releases': ['apiId'],
  diagnostics: ['loggerId'],
  subscriptions: ['scope', 'ownerId'],
};

/** What is settled after all files are read: references are service-relative, keys are hashed. */
export function finishProperties(
  resource: Resource,
  options: Pick<ReadOptions, 'subscriptionKeys'>,
): Record<string, unknown> {
  const properties: Record<string, unknown> = { ...resource.properties };
  const kind = resourceKind(resource.id).replace(/^workspaces\//, '');
  for (const name of references[kind] ?? []) {
    const value = properties[name];
    if (typeof value === 'string') properties[name] = relativeReference(value);
  }
  if (kind === 'subscriptions' && options.subscriptionKeys !== 'plain') hashKeys(properties);
  if (kind === 'apis') settleRevision(resource.id, properties);
  if (kind === 'backends') settlePool(properties);
  return properties;
}

function hashKeys(properties: Record<string, unknown>): void {
  for (const name of ['primaryKey', 'secondaryKey']) {
    const key = properties[name];
    delete properties[name];
    if (typeof key === 'string' && key !== '') properties[`${name}Hash`] = keyHash(key);
  }
}

/** "x;rev=2" is revision 2; an API without the suffix is the current revision unless it says no. */
function settleRevision(id: string, properties: Record<string, unknown>): void {
  const revision = /;rev=(.+)$/i.exec(resourceName(id))?.[1];
  properties['apiRevision'] ??= revision ?? '1';
  properties['isCurrent'] ??= revision === undefined;
}

function settlePool(properties: Record<string, unknown>): void {
  const pool = properties['pool'];
  if (!isRecord(pool) || !Array.isArray(pool['services'])) return;
  const services = (pool['services'] as unknown[]).map((one) =>
    isRecord(one) && typeof one['id'] === 'string'
      ? { ...one, id: relativeReference(one['id']) }
      : one,
  );
  properties['pool'] = { ...pool, services };
}
