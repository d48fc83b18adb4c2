import { newRunId, type PlannedTrigger } from '@isthmus/workflow-engine';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { RunPlaces } from '../runner/answers.js';
import type { RunService } from '../runner/run-service.js';
import type { RunsStore } from '../store/runs.store.js';
import type { TriggerAttempt, TriggersStore } from '../store/triggers.store.js';
import type { CallbackUrls } from './callback-urls.js';
import { RunStarter } from './run-starter.js';

/** Injection token of {@link CallLimits}. */
export const CALL_LIMITS = Symbol('isthmus.orchestrator.call-limits');

export interface CallLimits {
  /** Longest wait of a caller for a Response action, in milliseconds. */
  readonly responseTimeout: number;
  /** Largest body of a call in bytes. */
  readonly largestBody: number;
}

/** Why an attempt of a trigger led to no run. */
export type NotFired =
  | { readonly kind: 'skipped'; readonly condition: string; readonly unmet?: readonly string[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** What firing a trigger concerns. */
export interface TriggerHostParts {
  readonly registry: WorkflowRegistry;
  readonly runs: RunService;
  readonly store: RunsStore;
  readonly triggers: TriggersStore;
  readonly urls: CallbackUrls;
}

/** What everything that fires triggers works with. */
export class TriggerHost {
  readonly registry: WorkflowRegistry;
  readonly runs: RunService;
  readonly store: RunsStore;
  readonly triggers: TriggersStore;
  readonly urls: CallbackUrls;
  readonly starter: RunStarter;
  readonly places: RunPlaces;

  constructor({ registry, runs, store, triggers, urls }: TriggerHostParts) {
    this.registry = registry;
    this.runs = runs;
    this.store = store;
    this.triggers = triggers;
    this.urls = urls;
    this.starter = new RunStarter(runs);
    this.places = { runs, registry, store };
  }

  /** Keeps an attempt in the history of the trigger: an entry for each item that led to no run. */
  keepAttempt(attempt: Attempt): Promise<void> {
    return this.triggers.addAttempts(attemptRows(attempt));
  }
}

/** An attempt of a trigger that led to no run. */
export interface Attempt {
  readonly workflow: DeployedWorkflow;
  readonly trigger: PlannedTrigger;
  readonly id: string;
  readonly outcome: NotFired;
  readonly scheduledAt?: Date;
}

/** Rows of an attempt that led to no run: with `splitOn` one for each item. */
export function attemptRows(attempt: Attempt): TriggerAttempt[] {
  const { outcome } = attempt;
  const count = outcome.kind === 'skipped' ? (outcome.unmet?.length ?? 1) : 1;
  const now = Date.now();
  return Array.from({ length: count }, (_, index) =>
    attemptRow(index === 0 ? attempt : { ...attempt, id: newRunId(now, Math.random) }),
  );
}

function attemptRow(attempt: Attempt): TriggerAttempt {
  const { outcome } = attempt;
  const now = new Date();
  return {
    workflow: attempt.workflow.name,
    trigger_name: attempt.trigger.name,
    id: attempt.id,
    status: outcome.kind === 'failed' ? 'Failed' : 'Skipped',
    code: outcome.kind === 'failed' ? outcome.code : null,
    error_message: outcome.kind === 'failed' ? outcome.message : null,
    started_at: now,
    ended_at: now,
    scheduled_at: attempt.scheduledAt ?? null,
  };
}
