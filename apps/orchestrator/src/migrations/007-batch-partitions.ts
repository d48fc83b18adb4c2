import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How much waits in each partition of a batch, so that a message need not read those before it. */
const statements = [
  `
    create table batch_partitions (
      workflow text not null,
      trigger_name text not null,
      batch text not null,
      partition text not null,
      messages integer not null,
      bytes bigint not null,
      since timestamptz not null,
      primary key (workflow, trigger_name, batch, partition)
    )`,
  `
    insert into batch_partitions
    select workflow, trigger_name, batch, partition, count(*), sum(octet_length(content)), min(received_at)
    from batch_messages where not released group by 1, 2, 3, 4`,
];

export const batchPartitions007: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
