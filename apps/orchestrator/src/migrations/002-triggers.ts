import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Triggers that fire by themselves, their histories, batches, waiting runs, and large payloads. */
const statements = [
  `
    alter table runs
      add column queued_at timestamptz,
      add column resubmitted_from text,
      add column idempotency_key text`,
  `create unique index runs_by_idempotency on runs (workflow, idempotency_key)
     where idempotency_key is not null`,
  `create index runs_by_trigger on runs (workflow, trigger_name, id)`,
  `create index runs_by_parent on runs (parent_run) where parent_run is not null`,
  `create index runs_ended on runs (ended_at) where ended_at is not null`,
  `create index runs_queued on runs (workflow, trigger_name, queued_at) where queued_at is not null`,
  `alter table journal add column refs text`,
  `
    create table payloads (
      run_id text not null,
      hash text not null,
      body text not null,
      primary key (run_id, hash)
    )`,
  `
    create table triggers (
      workflow text not null,
      name text not null,
      version text not null,
      task text not null,
      content_hash text not null,
      enabled_at timestamptz not null,
      next_at timestamptz,
      last_at timestamptz,
      memory text,
      claim text,
      claim_until timestamptz,
      primary key (workflow, name)
    )`,
  `create index triggers_due on triggers (next_at) where next_at is not null`,
  `
    create table trigger_histories (
      workflow text not null,
      trigger_name text not null,
      id text not null,
      status text not null,
      code text,
      error_message text,
      started_at timestamptz not null,
      ended_at timestamptz not null,
      scheduled_at timestamptz,
      primary key (workflow, trigger_name, id)
    )`,
  `
    create table batch_messages (
      workflow text not null,
      trigger_name text not null,
      batch text not null,
      partition text not null,
      message_key text not null,
      message_id text not null,
      content text not null,
      content_type text,
      received_at timestamptz not null default clock_timestamp(),
      released boolean not null default false,
      primary key (workflow, trigger_name, batch, partition, message_key)
    )`,
];

export const triggers002: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
