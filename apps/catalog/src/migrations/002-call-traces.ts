import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Traces of single calls, kept for an hour. */
export const callTraces: Migration = {
  async up(db) {
    await db.schema
      .createTable('call_trace')
      .addColumn('gateway_id', 'text', (c) => c.notNull())
      .addColumn('trace_id', 'text', (c) => c.notNull())
      .addColumn('trace', 'json', (c) => c.notNull())
      .addColumn('recorded_at', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
      .addPrimaryKeyConstraint('call_trace_pk', ['gateway_id', 'trace_id'])
      .execute();
  },
};
