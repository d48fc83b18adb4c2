import type { Database } from '@isthmus/database';
import { sql, type Selectable, type Transaction } from 'kysely';
import { admit, lock, type Admission, type Admitted } from './admission.store.js';
import { storable } from './journal.store.js';
import { isSelected, type RunFilter, type WorkflowSelection } from './runs.store.js';
import type { Tables } from './tables.js';

/** What the orchestrator does for a trigger by itself. */
export type TriggerTask =
  | 'recurrence'
  | 'poll'
  | 'batch'
  | 'subscribe'
  | 'subscribed'
  | 'unsubscribe';

/** A trigger with the task that waits for its time. */
export type TriggerRow = Omit<Selectable<Tables['triggers']>, 'task'> & {
  readonly task: TriggerTask;
};

/** A claimed task, and what time the database has. */
export type DueTrigger = TriggerRow & { readonly claim: string; readonly now: Date };

/** A trigger of the current version that needs the orchestrator. */
export interface WantedTrigger {
  readonly name: string;
  readonly task: TriggerTask;
  /** Changes when the trigger's definition does. */
  readonly contentHash: string;
  /** First time of the task; undefined: when something asks for it. */
  readonly firstAt: Date | undefined;
}

/** An attempt of a trigger that led to no run. */
export type TriggerAttempt = Selectable<Tables['trigger_histories']>;

/** How a task ended. */
export interface TaskResult {
  /** Undefined: the row has done its service and goes. */
  readonly next?: {
    readonly task?: TriggerTask;
    readonly at: Date | null;
    readonly memory?: string | null;
  };
  readonly runs?: readonly Admission[];
  readonly attempts?: readonly TriggerAttempt[];
  readonly fired?: boolean;
}

/** A task is done again by another replica when nothing was heard for so long. */
const claimMinutes = 10;

/** Triggers that fire by themselves: what is due, who does it, what came of it. */
export class TriggersStore {
  constructor(private readonly database: Database<Tables>) {}

  /**
   * Makes the tasks of a workflow those of its current version. Subscriptions that are no longer
   * wanted are given up first.
   */
  async sync(workflow: string, version: string, wanted: readonly WantedTrigger[]): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await lock(transaction, `triggers ${workflow}`);
      const rows = await transaction
        .selectFrom('triggers')
        .selectAll()
        .where('workflow', '=', workflow)
        .execute();
      for (const row of rows) {
        const kept = wanted.some(
          ({ name, contentHash }) => name === row.name && contentHash === row.content_hash,
        );
        if (!kept) await retire(transaction, row as TriggerRow);
      }
      for (const trigger of wanted) await insert(transaction, { workflow, version, trigger });
    });
  }

  /** Claims tasks whose time has come; each is claimed by one replica. */
  async claimDue(claim: string, most: number): Promise<DueTrigger[]> {
    const { rows } = await sql<DueTrigger>`
      update triggers set claim = ${claim}, claim_until = now() + ${claimMinutes} * interval '1 minute'
      where (workflow, name) in (
        select workflow, name from triggers
        where next_at <= now() and (claim_until is null or claim_until < now())
        order by next_at limit ${most} for update skip locked
      )
      returning *, now() as now`.execute(this.database.db);
    return rows;
  }

  /**
   * Ends a task: its runs begin, its history is kept and its next time is set in one transaction, so
   * that each occurrence fires once. Undefined when the claim was lost; then nothing has happened.
   */
  async complete(row: DueTrigger, result: TaskResult): Promise<Admitted[] | undefined> {
    return this.database.db.transaction().execute(async (transaction) => {
      const mine = await transaction
        .selectFrom('triggers')
        .select('name')
        .where('workflow', '=', row.workflow)
        .where('name', '=', row.name)
        .where('claim', '=', row.claim)
        .forUpdate()
        .executeTakeFirst();
      if (!mine) return undefined;
      const admitted: Admitted[] = [];
      for (const run of result.runs ?? []) admitted.push(await admit(transaction, undefined, run));
      await keepAttempts(transaction, result.attempts ?? []);
      await moveOn(transaction, row, result);
      return admitted;
    });
  }

  list(workflow: string): Promise<TriggerRow[]> {
    return this.database.db
      .selectFrom('triggers')
      .selectAll()
      .where('workflow', '=', workflow)
      .execute() as Promise<TriggerRow[]>;
  }

  /** The task is due now. */
  async poke(workflow: string, name: string, at = new Date(0)): Promise<void> {
    await sql`
      update triggers set next_at = least(coalesce(next_at, ${at}), ${at})
      where workflow = ${workflow} and name = ${name}`.execute(this.database.db);
  }

  /** Gives up the task of a trigger with what it remembers; a subscription is withdrawn. */
  async reset(workflow: string, name: string): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await lock(transaction, `triggers ${workflow}`);
      const row = await transaction
        .selectFrom('triggers')
        .selectAll()
        .where('workflow', '=', workflow)
        .where('name', '=', name)
        .executeTakeFirst();
      if (row) await retire(transaction, row as TriggerRow);
    });
  }

  /** Makes a trigger remember what another one of the same task does; false when there is no such pair. */
  async copyState(
    from: { readonly workflow: string; readonly name: string },
    to: { readonly workflow: string; readonly name: string },
  ): Promise<boolean> {
    const { numAffectedRows } = await sql`
      update triggers t set memory = s.memory, next_at = s.next_at, enabled_at = s.enabled_at
      from triggers s
      where s.workflow = ${from.workflow} and s.name = ${from.name}
        and t.workflow = ${to.workflow} and t.name = ${to.name}
        and t.task = s.task and t.task in ('poll', 'recurrence')`.execute(this.database.db);
    return numAffectedRows === 1n;
  }

  async addAttempts(attempts: readonly TriggerAttempt[]): Promise<void> {
    await keepAttempts(this.database.db, attempts);
  }

  attempts(filter: {
    readonly workflow: string;
    readonly trigger: string;
    readonly statuses?: readonly string[];
    readonly started?: RunFilter['started'];
    readonly after?: string;
    readonly top: number;
  }): Promise<TriggerAttempt[]> {
    let query = this.database.db
      .selectFrom('trigger_histories')
      .selectAll()
      .where('workflow', '=', filter.workflow)
      .where('trigger_name', '=', filter.trigger)
      .orderBy('id')
      .limit(filter.top);
    if (filter.statuses !== undefined) query = query.where('status', 'in', [...filter.statuses]);
    for (const { operator, time } of filter.started ?? [])
      query = query.where('started_at', operator, time);
    if (filter.after !== undefined) query = query.where('id', '>', filter.after);
    return query.execute();
  }

  attempt(workflow: string, trigger: string, id: string): Promise<TriggerAttempt | undefined> {
    return this.database.db
      .selectFrom('trigger_histories')
      .selectAll()
      .where('workflow', '=', workflow)
      .where('trigger_name', '=', trigger)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  async removeAttempts(before: Date, workflows: WorkflowSelection): Promise<void> {
    await this.database.db
      .deleteFrom('trigger_histories')
      .where('ended_at', '<', before)
      .where(isSelected(workflows))
      .execute();
  }
}

async function retire(transaction: Transaction<Tables>, row: TriggerRow): Promise<void> {
  const isSubscription = row.task === 'subscribed' || row.task === 'subscribe';
  if (row.task === 'unsubscribe') return;
  const mine = transaction
    .updateTable('triggers')
    .where('workflow', '=', row.workflow)
    .where('name', '=', row.name);
  if (isSubscription)
    await mine
      .set({ task: 'unsubscribe', next_at: new Date(0), claim: null, claim_until: null })
      .execute();
  else
    await transaction
      .deleteFrom('triggers')
      .where('workflow', '=', row.workflow)
      .where('name', '=', row.name)
      .execute();
}

async function insert(
  transaction: Transaction<Tables>,
  of: { readonly workflow: string; readonly version: string; readonly trigger: WantedTrigger },
): Promise<void> {
  const { workflow, version, trigger } = of;
  await transaction
    .insertInto('triggers')
    .values({
      workflow,
      name: trigger.name,
      version,
      task: trigger.task,
      content_hash: trigger.contentHash,
      enabled_at: new Date(),
      next_at: trigger.firstAt ?? null,
      last_at: null,
      memory: null,
      claim: null,
      claim_until: null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['workflow', 'name'])
        .doUpdateSet({ version })
        // A subscription is given up with the version that made it.
        .where('triggers.task', 'in', ['recurrence', 'poll', 'batch']),
    )
    .execute();
}

async function moveOn(
  transaction: Transaction<Tables>,
  row: DueTrigger,
  { next, fired }: TaskResult,
): Promise<void> {
  if (!next) {
    await transaction
      .deleteFrom('triggers')
      .where('workflow', '=', row.workflow)
      .where('name', '=', row.name)
      .execute();
    return;
  }
  await transaction
    .updateTable('triggers')
    .set({
      claim: null,
      claim_until: null,
      next_at: next.at,
      ...(next.task && { task: next.task }),
      ...(next.memory !== undefined && { memory: next.memory }),
      ...(fired && { last_at: row.now }),
    })
    .where('workflow', '=', row.workflow)
    .where('name', '=', row.name)
    .execute();
}

/** One statement holds so many rows. */
const rowsAtOnce = 1000;

async function keepAttempts(
  db: Database<Tables>['db'],
  attempts: readonly TriggerAttempt[],
): Promise<void> {
  for (let at = 0; at < attempts.length; at += rowsAtOnce) {
    const rows = attempts
      .slice(at, at + rowsAtOnce)
      .map((attempt) => ({ ...attempt, error_message: storable(attempt.error_message) }));
    await db
      .insertInto('trigger_histories')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
