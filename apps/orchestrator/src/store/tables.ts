import type { Generated } from 'kysely';

/** Rows of the orchestrator's store; timestamps are read as Date. */
export interface Tables {
  readonly replicas: { id: string; epoch: string; lease_until: Date; version: string };
  readonly workflows: {
    name: string;
    id: string;
    version: string;
    state: string;
    primary_key: string;
    secondary_key: string;
    created_at: Generated<Date>;
    changed_at: Generated<Date>;
  };
  readonly definitions: {
    workflow: string;
    version: string;
    content_hash: string;
    body: string;
    created_at: Generated<Date>;
  };
  readonly runs: {
    id: string;
    workflow: string;
    version: string;
    status: string;
    owner: string | null;
    wake_at: Date | null;
    cancel_requested: Generated<boolean>;
    /** Something came for the run since it was claimed last. */
    signalled: Generated<boolean>;
    /** Replicas that died with the run since it got on last. */
    crashes: Generated<number>;
    claimed_at: Generated<Date | null>;
    parent_run: string | null;
    client_tracking_id: string;
    trigger_name: string;
    started_at: Date;
    ended_at: Date | null;
    code: string | null;
    error_message: string | null;
    /** Waits for its turn under the concurrency limit of its trigger. */
    queued_at: Date | null;
    resubmitted_from: string | null;
    idempotency_key: string | null;
  };
  /** `refs`: members of the event that are payloads, `{ member: [hash, characters] }`. */
  readonly journal: { run_id: string; seq: number; body: string; refs: string | null };
  readonly payloads: { run_id: string; hash: string; body: string };
  readonly signals: { run_id: string; path: string; body: string; created_at: Generated<Date> };
  /** A trigger that the orchestrator itself has to do something for, and when. */
  readonly triggers: {
    workflow: string;
    name: string;
    /** The version whose definition the task speaks of. */
    version: string;
    task: string;
    content_hash: string;
    enabled_at: Date;
    next_at: Date | null;
    last_at: Date | null;
    /** What the last poll or subscription left, as JSON text. */
    memory: string | null;
    claim: string | null;
    claim_until: Date | null;
  };
  /** Attempts that led to no run; those that did are the runs themselves. */
  readonly trigger_histories: {
    workflow: string;
    trigger_name: string;
    id: string;
    status: string;
    code: string | null;
    error_message: string | null;
    started_at: Date;
    ended_at: Date;
    scheduled_at: Date | null;
  };
  readonly batch_messages: {
    workflow: string;
    trigger_name: string;
    batch: string;
    partition: string;
    /** The idempotency key of the action that sent it. */
    message_key: string;
    message_id: string;
    content: string;
    content_type: string | null;
    received_at: Generated<Date>;
    released: Generated<boolean>;
  };
  /** What waits in the partition of a batch, kept in step with its messages. */
  readonly batch_partitions: {
    workflow: string;
    trigger_name: string;
    batch: string;
    partition: string;
    messages: number;
    /** Of the contents as JSON. */
    bytes: string;
    since: Date;
  };
  readonly integration_accounts: {
    name: string;
    /** The resource as it was put, as JSON text. */
    body: string;
    primary_key: string;
    secondary_key: string;
    created_at: Generated<Date>;
    changed_at: Generated<Date>;
  };
  readonly integration_artifacts: {
    account: string;
    /** As in addresses: `maps`, `schemas` … */
    kind: string;
    name: string;
    /** The resource as it was put, as JSON text. */
    body: string;
    created_at: Generated<Date>;
    changed_at: Generated<Date>;
  };
}
