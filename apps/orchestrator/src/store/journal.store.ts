import type { Database } from '@isthmus/database';
import type { RunEvent } from '@isthmus/workflow-engine';
import { integerArray, textArray, timeArray } from './binary-array.js';
import { readEvent, refsOf, type EventText } from './event-text.js';
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
  readonly resubmittedFrom: string | null;
}

/** One event of a run in the form in which it is kept. */
export interface JournalRow extends EventText {
  readonly runId: string;
  readonly seq: number;
}

/** Everything that one commit writes. */
export interface JournalBatch {
  readonly runs: readonly RunRow[];
  readonly events: readonly JournalRow[];
}

/** Which replica writes. */
export interface ReplicaKey {
  readonly id: string;
  readonly epoch: string;
}

/** The replica's lease is no longer ours: nothing was written, and nothing may be sent any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * One statement a batch. It first locks our row of `replicas` at our epoch: a replica whose runs
 * were taken over writes nothing. Repeating a batch is harmless (a commit whose outcome is unknown
 * is repeated): events are keyed by run and number, rows are set to the same values. A run for
 * which something came meanwhile does not sleep: whoever looks next goes on with it.
 */
const writeBatch = `
  with me as materialized (
    select id from replicas where id = $1 and epoch = $2 for share
  ), changed as (
    insert into runs (id, workflow, version, status, owner, wake_at, parent_run, client_tracking_id,
                      trigger_name, started_at, ended_at, code, error_message, resubmitted_from)
    select r.* from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
                           $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[],
                           $14::text[], $15::text[], $16::text[]) r
    where exists (select 1 from me)
    on conflict (id) do update set
      status = excluded.status, owner = excluded.owner, crashes = 0,
      wake_at = case when runs.signalled and excluded.owner is null and excluded.ended_at is null
                     then now() else excluded.wake_at end,
      ended_at = excluded.ended_at, code = excluded.code, error_message = excluded.error_message
    where runs.owner = $1
  ), kept as (
    insert into journal (run_id, seq, body, refs)
    select e.* from unnest($17::text[], $18::integer[], $19::text[], $20::text[]) e
    where exists (select 1 from me)
    on conflict do nothing
  ), large as (
    insert into payloads (run_id, hash, body)
    select distinct on (1, 2) p.* from unnest($21::text[], $22::text[], $23::text[]) p
    where exists (select 1 from me)
    on conflict do nothing
  )
  select exists (select 1 from me) as alive`;

/** Writes batches of the journal and reads it back. */
export class JournalStore {
  constructor(private readonly database: Database<Tables>) {}

  /** @throws LeaseLost when the replica was declared dead; any other error leaves the outcome unknown. */
  async write(replica: ReplicaKey, batch: JournalBatch): Promise<void> {
    const { rows } = await this.database.pool.query<{ alive: boolean }>({
      name: 'write-batch',
      text: writeBatch,
      values: [replica.id, replica.epoch, ...runColumns(batch.runs), ...eventColumns(batch.events)],
    });
    if (!rows[0]?.alive) throw new LeaseLost(`replica ${replica.id} lost its lease`);
  }

  /** The events of a run in their order, complete. */
  async read(runId: string): Promise<RunEvent[]> {
    const rows = await this.texts(runId);
    const payloads = await this.payloads(runId, rows);
    return rows.map((row) => readEvent(row, (hash) => payloads.get(hash)));
  }

  /** The events of a run as they are kept, without their payloads. */
  texts(runId: string): Promise<{ body: string; refs: string | null }[]> {
    return this.database.db
      .selectFrom('journal')
      .select(['body', 'refs'])
      .where('run_id', '=', runId)
      .orderBy('seq')
      .execute();
  }

  /** The payloads that events refer to, by hash; those of some members only when `members` says so. */
  async payloads(
    runId: string,
    rows: readonly { refs: string | null }[],
    members: (name: string) => boolean = () => true,
  ): Promise<ReadonlyMap<string, string>> {
    const hashes = rows.flatMap((row) =>
      Object.entries(refsOf(row)).flatMap(([name, [hash]]) => (members(name) ? [hash] : [])),
    );
    if (hashes.length === 0) return new Map();
    const found = await this.database.db
      .selectFrom('payloads')
      .select(['hash', 'body'])
      .where('run_id', '=', runId)
      .where('hash', 'in', [...new Set(hashes)])
      .execute();
    return new Map(found.map(({ hash, body }) => [hash, body]));
  }

  async payload(runId: string, hash: string): Promise<string | undefined> {
    const row = await this.database.db
      .selectFrom('payloads')
      .select('body')
      .where('run_id', '=', runId)
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row?.body;
  }
}

function runColumns(runs: readonly RunRow[]): Buffer[] {
  const texts = (of: (run: RunRow) => string | null) => textArray(runs.map(of));
  const times = (of: (run: RunRow) => number | null) => timeArray(runs.map(of));
  return [
    texts((run) => run.id),
    texts((run) => run.workflow),
    texts((run) => run.version),
    texts((run) => run.status),
    texts((run) => run.owner),
    times((run) => run.wakeAt),
    texts((run) => run.parentRun),
    texts((run) => storable(run.clientTrackingId)),
    texts((run) => run.triggerName),
    times((run) => run.startedAt),
    times((run) => run.endedAt),
    texts((run) => storable(run.code)),
    texts((run) => storable(run.errorMessage)),
    texts((run) => run.resubmittedFrom),
  ];
}

function eventColumns(events: readonly JournalRow[]): Buffer[] {
  const payloads: { readonly runId: string; readonly hash: string; readonly body: string }[] = [];
  for (const { runId, payloads: own } of events)
    for (const { hash, body } of own) payloads.push({ runId, hash, body });
  return [
    textArray(events.map((event) => event.runId)),
    integerArray(events.map((event) => event.seq)),
    textArray(events.map((event) => event.body)),
    textArray(events.map((event) => event.refs ?? null)),
    textArray(payloads.map((payload) => payload.runId)),
    textArray(payloads.map((payload) => payload.hash)),
    textArray(payloads.map((payload) => payload.body)),
  ];
}

/** PostgreSQL's text holds no NUL; what users chose must not stop a batch. */
export function storable<Text extends string | null>(text: Text): Text {
  return (text?.includes('\0') ? text.replaceAll('\0', '\ufffd') : text) as Text;
}
