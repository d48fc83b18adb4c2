import type { AppliedResources, Resource } from '@isthmus/contracts';
import { resourceKind } from '@isthmus/artifacts';
import { HttpException } from '@nestjs/common';
import { Catalog } from '../resources/catalog.js';
import { everyService } from '../built-in-resources.js';
import { resourceTypes } from '../resources/resource-types.js';
import type { ResourceWriter } from '../resources/resource-writer.js';
import { keyOf } from '../resources/store/resource.store.js';

/** How a list is applied. */
export interface ApplyOptions {
  readonly deleteUnmatched: boolean;
  readonly dryRun: boolean;
}

const ranks: ReadonlyMap<string, number> = new Map(
  resourceTypes.map(({ type }, index) => [type.toLowerCase(), index]),
);

/**
 * Applies a list of resources (an APIOps folder) in one transaction.
 * @throws ServiceError 400 with every mistake in the list; then nothing is changed
 */
export async function applyList(
  catalog: Catalog,
  resources: readonly Resource[],
  options: ApplyOptions,
): Promise<AppliedResources> {
  const ordered = [...resources].sort(
    (a, b) =>
      rankOf(a.id) - rankOf(b.id) ||
      // A pool names its members, which are backends too.
      Number(a.properties['type'] === 'Pool') - Number(b.properties['type'] === 'Pool') ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const { outcome } = await catalog.change(
    async (writer) => {
      if (options.deleteUnmatched) await removeUnmatched(writer, resources);
      for (const { id, properties } of ordered) {
        try {
          await writer.write(id, properties);
        } catch (error) {
          // A bad id is one more mistake of the list; anything else is no fault of the list.
          if (!(error instanceof HttpException) || error.getStatus() >= 500) throw error;
          writer.mistakes.push({ id, target: 'id', message: error.message });
        }
      }
    },
    { dryRun: options.dryRun, many: true },
  );
  return outcome;
}

/** Unknown types come last; writing them is the mistake that is reported. */
function rankOf(id: string): number {
  return ranks.get(resourceKind(id).toLowerCase()) ?? ranks.size;
}

/** Deletes what the list does not name, users of things first; what every service has stays. */
async function removeUnmatched(
  writer: ResourceWriter,
  resources: readonly Resource[],
): Promise<void> {
  const kept = new Set(resources.map(({ id }) => keyOf(id)));
  const present = await writer.store.all();
  const unmatched = present
    .filter(({ key, properties }) => !kept.has(key) && properties['builtIn'] !== true)
    .filter(({ key }) => !everyService.has(key))
    .sort((a, b) => rankOf(b.id) - rankOf(a.id));
  for (const { id } of unmatched) await writer.remove(id, { query: { deleteRevisions: 'true' } });
}
