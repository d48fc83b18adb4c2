import type { Database } from '@isthmus/database';
import { sql, type Selectable, type Transaction } from 'kysely';
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

/** What is decided over the messages that wait. */
export interface ReleaseDecision {
  readonly release?: Admission;
  readonly wakeAt?: Date;
}

/** Messages of batch triggers. */
export class BatchesStore {
  constructor(private readonly database: Database<Tables>) {}

  /** Keeps a message once, however often it is sent, and lets `decide` release the batch. */
  async add(
    partition: BatchPartition,
    message: NewMessage,
    decide: (rows: readonly BatchRow[]) => ReleaseDecision,
  ): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      await this.#lock(transaction, partition);
      await transaction
        .insertInto('batch_messages')
        .values({
          ...columns(partition),
          message_key: message.key,
          message_id: message.id,
          content: message.content,
          content_type: message.contentType,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await this.#decide(transaction, partition, decide);
    });
  }

  /** Lets `decide` release the batch of a partition. */
  async review(
    partition: BatchPartition,
    decide: (rows: readonly BatchRow[]) => ReleaseDecision,
  ): Promise<Date | undefined> {
    return this.database.db.transaction().execute(async (transaction) => {
      await this.#lock(transaction, partition);
      return this.#decide(transaction, partition, decide);
    });
  }

  /** Partitions of a trigger in which messages wait. */
  async partitions(workflow: string, trigger: string): Promise<BatchPartition[]> {
    const rows = await this.database.db
      .selectFrom('batch_messages')
      .select(['batch', 'partition'])
      .distinct()
      .where('workflow', '=', workflow)
      .where('trigger_name', '=', trigger)
      .where('released', '=', false)
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

  async #decide(
    transaction: Transaction<Tables>,
    partition: BatchPartition,
    decide: (rows: readonly BatchRow[]) => ReleaseDecision,
  ): Promise<Date | undefined> {
    const { workflow, trigger } = partition;
    const rows = await transaction
      .selectFrom('batch_messages')
      .selectAll()
      .where('workflow', '=', workflow)
      .where('trigger_name', '=', trigger)
      .where('batch', '=', partition.batch)
      .where('partition', '=', partition.partition)
      .where('released', '=', false)
      .orderBy('received_at')
      .execute();
    const { release, wakeAt } = decide(rows);
    if (release && (await admit(transaction, undefined, release)).kind !== 'refused') {
      await transaction
        .updateTable('batch_messages')
        .set({ released: true, content: '' })
        .where('workflow', '=', workflow)
        .where('trigger_name', '=', trigger)
        .where('batch', '=', partition.batch)
        .where('partition', '=', partition.partition)
        .where(
          'message_key',
          'in',
          rows.map((row) => row.message_key),
        )
        .execute();
    } else if (wakeAt) {
      await sql`
        update triggers set next_at = least(coalesce(next_at, ${wakeAt}), ${wakeAt})
        where workflow = ${workflow} and name = ${trigger}`.execute(transaction);
    }
    return wakeAt;
  }
}

function columns({ workflow, trigger, batch, partition }: BatchPartition) {
  return { workflow, trigger_name: trigger, batch, partition };
}
