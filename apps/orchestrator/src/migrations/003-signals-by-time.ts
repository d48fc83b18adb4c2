import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What came lately is looked for when notifications may have been missed. */
export const signalsByTime003: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index signals_by_time on signals (created_at)`.execute(db);
  },
};
