import type { Database } from '@isthmus/database';
import { sql, type Selectable } from 'kysely';
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
  /** Undefined: as it was, Enabled when the workflow is new. */
  readonly state: 'Enabled' | 'Disabled' | undefined;
  /** Signing keys of callback URLs, used when the workflow is new. */
  readonly keys: { readonly primary: string; readonly secondary: string };
}

/** State of a workflow whose runs outlive it. */
const deleted = 'Deleted';

/** Workflows and their versions. */
export class DefinitionsStore {
  constructor(private readonly database: Database<Tables>) {}

  /** By name in any case. */
  workflow(name: string): Promise<WorkflowRow | undefined> {
    return this.database.db
      .selectFrom('workflows')
      .selectAll()
      .where(sql<boolean>`lower(name) = lower(${name})`)
      .where('state', '<>', deleted)
      .executeTakeFirst();
  }

  /** The name of the workflow with an id. */
  async nameOf(id: string): Promise<string | undefined> {
    const row = await this.database.db
      .selectFrom('workflows')
      .select('name')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.name;
  }

  /** In order of their names. */
  workflows(page: {
    readonly state?: string;
    readonly after?: string;
    readonly top: number;
  }): Promise<WorkflowRow[]> {
    let query = this.database.db
      .selectFrom('workflows')
      .selectAll()
      .where('state', '<>', deleted)
      .orderBy('name')
      .limit(page.top);
    if (page.state !== undefined) query = query.where('state', '=', page.state);
    if (page.after !== undefined) query = query.where('name', '>', page.after);
    return query.execute();
  }

  /** A version and the workflow that it belongs to, which may be deleted by now. */
  async version(
    name: string,
    version: string,
  ): Promise<{ workflow: WorkflowRow; definition: DefinitionRow } | undefined> {
    const [workflow, definition] = await Promise.all([
      this.database.db
        .selectFrom('workflows')
        .selectAll()
        .where('name', '=', name)
        .executeTakeFirst(),
      this.database.db
        .selectFrom('definitions')
        .selectAll()
        .where('workflow', '=', name)
        .where('version', '=', version)
        .executeTakeFirst(),
    ]);
    return workflow && definition && { workflow, definition };
  }

  /** The newest first. */
  versions(name: string): Promise<Pick<DefinitionRow, 'version' | 'created_at'>[]> {
    return this.database.db
      .selectFrom('definitions')
      .select(['version', 'created_at'])
      .where('workflow', '=', name)
      .orderBy('created_at', 'desc')
      .orderBy('version')
      .execute();
  }

  /** Deploys a version; content equal to the current version makes no new one. */
  async deploy(next: NewVersion): Promise<WorkflowRow> {
    return this.database.db.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`deploy ${next.name}`}, 0))`.execute(
        transaction,
      );
      const current = await transaction
        .selectFrom('workflows')
        .innerJoin('definitions', (join) =>
          join
            .onRef('definitions.workflow', '=', 'workflows.name')
            .onRef('definitions.version', '=', 'workflows.version'),
        )
        .select(['workflows.version', 'workflows.state', 'definitions.content_hash'])
        .where('workflows.name', '=', next.name)
        .executeTakeFirst();
      const wasDeleted = current?.state === deleted;
      const unchanged = current?.content_hash === next.contentHash;
      const version = unchanged ? current.version : next.version;
      const state = next.state ?? (wasDeleted ? 'Enabled' : (current?.state ?? 'Enabled'));
      const keys = { primary_key: next.keys.primary, secondary_key: next.keys.secondary };
      if (!unchanged) {
        await transaction
          .insertInto('definitions')
          .values({ workflow: next.name, version, content_hash: next.contentHash, body: next.body })
          .execute();
      }
      return transaction
        .insertInto('workflows')
        .values({ name: next.name, id: next.id, version, state, ...keys })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({
            version,
            state,
            ...(unchanged ? {} : { changed_at: new Date() }),
            ...(wasDeleted ? keys : {}),
          }),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
    });
  }

  async setState(name: string, state: 'Enabled' | 'Disabled' | 'Deleted'): Promise<void> {
    await this.database.db
      .updateTable('workflows')
      .set({ state, changed_at: new Date() })
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
