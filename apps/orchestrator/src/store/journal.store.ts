import type { Database } from '@isthmus/database';
import type { Tables } from './tables.js';

/** The row of a run as a batch leaves it. Times in milliseconds since 1970. */
export interface RunRow {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly status: string;
  /** The replica that goes on with the run; null: over, or suspended until `wakeAt`. */
  readonly owner: string | null;
  readonly wakeAt: number | null;
  readonly parentRun: string | null;
  readonly clientTrackingId: string;
  readonly triggerName: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly code: string | null;
  readonly errorMessage: string | null;
}

/** One event of a run in the form in which it is kept. */
export interface JournalRow {
  readonly runId: string;
  readonly seq: number;
  readonly body: string;
}

/** Everything that one commit writes. */
export interface JournalBatch {
  readonly runs: readonly RunRow[];
  readonly events: readonly JournalRow[];
}

/** The replica's lease is no longer ours: nothing was written, and nothing may be sent any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * One statement a batch. It first locks our row of `replicas` at our epoch: a replica whose runs
 * were taken over writes nothing. Repeating a batch is harmless (a commit whose outcome is unknown
 * is repeated): events are keyed by run and number, rows are set to the same values.
 */
const writeBatch = `
  with me as materialized (
    select id from replicas where id = $1 and epoch = $2 for share
  ), changed as (
    insert into runs (id, workflow, version, status, owner, wake_at, parent_run, client_tracking_id,
                      trigger_name, started_at, ended_at, code, error_message)
    select r.* from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
                           $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[],
                           $14::text[], $15::text[]) r
    where exists (select 1 from me)
    on conflict (id) do update set
      status = excluded.status, owner = excluded.owner, wake_at = excluded.wake_at,
      ended_at = excluded.ended_at, code = excluded.code, error_message = excluded.error_message
    where runs.owner = $1
  ), kept as (
    insert into journal (run_id, seq, body)
    select e.* from unnest($16::text[], $17::integer[], $18::text[]) e
    where exists (select 1 from me)
    on conflict do nothing
  )
  select exists (select 1 from me) as alive`;

/** Writes batches of the journal and reads it back. */
export class JournalStore {
  constructor(private readonly database: Database<Tables>) {}

  /** @throws LeaseLost when the replica was declared dead; any other error leaves the outcome unknown. */
  async write(
    replica: { readonly id: string; readonly epoch: string },
    batch: JournalBatch,
  ): Promise<void> {
    const { runs, events } = batch;
    const time = (value: number | null) => (value === null ? null : new Date(value));
    const { rows } = await this.database.pool.query<{ alive: boolean }>({
      name: 'write-batch',
      text: writeBatch,
      values: [
        replica.id,
        replica.epoch,
        runs.map((run) => run.id),
        runs.map((run) => run.workflow),
        runs.map((run) => run.version),
        runs.map((run) => run.status),
        runs.map((run) => run.owner),
        runs.map((run) => time(run.wakeAt)),
        runs.map((run) => run.parentRun),
        runs.map((run) => run.clientTrackingId),
        runs.map((run) => run.triggerName),
        runs.map((run) => time(run.startedAt)),
        runs.map((run) => time(run.endedAt)),
        runs.map((run) => run.code),
        runs.map((run) => run.errorMessage),
        events.map((event) => event.runId),
        events.map((event) => event.seq),
        events.map((event) => event.body),
      ],
    });
    if (!rows[0]?.alive) throw new LeaseLost(`replica ${replica.id} lost its lease`);
  }

  /** The events of a run in their order. */
  async read(runId: string): Promise<string[]> {
    const rows = await this.database.db
      .selectFrom('journal')
      .select('body')
      .where('run_id', '=', runId)
      .orderBy('seq')
      .execute();
    return rows.map(({ body }) => body);
  }
}
