import type { Resource } from '@isthmus/artifacts';
import type { SourceConfiguration } from './compile-gateway.js';
import type { FailedPart } from './gateway-model.js';
import { isOfApi, ownerOf } from './resource-index.js';

/**
 * What is worth keeping of a configuration of which parts failed: the new resources, but those of
 * failed parts as they were when they last worked. It carries the older revision, so that a gateway
 * which starts from it asks the catalog for everything since then.
 */
export function withoutFailures(
  next: SourceConfiguration,
  good: SourceConfiguration,
  failed: readonly FailedPart[],
): SourceConfiguration {
  const owners = new Set(failed.map((part) => part.id.toLowerCase()));
  const isFailed = ({ id }: Resource): boolean =>
    owners.has(isOfApi(id) ? ownerOf(id) : id.toLowerCase());
  return {
    revision: good.revision,
    resources: [
      ...next.resources.filter((one) => !isFailed(one)),
      ...good.resources.filter(isFailed),
    ],
  };
}
