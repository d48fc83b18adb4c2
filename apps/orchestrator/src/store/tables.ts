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
    parent_run: string | null;
    client_tracking_id: string;
    trigger_name: string;
    started_at: Date;
    ended_at: Date | null;
    code: string | null;
    error_message: string | null;
  };
  readonly journal: { run_id: string; seq: number; body: string };
  readonly signals: { run_id: string; path: string; body: string; created_at: Generated<Date> };
}
