import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Resources with their ARM properties. `json`, not `jsonb`: it keeps the text of the document, order of members
 * included. One row of `feed` counts revisions; its lock also puts writers in line, so that a reader who has seen
 * revision n has seen everything before it.
 */
export const resources: Migration = {
  async up(db) {
    await db.schema
      .createTable('resource')
      .addColumn('key', 'text', (c) => c.primaryKey())
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('parent', 'text', (c) => c.notNull())
      .addColumn('properties', 'json', (c) => c.notNull())
      .addColumn('secrets', 'bytea')
      .addColumn('published', 'json')
      .addColumn('revision', 'bigint', (c) => c.notNull())
      .addColumn('created_at', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
      .addColumn('changed_at', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
      .execute();
    await db.schema
      .createIndex('resource_parent')
      .on('resource')
      .columns(['parent', 'type', 'key'])
      .execute();
    await db.schema.createIndex('resource_type').on('resource').columns(['type', 'key']).execute();
    await db.schema.createIndex('resource_revision').on('resource').column('revision').execute();
    await db.schema
      .createTable('tombstone')
      .addColumn('key', 'text', (c) => c.primaryKey())
      .addColumn('id', 'text', (c) => c.notNull())
      .addColumn('revision', 'bigint', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('feed')
      .addColumn('epoch', 'text', (c) => c.notNull())
      .addColumn('revision', 'bigint', (c) => c.notNull())
      .execute();
    await sql`insert into feed (epoch, revision) values (${randomBytes(6).toString('hex')}, 0)`.execute(
      db,
    );
    await db.schema
      .createTable('gateway_report')
      .addColumn('gateway_id', 'text', (c) => c.notNull())
      .addColumn('instance_id', 'text', (c) => c.notNull())
      .addColumn('revision', 'text', (c) => c.notNull())
      .addColumn('version', 'text', (c) => c.notNull())
      .addColumn('applied', 'boolean', (c) => c.notNull())
      .addColumn('failed', 'json', (c) => c.notNull())
      .addColumn('reported_at', 'timestamptz', (c) => c.notNull().defaultTo(sql`now()`))
      .addPrimaryKeyConstraint('gateway_report_pk', ['gateway_id', 'instance_id'])
      .execute();
  },
};
