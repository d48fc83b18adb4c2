import type { Database } from '@isthmus/database';
import { sql } from 'kysely';
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
  async heartbeat(id: string, epoch: string, leaseMs: number): Promise<boolean> {
    const { numAffectedRows } = await sql`
      update replicas set lease_until = now() + ${leaseMs} * interval '1 millisecond'
      where id = ${id} and epoch = ${epoch}`.execute(this.database.db);
    return numAffectedRows === 1n;
  }

  /** Gives up all runs and the registration, for a graceful stop. */
  async release(id: string, epoch: string): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      const { numAffectedRows } = await sql`
        delete from replicas where id = ${id} and epoch = ${epoch}`.execute(transaction);
      if (numAffectedRows !== 1n) return;
      await sql`update runs set owner = null, wake_at = now() where owner = ${id} and ended_at is null`.execute(
        transaction,
      );
    });
  }

  /**
   * Takes over the runs of replicas whose lease has ended. Raising the epoch waits for the batch
   * that such a replica has in flight and refuses every later one.
   */
  async takeOver(id: string, most: number): Promise<ClaimedRun[]> {
    return this.database.db.transaction().execute(async (transaction) => {
      await sql`
        with dead as (
          select id from replicas where lease_until < now() and id <> ${id} for update skip locked
        ), raised as (
          update replicas set epoch = epoch + 1 where id in (select id from dead) returning id
        )
        update runs set owner = null, wake_at = now()
        where owner in (select id from raised) and ended_at is null`.execute(transaction);
      await sql`
        delete from replicas r where lease_until < now() - interval '1 hour'
          and not exists (select 1 from runs where owner = r.id and ended_at is null)`.execute(
        transaction,
      );
      return claim(transaction, id, most);
    });
  }

  /** Claims suspended runs whose time has come. */
  async claimDue(id: string, most: number): Promise<ClaimedRun[]> {
    return claim(this.database.db, id, most);
  }

  /** Claims one run, for a callback or a cancellation; undefined when it is over or owned. */
  async claimRun(id: string, runId: string): Promise<ClaimedRun | undefined> {
    const { rows } = await sql<ClaimedRow>`
      update runs set owner = ${id}, wake_at = null
      where id = ${runId} and owner is null and ended_at is null
      returning id, workflow, version, cancel_requested`.execute(this.database.db);
    return rows.map(claimed)[0];
  }
}

async function claim(db: Database<Tables>['db'], id: string, most: number): Promise<ClaimedRun[]> {
  const { rows } = await sql<ClaimedRow>`
    update runs set owner = ${id}, wake_at = null
    where id in (
      select id from runs where owner is null and ended_at is null and wake_at <= now()
      order by wake_at limit ${most} for update skip locked
    )
    returning id, workflow, version, cancel_requested`.execute(db);
  return rows.map(claimed);
}

function claimed(row: ClaimedRow): ClaimedRun {
  const { id, workflow, version, cancel_requested: cancelRequested } = row;
  return { id, workflow, version, cancelRequested };
}
