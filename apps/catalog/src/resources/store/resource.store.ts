import { createHash } from 'node:crypto';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { CatalogTables, Properties, ResourceTable } from './tables.js';

/** A stored resource. */
export interface StoredResource {
  readonly key: string;
  readonly id: string;
  readonly type: string;
  readonly parent: string;
  readonly properties: Properties;
  readonly secrets: Buffer | undefined;
  readonly published: Properties | undefined;
  readonly revision: number;
  readonly createdAt: Date;
}

/** What is written of a resource; the store adds the revision. */
export type ResourceDraft = Omit<StoredResource, 'revision' | 'createdAt'>;

/**
 * Where the feed stands. `epoch` tells one history of changes from another: a restored dump, a database that was
 * recovered to a point in time, or another server begin a new one, because their revisions count other changes.
 */
export interface FeedPosition {
  readonly epoch: string;
  readonly revision: number;
}

/** The channel of NOTIFY after each change; the payload is the revision. */
export const changesChannel = 'catalog_changes';

/** Ends a transaction without effect and carries its result out. */
class NotCommitted extends Error {
  constructor(readonly result: unknown) {
    super('not committed');
  }
}

/** Which server a database is on, and which timeline of it: recovery to a point in time begins a new one. */
export async function readServer(db: Kysely<CatalogTables>): Promise<string> {
  try {
    const { rows } = await sql<{ id: string; timeline: number }>`
      select system_identifier::text as id, timeline_id as timeline
      from pg_control_system(), pg_control_checkpoint()`.execute(db);
    return `${rows[0]?.id}/${rows[0]?.timeline}`;
  } catch {
    // Some hosted servers do not tell; restored dumps are still noticed by their tables.
    return '';
  }
}

/** Reads and writes resources over one connection or transaction. */
export class ResourceStore {
  /** @param server what {@link readServer} says of the database server */
  constructor(
    private readonly db: Kysely<CatalogTables>,
    private readonly server: string,
  ) {}

  /**
   * Runs a writer in a transaction of its own. Writers come one after the other. The transaction is committed, and
   * listeners are told, when the result says so.
   */
  async transaction<T extends { readonly commit: boolean }>(
    write: (store: ResourceStore, revision: number) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.db.transaction().execute(async (transaction) => {
        const { revision } = await transaction
          .updateTable('feed')
          .set({ revision: sql<string>`revision + 1` })
          .returning('revision')
          .executeTakeFirstOrThrow();
        const result = await write(new ResourceStore(transaction, this.server), Number(revision));
        if (!result.commit) throw new NotCommitted(result);
        await sql`select pg_notify(${changesChannel}, ${revision}::text)`.execute(transaction);
        return result;
      });
    } catch (error) {
      if (error instanceof NotCommitted) return error.result as T;
      throw error;
    }
  }

  async position(): Promise<FeedPosition> {
    const { epoch, revision, table } = await this.db
      .selectFrom('feed')
      .selectAll()
      // Restoring a dump makes the table anew.
      .select(sql<string>`'feed'::regclass::oid::text`.as('table'))
      .executeTakeFirstOrThrow();
    const history = createHash('sha256')
      .update(`${this.server} ${epoch} ${table}`)
      .digest('hex')
      .slice(0, 16);
    return { epoch: history, revision: Number(revision) };
  }

  async find(id: string): Promise<StoredResource | undefined> {
    const row = await this.db
      .selectFrom('resource')
      .selectAll()
      .where('key', '=', keyOf(id))
      .executeTakeFirst();
    return row && toResource(row);
  }

  /** The resources of a collection: owner (empty at the top) and type, by id. */
  async children(parent: string, type: string): Promise<StoredResource[]> {
    const rows = await this.db
      .selectFrom('resource')
      .selectAll()
      .where('parent', '=', keyOf(parent))
      .where('type', '=', type)
      .orderBy('key')
      .execute();
    return rows.map(toResource);
  }

  async ofType(...types: readonly string[]): Promise<StoredResource[]> {
    const rows = await this.db
      .selectFrom('resource')
      .selectAll()
      .where('type', 'in', [...types])
      .orderBy('key')
      .execute();
    return rows.map(toResource);
  }

  /** A resource and everything below it. */
  async subtree(id: string): Promise<StoredResource[]> {
    const key = keyOf(id);
    const rows = await this.db
      .selectFrom('resource')
      .selectAll()
      .where((e) => e.or([e('key', '=', key), e(sql`starts_with(key, ${`${key}/`})`, '=', true)]))
      .orderBy('key')
      .execute();
    return rows.map(toResource);
  }

  /** Resources of a type where a member has this text, without regard to case. */
  async withProperty(type: string, member: string, value: string): Promise<StoredResource[]> {
    const rows = await this.db
      .selectFrom('resource')
      .selectAll()
      .where('type', '=', type)
      .where(sql<string>`lower(properties->>${member})`, '=', value.toLowerCase())
      .execute();
    return rows.map(toResource);
  }

  /** Operations of an API that answer the same calls: the names of template parameters do not matter. */
  async sameCalls(api: string, method: string, urlTemplate: string): Promise<StoredResource[]> {
    const rows = await this.db
      .selectFrom('resource')
      .selectAll()
      .where('parent', '=', keyOf(api))
      .where('type', '=', 'apis/operations')
      .where(sql<string>`upper(properties->>'method')`, '=', method.toUpperCase())
      .where(
        sql<string>`regexp_replace(properties->>'urlTemplate', '\\{[^{}]*\\}', '{}', 'g')`,
        '=',
        urlTemplate.replace(/\{[^{}]*\}/g, '{}'),
      )
      .execute();
    return rows.map(toResource);
  }

  /** Subscriptions that have one of these key hashes. */
  async withKeyHash(hashes: readonly string[]): Promise<StoredResource[]> {
    const rows = await this.db
      .selectFrom('resource')
      .selectAll()
      .where('type', '=', 'subscriptions')
      .where((e) =>
        e.or(
          ['primaryKeyHash', 'secondaryKeyHash'].map((name) =>
            e(sql<string>`published->>${name}`, 'in', [...hashes]),
          ),
        ),
      )
      .execute();
    return rows.map(toResource);
  }

  async all(): Promise<StoredResource[]> {
    return (await this.db.selectFrom('resource').selectAll().orderBy('key').execute()).map(
      toResource,
    );
  }

  /** What changed after a revision: resources as they are now, and ids that are gone. */
  async changesSince(revision: number): Promise<{ upserts: StoredResource[]; deletes: string[] }> {
    const [rows, gone] = await Promise.all([
      this.db
        .selectFrom('resource')
        .selectAll()
        .where('revision', '>', String(revision))
        .orderBy('key')
        .execute(),
      this.db
        .selectFrom('tombstone')
        .select('id')
        .where('revision', '>', String(revision))
        .orderBy('key')
        .execute(),
    ]);
    return { upserts: rows.map(toResource), deletes: gone.map(({ id }) => id) };
  }

  /** A reading of several questions at one moment. */
  async snapshot<T>(read: (store: ResourceStore) => Promise<T>): Promise<T> {
    return this.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((transaction) => read(new ResourceStore(transaction, this.server)));
  }

  async put(draft: ResourceDraft, revision: number): Promise<void> {
    const written = {
      id: draft.id,
      type: draft.type,
      parent: draft.parent,
      properties: JSON.stringify(draft.properties),
      secrets: draft.secrets ?? null,
      published: draft.published ? JSON.stringify(draft.published) : null,
      revision: String(revision),
    };
    await this.db
      .insertInto('resource')
      .values({ key: draft.key, ...written })
      .onConflict((c) => c.column('key').doUpdateSet({ ...written, changed_at: sql<Date>`now()` }))
      .execute();
    await this.db.deleteFrom('tombstone').where('key', '=', draft.key).execute();
  }

  async remove(resources: readonly { key: string; id: string }[], revision: number): Promise<void> {
    if (resources.length === 0) return;
    await this.db
      .deleteFrom('resource')
      .where(
        'key',
        'in',
        resources.map(({ key }) => key),
      )
      .execute();
    await this.db
      .insertInto('tombstone')
      .values(resources.map(({ key, id }) => ({ key, id, revision: String(revision) })))
      .onConflict((c) => c.column('key').doUpdateSet({ revision: String(revision) }))
      .execute();
  }
}

/** The form in which ids are compared. */
export function keyOf(id: string): string {
  return id.toLowerCase();
}

function toResource(row: Selectable<ResourceTable>): StoredResource {
  return {
    key: row.key,
    id: row.id,
    type: row.type,
    parent: row.parent,
    properties: row.properties,
    secrets: row.secrets ?? undefined,
    published: row.published ?? undefined,
    revision: Number(row.revision),
    createdAt: row.created_at,
  };
}
