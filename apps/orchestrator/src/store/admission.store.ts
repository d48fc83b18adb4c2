import type { Database } from '@isthmus/database';
import { sql, type Transaction } from 'kysely';
import { storable, type JournalRow, type ReplicaKey, type RunRow } from './journal.store.js';
import { assertLease, notify } from './replicas.store.js';
import type { Tables } from './tables.js';

/** How many runs of a trigger may run, and wait, at once. */
export interface ConcurrencyLimit {
  readonly runs: number;
  readonly waiting: number;
}

/** A run that is begun by its row and first events, in a transaction of its own. */
export interface Admission {
  readonly row: RunRow;
  readonly events: readonly JournalRow[];
  readonly limit?: ConcurrencyLimit;
  /** Chosen by the caller: a repeated call finds the run that it began before. */
  readonly idempotencyKey?: string;
}

/** What became of it. `running`: the replica that asked owns the run. */
export type Admitted =
  | { readonly kind: 'running' | 'waiting' }
  | { readonly kind: 'known'; readonly runId: string }
  /** As many runs wait as may. */
  | { readonly kind: 'refused' };

/** Begins runs whose beginning depends on other runs, exactly once over all replicas. */
export class AdmissionStore {
  constructor(private readonly database: Database<Tables>) {}

  admit(me: ReplicaKey, admission: Admission): Promise<Admitted> {
    return this.database.db
      .transaction()
      .execute((transaction) => admit(transaction, me, admission));
  }

  /**
   * Lets waiting runs of a trigger begin as far as its limit allows.
   * @returns whether any did
   */
  async promote(workflow: string, trigger: string, limit: ConcurrencyLimit): Promise<boolean> {
    return this.database.db.transaction().execute(async (transaction) => {
      const { running, waiting } = await counts(transaction, workflow, trigger);
      const free = Math.min(limit.runs - running, waiting);
      if (free <= 0) return false;
      await sql`
        update runs set queued_at = null, wake_at = now(), status = 'Running'
        where id in (
          select id from runs
          where workflow = ${workflow} and trigger_name = ${trigger} and ended_at is null
            and queued_at is not null
          order by queued_at, id desc limit ${free}
        )`.execute(transaction);
      await notify(transaction, '');
      return true;
    });
  }

  /** How many runs wait for their turn, and how many triggers are overdue. */
  async depth(): Promise<{ runs: number; triggers: number }> {
    const { rows } = await sql<{ runs: number; triggers: number }>`
      select
        (select count(*)::integer from runs where queued_at is not null and ended_at is null) as runs,
        (select count(*)::integer from triggers where next_at < now() - interval '1 second') as triggers`.execute(
      this.database.db,
    );
    return rows[0] ?? { runs: 0, triggers: 0 };
  }

  /** Triggers that have waiting runs. */
  async waitingTriggers(): Promise<{ workflow: string; trigger_name: string; version: string }[]> {
    const { rows } = await sql<{ workflow: string; trigger_name: string; version: string }>`
      select workflow, trigger_name, max(version) as version from runs
      where queued_at is not null and ended_at is null group by 1, 2`.execute(this.database.db);
    return rows;
  }
}

/**
 * Begins a run inside of a transaction of the caller.
 * @param me who owns the run; undefined: whoever claims it first
 * @throws LeaseLost
 */
export async function admit(
  transaction: Transaction<Tables>,
  me: ReplicaKey | undefined,
  { row, events, limit, idempotencyKey }: Admission,
): Promise<Admitted> {
  if (me) await assertLease(transaction, me);
  if (idempotencyKey !== undefined) {
    await lock(transaction, `call ${row.workflow} ${idempotencyKey}`);
    const known = await transaction
      .selectFrom('runs')
      .select('id')
      .where('workflow', '=', row.workflow)
      .where('idempotency_key', '=', idempotencyKey)
      .executeTakeFirst();
    if (known) return { kind: 'known', runId: known.id };
  }
  const place = limit ? await placeOf(transaction, row, limit) : 'running';
  if (place === 'refused') return { kind: 'refused' };
  const queued = place === 'waiting';
  await transaction
    .insertInto('runs')
    .values({
      id: row.id,
      workflow: row.workflow,
      version: row.version,
      status: queued ? 'Waiting' : row.status,
      owner: queued ? null : (me?.id ?? null),
      wake_at: queued || me ? null : new Date(0),
      parent_run: row.parentRun,
      client_tracking_id: storable(row.clientTrackingId),
      trigger_name: row.triggerName,
      started_at: new Date(row.startedAt),
      ended_at: null,
      code: null,
      error_message: null,
      queued_at: queued ? new Date() : null,
      resubmitted_from: row.resubmittedFrom,
      idempotency_key: idempotencyKey ?? null,
    })
    .execute();
  await keepEvents(transaction, events);
  if (!me) await notify(transaction, '');
  return { kind: place };
}

async function placeOf(
  transaction: Transaction<Tables>,
  row: RunRow,
  limit: ConcurrencyLimit,
): Promise<'running' | 'waiting' | 'refused'> {
  const { running, waiting } = await counts(transaction, row.workflow, row.triggerName);
  // First come, first served: nobody overtakes those that wait.
  if (running < limit.runs && waiting === 0) return 'running';
  return waiting < limit.waiting ? 'waiting' : 'refused';
}

async function counts(transaction: Transaction<Tables>, workflow: string, trigger: string) {
  await lock(transaction, `concurrency ${workflow} ${trigger}`);
  const { rows } = await sql<{ running: number; waiting: number }>`
    select count(*) filter (where queued_at is null)::integer as running,
           count(*) filter (where queued_at is not null)::integer as waiting
    from runs
    where workflow = ${workflow} and trigger_name = ${trigger} and ended_at is null`.execute(
    transaction,
  );
  return rows[0]!;
}

/** A lock of that name until the transaction ends. */
export async function lock(transaction: Transaction<Tables>, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(transaction);
}

async function keepEvents(
  transaction: Transaction<Tables>,
  events: readonly JournalRow[],
): Promise<void> {
  for (const { runId, seq, body, refs, payloads } of events) {
    await transaction
      .insertInto('journal')
      .values({ run_id: runId, seq, body, refs: refs ?? null })
      .execute();
    for (const payload of payloads) {
      await transaction
        .insertInto('payloads')
        .values({ run_id: runId, ...payload })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  }
}
