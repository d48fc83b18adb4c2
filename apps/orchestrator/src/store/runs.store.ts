import type { Database } from '@isthmus/database';
import type { Selectable } from 'kysely';
import type { Tables } from './tables.js';

/** A run as lists show it. */
export type RunListRow = Selectable<Tables['runs']>;

/** Which runs a list shows. */
export interface RunFilter {
  readonly workflow: string;
  readonly status?: string;
  readonly clientTrackingId?: string;
  readonly startedFrom?: Date;
  readonly startedTo?: Date;
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

  list(filter: RunFilter): Promise<RunListRow[]> {
    let query = this.database.db
      .selectFrom('runs')
      .selectAll()
      .where('workflow', '=', filter.workflow)
      .orderBy('id')
      .limit(filter.top);
    if (filter.status !== undefined) query = query.where('status', '=', filter.status);
    if (filter.clientTrackingId !== undefined) {
      query = query.where('client_tracking_id', '=', filter.clientTrackingId);
    }
    if (filter.startedFrom !== undefined)
      query = query.where('started_at', '>=', filter.startedFrom);
    if (filter.startedTo !== undefined) query = query.where('started_at', '<=', filter.startedTo);
    if (filter.after !== undefined) query = query.where('id', '>', filter.after);
    return query.execute();
  }

  /** Runs that an action of this run started. */
  children(parentRun: string): Promise<RunListRow[]> {
    return this.database.db
      .selectFrom('runs')
      .selectAll()
      .where('parent_run', '=', parentRun)
      .execute();
  }

  async requestCancel(id: string): Promise<void> {
    await this.database.db
      .updateTable('runs')
      .set({ cancel_requested: true })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .execute();
  }

  /** Accepts the first callback of a waiting action; false for every later one. */
  async acceptSignal(runId: string, path: string, body: string): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.database.db
      .insertInto('signals')
      .values({ run_id: runId, path, body })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }
}
