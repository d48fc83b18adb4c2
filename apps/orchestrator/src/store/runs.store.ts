import type { Database } from '@isthmus/database';
import { sql, type ExpressionBuilder, type Selectable } from 'kysely';
import { notify } from './replicas.store.js';
import type { Tables } from './tables.js';

/** A run as lists show it. */
export type RunListRow = Selectable<Tables['runs']>;

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
  /** Text that the journal of the run holds. */
  readonly text?: string;
  /** Ids sort newest first; the page begins behind this one. */
  readonly after?: string;
  readonly top: number;
}

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
    if (text !== undefined) query = query.where((builder) => holdsText(builder, text));
    if (after !== undefined) query = query.where('id', '>', after);
    return query.execute();
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
      await notify(transaction, id);
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
      if (numAffectedRows === 1n) await notify(transaction, runId);
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

  /** Open runs that were called or cancelled lately: a notification may have been missed. */
  async lately(milliseconds: number): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      select id from runs where ended_at is null and owner is null and cancel_requested
      union
      select run_id from signals join runs on runs.id = run_id
      where created_at > now() - ${milliseconds} * interval '1 millisecond'
        and ended_at is null and owner is null`.execute(this.database.db);
    return rows.map(({ id }) => id);
  }

  /** A run that could not be resumed is tried again later, by whoever comes first. */
  async postpone(runId: string, owner: string, milliseconds: number): Promise<void> {
    await sql`
      update runs set owner = null, wake_at = now() + ${milliseconds} * interval '1 millisecond'
      where id = ${runId} and owner = ${owner} and ended_at is null`.execute(this.database.db);
  }

  /** Removes up to `most` runs that ended before a time, with everything about them. */
  async removeEnded(before: Date, most: number): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      with old as (
        select id from runs where ended_at < ${before} order by ended_at limit ${most}
        for update skip locked
      ), events as (delete from journal where run_id in (select id from old)
      ), large as (delete from payloads where run_id in (select id from old)
      ), called as (delete from signals where run_id in (select id from old)
      ), gone as (delete from runs where id in (select id from old) returning 1)
      select count(*)::integer as count from gone`.execute(this.database.db);
    return rows[0]?.count ?? 0;
  }
}

type Builder = ExpressionBuilder<Tables, 'runs'>;

function hasTracked(builder: Builder, { name, value }: { name: string; value: string }) {
  return builder.exists(
    builder
      .selectFrom('journal')
      .select('seq')
      .whereRef('journal.run_id', '=', 'runs.id')
      .where('body', 'like', '%"trackedProperties"%')
      .where(
        sql<boolean>`case when body like '%"trackedProperties"%'
          then body::json -> 'trackedProperties' ->> ${name} end = ${value}`,
      ),
  );
}

function holdsText(builder: Builder, text: string) {
  // The text stands in JSON: what JSON escapes, is looked for as JSON writes it.
  const written = JSON.stringify(text).slice(1, -1);
  const pattern = `%${written.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const inJournal = builder
    .selectFrom('journal')
    .select('seq')
    .whereRef('journal.run_id', '=', 'runs.id')
    .where('body', 'ilike', pattern);
  const inPayloads = builder
    .selectFrom('payloads')
    .select('hash')
    .whereRef('payloads.run_id', '=', 'runs.id')
    .where('body', 'ilike', pattern);
  return builder.or([builder.exists(inJournal), builder.exists(inPayloads)]);
}
