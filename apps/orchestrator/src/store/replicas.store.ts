import type { Database } from '@isthmus/database';
import { sql, type Kysely } from 'kysely';
import { LeaseLost, type ReplicaKey } from './journal.store.js';
import type { Tables } from './tables.js';

/** A run that a replica has to go on with. */
export interface ClaimedRun {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly cancelRequested: boolean;
}

interface ClaimedRow {
  id: string;
  workflow: string;
  version: string;
  cancel_requested: boolean;
}

/** Leases of replicas and the ownership of runs. All times are the database's. */
export class ReplicasStore {
  constructor(private readonly database: Database<Tables>) {}

  /** Registers a replica with a lease; gives its epoch. */
  async register(id: string, leaseMs: number, version: string): Promise<string> {
    const { rows } = await sql<{ epoch: string }>`
      insert into replicas (id, epoch, lease_until, version)
      values (${id}, 1, now() + ${leaseMs} * interval '1 millisecond', ${version})
      on conflict (id) do update set epoch = replicas.epoch + 1, lease_until = excluded.lease_until
      returning epoch`.execute(this.database.db);
    return rows[0]!.epoch;
  }

  /** Extends the lease; false when another replica took over. */
  async heartbeat({ id, epoch }: ReplicaKey, leaseMs: number): Promise<boolean> {
    const { numAffectedRows } = await sql`
      update replicas set lease_until = now() + ${leaseMs} * interval '1 millisecond'
      where id = ${id} and epoch = ${epoch}`.execute(this.database.db);
    return numAffectedRows === 1n;
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
   * runs whose time has come. Raising the epoch waits for the batch that a dead replica has in
   * flight and refuses every later one.
   */
  async takeOver(me: ReplicaKey, most: number): Promise<ClaimedRun[]> {
    return this.database.db.transaction().execute(async (transaction) => {
      await assertLease(transaction, me);
      await sql`
        with dead as (
          select id from replicas where lease_until < now() and id <> ${me.id} for update skip locked
        ), raised as (
          update replicas set epoch = epoch + 1 where id in (select id from dead) returning id
        )
        update runs set owner = null, wake_at = now()
        where ended_at is null and owner is not null
          and (owner in (select id from raised)
               or not exists (select 1 from replicas where replicas.id = runs.owner))`.execute(
        transaction,
      );
      await sql`
        delete from replicas r where lease_until < now() - interval '1 hour'
          and not exists (select 1 from runs where owner = r.id and ended_at is null)`.execute(
        transaction,
      );
      const { rows } = await sql<ClaimedRow>`
        update runs set owner = ${me.id}, wake_at = null
        where id in (
          select id from runs where owner is null and ended_at is null and wake_at <= now()
          order by wake_at limit ${most} for update skip locked
        )
        returning id, workflow, version, cancel_requested`.execute(transaction);
      return rows.map(claimed);
    });
  }

  /** Claims one run, for a callback or a cancellation; undefined when it is over or owned. */
  async claimRun(me: ReplicaKey, runId: string): Promise<ClaimedRun | undefined> {
    const { rows } = await sql<ClaimedRow>`
      with me as materialized (
        select id from replicas where id = ${me.id} and epoch = ${me.epoch} for share
      )
      update runs set owner = ${me.id}, wake_at = null, queued_at = null
      where id = ${runId} and owner is null and ended_at is null and exists (select 1 from me)
      returning id, workflow, version, cancel_requested`.execute(this.database.db);
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

function claimed(row: ClaimedRow): ClaimedRun {
  const { id, workflow, version, cancel_requested: cancelRequested } = row;
  return { id, workflow, version, cancelRequested };
}
