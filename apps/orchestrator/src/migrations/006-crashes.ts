import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How many replicas died with a run since it got on last: a run that kills them is set aside. */
const statements = [
  `alter table runs
     add column crashes integer not null default 0,
     add column claimed_at timestamptz`,
  `create index runs_suspect on runs (owner) where crashes > 0 and ended_at is null`,
];

export const crashes006: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
