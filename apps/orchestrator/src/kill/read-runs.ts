import type { Database } from '@isthmus/database';
import { JournalStore } from '../store/journal.store.js';
import type { Tables } from '../store/tables.js';
import type { StoredRun } from './checker.js';

/** Every run of a store with its journal. */
export async function readRuns(database: Database<Tables>): Promise<StoredRun[]> {
  const journal = new JournalStore(database);
  const rows = await database.db
    .selectFrom('runs')
    .select(['id', 'workflow', 'status', 'ended_at', 'client_tracking_id', 'parent_run'])
    .execute();
  const runs: StoredRun[] = [];
  for (const { id, workflow, status, ended_at, client_tracking_id, parent_run } of rows)
    runs.push({
      id,
      workflow,
      status,
      trackingId: client_tracking_id,
      isChild: parent_run !== null,
      ended: ended_at !== null,
      events: await journal.read(id),
    });
  return runs;
}

/** Everything that the store knows of the runs that violations name; of a few of them. */
export async function evidenceOf(
  { pool }: Database<Tables>,
  violations: readonly string[],
): Promise<unknown[]> {
  const ids = violations.flatMap((text) => text.match(/\b[0-9]{20}[0-9A-Z]+/g) ?? []);
  const found: unknown[] = [];
  for (const id of [...new Set(ids)].slice(0, 5)) {
    const [run, journal, signals, replicas] = await Promise.all([
      pool.query('select * from runs where id = $1', [id]),
      pool.query('select seq, body from journal where run_id = $1 order by seq', [id]),
      pool.query('select * from signals where run_id = $1', [id]),
      pool.query('select *, now() from replicas'),
    ]);
    found.push({
      run: run.rows[0],
      journal: journal.rows,
      signals: signals.rows,
      replicas: replicas.rows,
    });
  }
  return found;
}
