import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The tables of the durable runs: what every replica of the orchestrator shares. */
const statements = [
  `
    create table replicas (
      id text primary key,
      epoch bigint not null,
      lease_until timestamptz not null,
      version text not null
    )`,
  `
    create table workflows (
      name text primary key,
      id text not null unique,
      version text not null,
      state text not null,
      primary_key text not null,
      secondary_key text not null,
      created_at timestamptz not null default now(),
      changed_at timestamptz not null default now()
    )`,
  `
    create table definitions (
      workflow text not null,
      version text not null,
      content_hash text not null,
      body text not null,
      created_at timestamptz not null default now(),
      primary key (workflow, version)
    )`,
  `
    create table runs (
      id text primary key,
      workflow text not null,
      version text not null,
      status text not null,
      owner text,
      wake_at timestamptz,
      cancel_requested boolean not null default false,
      parent_run text,
      client_tracking_id text not null,
      trigger_name text not null,
      started_at timestamptz not null,
      ended_at timestamptz,
      code text,
      error_message text
    )`,
  `create index runs_by_workflow on runs (workflow, started_at desc)`,
  `create index runs_by_status on runs (status, started_at desc)`,
  `create index runs_by_tracking on runs (client_tracking_id)`,
  `create index runs_open on runs (owner, wake_at) where ended_at is null`,
  `
    create table journal (
      run_id text not null,
      seq integer not null,
      body text not null,
      primary key (run_id, seq)
    )`,
  `
    create table signals (
      run_id text not null,
      path text not null,
      body text not null,
      created_at timestamptz not null default now(),
      primary key (run_id, path)
    )`,
];

export const store001: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
