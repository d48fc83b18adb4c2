import type { Database } from '@isthmus/database';
import { sql, type Selectable, type Transaction } from 'kysely';
import { countStarted } from '../observability/metrics.js';
import { admit, lock, type Admission } from './admission.store.js';
import type { Tables } from './tables.js';

/** The messages of one partition of a batch trigger. */
export interface BatchPartition {
  readonly workflow: string;
  readonly trigger: string;
  readonly batch: string;
  readonly partition: string;
}

/** A message that waits for its batch. */
export type BatchRow = Selectable<Tables['batch_messages']>;

/** A message to be kept. */
export interface NewMessage {
  readonly key: string;
  readonly id: string;
  readonly content: string;
  readonly contentType: string | null;
}

/** How much waits in a partition. */
export interface WaitingMessages {
  readonly count: number;
  readonly bytes: number;
  /** When the first of them came. */
  readonly since: Date;
}

/** What is decided over the messages that wait. */
export interface BatchRules {
  /** Whether they are released; else when to look again. */
  decide(waiting: WaitingMessages): { readonly isComplete: boolean; readonly wakeAt?: Date };
  /** The run that a release begins; undefined: the messages lead to none. */
  release(messages: readonly BatchRow[]): Admission | undefined;
}

/** A release that found no room under the trigger's limit is tried again after so many milliseconds. */
const retryMs = 5000;

/** Messages of batch triggers. */
export class BatchesStore {
  constructor(private readonly database: Database<Tables>) {}

  /** Keeps a message once, however often it is sent, and releases the batch when its rules say so. */
  async add(partition: BatchPartition, message: NewMessage, rules: BatchRules): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await this.#lock(transaction, partition);
      const { numInsertedOrUpdatedRows: inserted } = await transaction
        .insertInto('batch_messages')
        .values({
          ...columns(partition),
          message_key: message.key,
          message_id: message.id,
          content: message.content,
          content_type: message.contentType,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (inserted !== 1n) return;
      await count(transaction, partition, Buffer.byteLength(message.content));
      await this.#review(transaction, partition, rules);
    });
  }

  /** Releases the batch of a partition when its rules say so; else says when to look again. */
  async review(partition: BatchPartition, rules: BatchRules): Promise<Date | undefined> {
    return this.database.db.transaction().execute(async (transaction) => {
      await this.#lock(transaction, partition);
      return this.#review(transaction, partition, rules);
    });
  }

  /** Partitions of a trigger in which messages wait. */
  async partitions(workflow: string, trigger: string): Promise<BatchPartition[]> {
    const rows = await this.database.db
      .selectFrom('batch_partitions')
      .select(['batch', 'partition'])
      .where('workflow', '=', workflow)
      .where('trigger_name', '=', trigger)
      .execute();
    return rows.map(({ batch, partition }) => ({ workflow, trigger, batch, partition }));
  }

  /** Forgets messages that were released before a time; until then they are known when sent again. */
  async removeReleased(before: Date): Promise<void> {
    await this.database.db
      .deleteFrom('batch_messages')
      .where('released', '=', true)
      .where('received_at', '<', before)
      .execute();
  }

  #lock(transaction: Transaction<Tables>, partition: BatchPartition): Promise<void> {
    return lock(transaction, `batch ${JSON.stringify(Object.values(columns(partition)))}`);
  }

  async #review(
    transaction: Transaction<Tables>,
    partition: BatchPartition,
    rules: BatchRules,
  ): Promise<Date | undefined> {
    const row = await transaction
      .selectFrom('batch_partitions')
      .selectAll()
      .where(isOf(partition))
      .executeTakeFirst();
    if (!row) return undefined;
    const { messages, bytes, since } = row;
    const decision = rules.decide({ count: messages, bytes: Number(bytes), since });
    if (decision.isComplete && (await release(transaction, partition, rules))) return undefined;
    const wakeAt = decision.isComplete ? new Date(Date.now() + retryMs) : decision.wakeAt;
    if (!wakeAt) return undefined;
    await sql`
      update triggers set next_at = least(coalesce(next_at, ${wakeAt}), ${wakeAt})
      where workflow = ${partition.workflow} and name = ${partition.trigger}`.execute(transaction);
    return wakeAt;
  }
}

/** Counts a message that was kept. */
async function count(
  transaction: Transaction<Tables>,
  partition: BatchPartition,
  bytes: number,
): Promise<void> {
  const { workflow, trigger } = partition;
  await sql`
    insert into batch_partitions as known
    values (${workflow}, ${trigger}, ${partition.batch}, ${partition.partition}, 1, ${bytes}, clock_timestamp())
    on conflict (workflow, trigger_name, batch, partition) do update
      set messages = known.messages + 1, bytes = known.bytes + ${bytes}`.execute(transaction);
}

/** Begins the run of all that waits; false when the trigger's limit has no room for it now. */
async function release(
  transaction: Transaction<Tables>,
  partition: BatchPartition,
  rules: BatchRules,
): Promise<boolean> {
  const rows = await transaction
    .selectFrom('batch_messages')
    .selectAll()
    .where(isOf(partition))
    .where('released', '=', false)
    .orderBy('received_at')
    .execute();
  const admission = rules.release(rows);
  if (admission && (await admit(transaction, undefined, admission)).kind === 'refused')
    return false;
  if (admission) countStarted(admission.row.workflow);
  await transaction
    .updateTable('batch_messages')
    .set({ released: true, content: '' })
    .where(isOf(partition))
    .where('released', '=', false)
    .execute();
  await transaction.deleteFrom('batch_partitions').where(isOf(partition)).execute();
  return true;
}

function isOf({ workflow, trigger, batch, partition }: BatchPartition) {
  return sql<boolean>`workflow = ${workflow} and trigger_name = ${trigger}
    and batch = ${batch} and partition = ${partition}`;
}

function columns({ workflow, trigger, batch, partition }: BatchPartition) {
  return { workflow, trigger_name: trigger, batch, partition };
}
