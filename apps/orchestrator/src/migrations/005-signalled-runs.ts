import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A run's row says that something came for it; it need not be looked for by the time at which it came. */
const statements = [
  `alter table runs add column signalled boolean not null default false`,
  `drop index signals_by_time`,
  `
    update runs set wake_at = now()
    where ended_at is null and owner is null and wake_at is null
      and (cancel_requested or exists (select 1 from signals where run_id = runs.id))`,
];

export const signalledRuns005: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
