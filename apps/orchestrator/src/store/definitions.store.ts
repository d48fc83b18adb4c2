import type { Database } from '@isthmus/database';
import type { Selectable } from 'kysely';
import type { Tables } from './tables.js';

/** A workflow as it is deployed now. */
export type WorkflowRow = Selectable<Tables['workflows']>;
/** One immutable version of a workflow. */
export type DefinitionRow = Selectable<Tables['definitions']>;

/** A version to be deployed. */
export interface NewVersion {
  readonly name: string;
  /** Used when the workflow is new. */
  readonly id: string;
  readonly version: string;
  readonly contentHash: string;
  readonly body: string;
  readonly state: string;
  /** Signing keys of callback URLs, used when the workflow is new. */
  readonly keys: { readonly primary: string; readonly secondary: string };
}

/** Workflows and their versions. */
export class DefinitionsStore {
  constructor(private readonly database: Database<Tables>) {}

  workflow(name: string): Promise<WorkflowRow | undefined> {
    return this.database.db
      .selectFrom('workflows')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirst();
  }

  workflows(): Promise<WorkflowRow[]> {
    return this.database.db.selectFrom('workflows').selectAll().orderBy('name').execute();
  }

  version(name: string, version: string): Promise<DefinitionRow | undefined> {
    return this.database.db
      .selectFrom('definitions')
      .selectAll()
      .where('workflow', '=', name)
      .where('version', '=', version)
      .executeTakeFirst();
  }

  versions(name: string): Promise<DefinitionRow[]> {
    return this.database.db
      .selectFrom('definitions')
      .selectAll()
      .where('workflow', '=', name)
      .orderBy('created_at', 'desc')
      .execute();
  }

  /** Deploys a version; content equal to the current version changes nothing but the state. */
  async deploy(next: NewVersion): Promise<WorkflowRow> {
    return this.database.db.transaction().execute(async (transaction) => {
      const current = await transaction
        .selectFrom('workflows')
        .innerJoin('definitions', (join) =>
          join
            .onRef('definitions.workflow', '=', 'workflows.name')
            .onRef('definitions.version', '=', 'workflows.version'),
        )
        .select(['workflows.version', 'definitions.content_hash'])
        .where('workflows.name', '=', next.name)
        .forUpdate('workflows')
        .executeTakeFirst();
      const unchanged = current?.content_hash === next.contentHash;
      const version = unchanged ? current.version : next.version;
      if (!unchanged) {
        await transaction
          .insertInto('definitions')
          .values({ workflow: next.name, version, content_hash: next.contentHash, body: next.body })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      return transaction
        .insertInto('workflows')
        .values({
          name: next.name,
          id: next.id,
          version,
          state: next.state,
          primary_key: next.keys.primary,
          secondary_key: next.keys.secondary,
        })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({
            version,
            state: next.state,
            ...(unchanged ? {} : { changed_at: new Date() }),
          }),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
    });
  }

  async setState(name: string, state: 'Enabled' | 'Disabled'): Promise<void> {
    await this.database.db
      .updateTable('workflows')
      .set({ state })
      .where('name', '=', name)
      .execute();
  }

  async setKey(name: string, kind: 'primary_key' | 'secondary_key', key: string): Promise<void> {
    await this.database.db
      .updateTable('workflows')
      .set(kind === 'primary_key' ? { primary_key: key } : { secondary_key: key })
      .where('name', '=', name)
      .execute();
  }
}
