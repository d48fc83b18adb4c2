import { Injectable } from '@nestjs/common';
import type { Database } from '@isthmus/database';
import type { AppliedResources } from '@isthmus/contracts';
import { ServiceError } from '@isthmus/host';
import { verifyPolicies } from '../policies/verify-policies.js';
import type { ActionResult, Mistake } from './resource-type.js';
import { resourceTypeMap } from './resource-types.js';
import { ResourceWriter } from './resource-writer.js';
import { notFound } from './preconditions.js';
import type { Secrets, Vault } from './secrets.js';
import { ResourceStore, type StoredResource } from './store/resource.store.js';
import type { CatalogTables } from './store/tables.js';

/** The resources of the service: every change goes through here, in one transaction, checked as a whole. */
@Injectable()
export class Catalog {
  /** For reading outside of changes. */
  readonly store: ResourceStore;

  constructor(
    database: Pick<Database<CatalogTables>, 'db'>,
    readonly vault: Vault,
    /** See `readServer`. */
    server: string,
  ) {
    this.store = new ResourceStore(database.db, server);
  }

  /**
   * Runs a change. It is kept when nothing is wrong with it and it is no dry run.
   * @throws ServiceError 400 `ValidationError` with one detail a mistake
   */
  async change<T>(
    make: (writer: ResourceWriter) => Promise<T>,
    options: { readonly dryRun?: boolean; readonly many?: boolean } = {},
  ): Promise<{ readonly result: T; readonly outcome: AppliedResources }> {
    const { result, outcome, mistakes } = await this.store.transaction(async (store, revision) => {
      const writer = new ResourceWriter(store, revision, this.vault, resourceTypeMap);
      const made = await make(writer);
      if (writer.mistakes.length === 0) await verifyPolicies(writer, this.vault);
      const commit =
        writer.mistakes.length === 0 && writer.touched.size > 0 && options.dryRun !== true;
      return { commit, result: made, outcome: writer.outcome, mistakes: writer.mistakes };
    });
    if (mistakes.length > 0) throw validationError(mistakes, options.many === true);
    return { result, outcome };
  }

  /** Runs an action of a resource and stores the secrets that it changed. */
  async act(
    id: string,
    run: (resource: StoredResource, secrets: Secrets) => ActionResult,
  ): Promise<object | undefined> {
    const open = async (store: ResourceStore): Promise<[StoredResource, ActionResult]> => {
      const resource = await store.find(id);
      if (!resource) throw notFound('Resource');
      return [resource, run(resource, this.vault.open(resource.id, resource.secrets))];
    };
    const [, first] = await open(this.store);
    if (!first.secrets) return first.answer;
    // It changes something: run it again on what the transaction sees, so that no other change is lost.
    const { answer } = await this.store.transaction(async (store, revision) => {
      const [resource, { secrets = {}, published, ...result }] = await open(store);
      await store.put(
        {
          ...resource,
          secrets: this.vault.seal(resource.id, secrets),
          published: published ?? resource.published,
        },
        revision,
      );
      return { commit: true, ...result };
    });
    return answer;
  }
}

/** ARM's error for a resource that is not valid; in a list of many the target leads with the resource's id. */
function validationError(
  mistakes: readonly (Mistake & { readonly id: string })[],
  many: boolean,
): ServiceError {
  const details = mistakes.map(({ id, code, target, message }) => ({
    code: code ?? 'ValidationError',
    target: many ? `${id}#${target}` : target,
    message,
  }));
  return new ServiceError(
    400,
    'ValidationError',
    `One or more fields contain incorrect values: ${details[0]?.message ?? ''}`,
    details,
  );
}
