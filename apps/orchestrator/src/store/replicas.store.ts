import type { Database } from '@isthmus/database';
import { sql, type Kysely } from 'kysely';
import { countTakenOver } from '../observability/metrics.js';
import { LeaseLost, type ReplicaKey } from './journal.store.js';
import type { Tables } from './tables.js';

/** A run that a replica has to go on with. */
export interface ClaimedRun {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  /** The run that called it. */
  readonly parentRun?: string;
}

interface ClaimedRow {
  id: string;
  workflow: string;
  version: string;
  parent_run: string | null;
}

/** What a replica looks for. */
export interface TakeOver {
  /** How many runs are claimed at once. */
  readonly most: number;
  /** Whether replicas whose lease has ended may be declared dead. */
  readonly fromDead: boolean;
  /** Runs with which so many replicas died are not claimed any more, but set aside. */
  readonly poisonLimit: number;
}

/**
 * A run with which so many replicas died, one after the other, without its getting on, may be what
 * kills them: few such runs are claimed at a time, then one, so that the others get on and the
 * guilty one is found.
 */
const warnedFrom = 2;
const suspectFrom = 3;
const mostWarned = 20;
/** A run that has lived so long with its replica does not kill it. */
const acquitted = sql`interval '1 minute'`;

const milliseconds = sql`(extract(epoch from clock_timestamp()) * 1000)::float8`;

/** Leases of replicas and the ownership of runs. All times are the database's. */
export class ReplicasStore {
  constructor(private readonly database: Database<Tables>) {}

  /** Registers a replica with a lease; gives its epoch and the time. */
  async register(
    id: string,
    leaseMs: number,
    version: string,
  ): Promise<{ epoch: string; now: number }> {
    const { rows } = await sql<{ epoch: string; now: number }>`
      insert into replicas (id, epoch, lease_until, version)
      values (${id}, 1, now() + ${leaseMs} * interval '1 millisecond', ${version})
      on conflict (id) do update set epoch = replicas.epoch + 1, lease_until = excluded.lease_until
      returning epoch, ${milliseconds} as now`.execute(this.database.db);
    return rows[0]!;
  }

  /** Extends the lease and gives the time; undefined when another replica took over. */
  async heartbeat({ id, epoch }: ReplicaKey, leaseMs: number): Promise<number | undefined> {
    const { rows } = await sql<{ now: number }>`
      update replicas set lease_until = now() + ${leaseMs} * interval '1 millisecond'
      where id = ${id} and epoch = ${epoch}
      returning ${milliseconds} as now`.execute(this.database.db);
    return rows[0]?.now;
  }

  /** Gives up all runs and the registration, for a graceful stop. */
  async release({ id, epoch }: ReplicaKey): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      const { numAffectedRows } = await sql`
        delete from replicas where id = ${id} and epoch = ${epoch}`.execute(transaction);
      if (numAffectedRows !== 1n) return;
      await sql`
        update runs set owner = null, wake_at = now()
        where owner = ${id} and ended_at is null`.execute(transaction);
      await notify(transaction, '');
    });
  }

  /**
   * Takes over the runs of replicas whose lease has ended or that are no more, and claims suspended
   * runs whose time has come or for which something came. Raising the epoch waits for the batch that
   * a dead replica has in flight and refuses every later one.
   */
  takeOver(me: ReplicaKey, how: TakeOver): Promise<ClaimedRun[]> {
    return this.database.db.transaction().execute(async (transaction) => {
      await assertLease(transaction, me);
      if (how.fromDead) countTakenOver(await disown(transaction, me.id));
      const { rows } = await claim(transaction, me.id, how);
      return rows.map(claimed);
    });
  }

  /** Open runs that are this replica's. */
  async owned({ id }: ReplicaKey): Promise<ClaimedRun[]> {
    const { rows } = await sql<ClaimedRow>`
      select id, workflow, version, parent_run from runs
      where owner = ${id} and ended_at is null`.execute(this.database.db);
    return rows.map(claimed);
  }

  /**
   * Ends runs with which so many replicas died, one after the other, that they must be the cause.
   * @param body the event that ends them, as the journal keeps it
   * @returns their ids
   */
  async setAside(
    limit: number,
    end: { body: string; code: string; message: string },
  ): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      with poison as (
        update runs set status = 'Failed', wake_at = null, ended_at = now(),
          code = ${end.code}, error_message = ${end.message}
        where id in (
          select id from runs
          where crashes >= ${limit} and owner is null and ended_at is null
          limit 100 for update skip locked
        )
        returning id
      )
      insert into journal (run_id, seq, body)
      select id, coalesce((select max(seq) from journal where run_id = id), 0) + 1, ${end.body}
      from poison returning run_id as id`.execute(this.database.db);
    return rows.map(({ id }) => id);
  }

  /** Claims one run, for a callback or a cancellation; undefined when it is over, owned or under suspicion. */
  async claimRun(me: ReplicaKey, runId: string): Promise<ClaimedRun | undefined> {
    const { rows } = await sql<ClaimedRow>`
      with me as materialized (
        select id from replicas where id = ${me.id} and epoch = ${me.epoch} for share
      )
      update runs set owner = ${me.id}, wake_at = null, queued_at = null, signalled = false,
        claimed_at = now()
      where id = ${runId} and owner is null and ended_at is null and crashes < ${warnedFrom}
        and exists (select 1 from me)
      returning id, workflow, version, parent_run`.execute(this.database.db);
    return rows.map(claimed)[0];
  }
}

/** Holds the lease for the length of a transaction. @throws LeaseLost when it is gone */
export async function assertLease(db: Kysely<Tables>, { id, epoch }: ReplicaKey): Promise<void> {
  const { rows } = await sql`
    select id from replicas where id = ${id} and epoch = ${epoch} for share`.execute(db);
  if (rows.length === 0) throw new LeaseLost(`replica ${id} lost its lease`);
}

/** The channel on which replicas tell each other that there is something to do. */
export const channel = 'isthmus_orchestrator';

/** Wakes all replicas: for a run (callback, cancellation), or (empty) to look for work. */
export async function notify(db: Kysely<Tables>, runId: string): Promise<void> {
  await sql`select pg_notify(${channel}, ${runId})`.execute(db);
}

/** Declares replicas dead whose lease has ended: their runs are nobody's, and due. */
async function disown(db: Kysely<Tables>, me: string): Promise<number> {
  const { numAffectedRows } = await sql`
    with dead as (
      select id from replicas where lease_until < now() and id <> ${me}
        and exists (select 1 from runs where owner = replicas.id and ended_at is null)
      for update skip locked
    ), raised as (
      update replicas set epoch = epoch + 1 where id in (select id from dead) returning id
    )
    update runs set owner = null, wake_at = now(),
      crashes = case when claimed_at < now() - ${acquitted} then 1 else crashes + 1 end
    where ended_at is null and owner is not null
      and (owner in (select id from raised)
           or not exists (select 1 from replicas where replicas.id = runs.owner))`.execute(db);
  await sql`
    delete from replicas where id in (
      select id from replicas r where lease_until < now() and id <> ${me}
        and not exists (select 1 from runs where owner = r.id and ended_at is null)
      for update skip locked
    )`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

function claim(db: Kysely<Tables>, me: string, { most, poisonLimit }: TakeOver) {
  const due = sql`owner is null and ended_at is null and wake_at <= now()`;
  return sql<ClaimedRow>`
    with mine as (
      select count(*) filter (where crashes < ${suspectFrom}) as warned,
             count(*) filter (where crashes >= ${suspectFrom}) as suspect
      from runs where owner = ${me} and crashes >= ${warnedFrom} and ended_at is null
        and claimed_at > now() - ${acquitted}
    ), calm as (
      select id from runs where ${due}
        and crashes < least(${warnedFrom}, ${poisonLimit}::integer)
      order by wake_at limit ${most} for update skip locked
    ), warned as (
      select id from runs where ${due} and crashes >= ${warnedFrom}
        and crashes < least(${suspectFrom}, ${poisonLimit}::integer)
      order by wake_at limit greatest(0, ${mostWarned} - (select warned from mine))
      for update skip locked
    ), suspect as (
      select id from runs where ${due} and crashes >= ${suspectFrom} and crashes < ${poisonLimit}
      order by crashes, wake_at limit greatest(0, 1 - (select suspect from mine))
      for update skip locked
    )
    update runs set owner = ${me}, wake_at = null, queued_at = null, signalled = false,
      claimed_at = now()
    where id in (select id from calm union all select id from warned union all select id from suspect)
    returning id, workflow, version, parent_run`.execute(db);
}

function claimed(row: ClaimedRow): ClaimedRun {
  const { id, workflow, version, parent_run: parentRun } = row;
  return { id, workflow, version, ...(parentRun !== null && { parentRun }) };
}
