import type { Database } from '@isthmus/database';
import { sql, type RawBuilder, type Selectable, type Transaction } from 'kysely';
import { notify } from './replicas.store.js';
import { hasTracked, holdsText, type SecuredParts } from './run-conditions.js';
import type { Tables } from './tables.js';

/** A run as lists show it. */
export type RunListRow = Selectable<Tables['runs']>;

/** Bytes of JSON that the trigger of a run has as inputs and outputs; null where it has none. */
export interface TriggerSizes {
  readonly inputs: number | null;
  readonly outputs: number | null;
}

/** Which runs a list shows. */
export interface RunFilter {
  readonly workflow?: string;
  readonly trigger?: string;
  readonly statuses?: readonly string[];
  readonly clientTrackingId?: string;
  readonly started?: readonly {
    readonly operator: '>=' | '>' | '<=' | '<' | '=';
    readonly time: Date;
  }[];
  /** A tracked property with this value. */
  readonly tracked?: { readonly name: string; readonly value: string };
  /** Text that the journal of the run holds, outside of what is secured. */
  readonly text?: string;
  readonly secured?: readonly SecuredParts[];
  /** Ids sort newest first; the page begins behind this one. */
  readonly after?: string;
  readonly top: number;
}

/** One workflow, or all but some; names in lower case. */
export type WorkflowSelection = { readonly only: string } | { readonly except: readonly string[] };

/** Runs as the history shows them, and what others ask of them. */
export class RunsStore {
  constructor(private readonly database: Database<Tables>) {}

  run(id: string): Promise<RunListRow | undefined> {
    return this.database.db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** The newest first. */
  list(filter: RunFilter): Promise<RunListRow[]> {
    const { workflow, trigger, statuses, clientTrackingId, tracked, text, after } = filter;
    let query = this.database.db.selectFrom('runs').selectAll().orderBy('id').limit(filter.top);
    if (workflow !== undefined) query = query.where('workflow', '=', workflow);
    if (trigger !== undefined) query = query.where('trigger_name', '=', trigger);
    if (statuses !== undefined) query = query.where('status', 'in', [...statuses]);
    if (clientTrackingId !== undefined)
      query = query.where('client_tracking_id', '=', clientTrackingId);
    for (const { operator, time } of filter.started ?? [])
      query = query.where('started_at', operator, time);
    if (tracked !== undefined) query = query.where((builder) => hasTracked(builder, tracked));
    if (text !== undefined)
      query = query.where((builder) => holdsText(builder, text, filter.secured ?? []));
    if (after !== undefined) query = query.where('id', '>', after);
    return query.execute();
  }

  /** Versions that runs of a workflow were begun with. */
  async versions(workflow: string): Promise<string[]> {
    const rows = await this.database.db
      .selectFrom('runs')
      .select('version')
      .distinct()
      .where('workflow', '=', workflow)
      .execute();
    return rows.map(({ version }) => version);
  }

  /** By run; the values themselves are not read. */
  async triggerSizes(ids: readonly string[]): Promise<ReadonlyMap<string, TriggerSizes>> {
    const { rows } = await sql<TriggerSizes & { run_id: string }>`
      with triggers as (
        select j.run_id, coalesce(p.body::json, j.body::json -> 'trigger') as trigger
        from journal j
        left join payloads p on p.run_id = j.run_id and p.hash = j.refs::json -> 'trigger' ->> 0
        where j.run_id = any(${ids}) and j.seq = 1
      )
      select run_id, octet_length((trigger -> 'inputs')::text) as inputs,
        octet_length((trigger -> 'outputs')::text) as outputs
      from triggers`.execute(this.database.db);
    return new Map(rows.map(({ run_id: id, inputs, outputs }) => [id, { inputs, outputs }]));
  }

  /** Sets the flag that outlives everybody, and wakes whoever drives the run. */
  async requestCancel(id: string): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('runs')
        .set({ cancel_requested: true })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .execute();
      await signal(transaction, id);
    });
  }

  /** Runs that a deleted workflow leaves behind. */
  async openRuns(workflow: string): Promise<string[]> {
    const rows = await this.database.db
      .selectFrom('runs')
      .select('id')
      .where('workflow', '=', workflow)
      .where('ended_at', 'is', null)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Accepts the first callback of a waiting action of an open run; false for every later one. */
  async acceptSignal(runId: string, path: string, body: string): Promise<boolean> {
    return this.database.db.transaction().execute(async (transaction) => {
      const { numAffectedRows } = await sql`
        insert into signals (run_id, path, body)
        select id, ${path}, ${body} from runs where id = ${runId} and ended_at is null
        on conflict do nothing`.execute(transaction);
      if (numAffectedRows === 1n) await signal(transaction, runId);
      return numAffectedRows === 1n;
    });
  }

  /** What came for a run: its callbacks, whether or not they are waited for, and a cancellation. */
  async mail(
    runId: string,
  ): Promise<{ callbacks: readonly { path: string; body: string }[]; cancel: boolean }> {
    const { rows } = await sql<{ cancel: boolean; path: string | null; body: string | null }>`
      select cancel_requested as cancel, path, body
      from runs left join signals on run_id = id where id = ${runId}`.execute(this.database.db);
    const callbacks = rows.flatMap(({ path, body }) =>
      path === null || body === null ? [] : [{ path, body }],
    );
    return { callbacks, cancel: rows[0]?.cancel ?? false };
  }

  /** Open runs of a replica for which something came that it may not have heard of. */
  async signalled(owner: string): Promise<string[]> {
    const rows = await this.database.db
      .selectFrom('runs')
      .select('id')
      .where('owner', '=', owner)
      .where('ended_at', 'is', null)
      .where('signalled', '=', true)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** A run that could not be resumed is tried again later, by whoever comes first. */
  async postpone(runId: string, owner: string, milliseconds: number): Promise<void> {
    await sql`
      update runs set owner = null, wake_at = now() + ${milliseconds} * interval '1 millisecond'
      where id = ${runId} and owner = ${owner} and ended_at is null`.execute(this.database.db);
  }

  /** Removes up to `most` runs that ended before a time, with everything about them. */
  async removeEnded(before: Date, most: number, workflows: WorkflowSelection): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      with old as (
        select id from runs where ended_at < ${before} and ${isSelected(workflows)} order by ended_at limit ${most}
        for update skip locked
      ), events as (delete from journal where run_id in (select id from old)
      ), large as (delete from payloads where run_id in (select id from old)
      ), called as (delete from signals where run_id in (select id from old)
      ), gone as (delete from runs where id in (select id from old) returning 1)
      select count(*)::integer as count from gone`.execute(this.database.db);
    return rows[0]?.count ?? 0;
  }
}

/** A condition over the column `workflow`. */
export function isSelected(workflows: WorkflowSelection): RawBuilder<boolean> {
  return 'only' in workflows
    ? sql<boolean>`lower(workflow) = ${workflows.only}`
    : sql<boolean>`lower(workflow) <> all(${[...workflows.except]})`;
}

/**
 * Something came for a run. The row says so itself, so that no outage can make it be forgotten: a
 * run that sleeps is due now, and one that goes to sleep later is due then. The notification only
 * saves the time until the next look.
 */
async function signal(transaction: Transaction<Tables>, runId: string): Promise<void> {
  await sql`
    update runs set signalled = true, wake_at = case when owner is null then now() else wake_at end
    where id = ${runId} and ended_at is null`.execute(transaction);
  await notify(transaction, runId);
}
