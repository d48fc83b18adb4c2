import {
  newRunId,
  startRun,
  type FiredRuns,
  type PlannedTrigger,
  type RunState,
} from '@isthmus/workflow-engine';
import type { Correlation } from '@isthmus/host';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { LiveRun } from '../runner/live-run.js';
import type { RunService } from '../runner/run-service.js';
import type { ConcurrencyLimit } from '../store/admission.store.js';
import { concurrencyOf } from './concurrency.js';

/** What a trigger that fired leads to, and on whose behalf. */
export interface Start {
  readonly workflow: DeployedWorkflow;
  readonly trigger: PlannedTrigger;
  readonly fired: FiredRuns;
  /** Of the first run. */
  readonly id: string;
  readonly correlation: Correlation | undefined;
  /** Chosen by the caller: the same key finds the run of the first call. */
  readonly idempotencyKey?: string;
}

/** Runs that were begun; the first one is what a caller waits for. */
export interface Started {
  readonly ids: readonly string[];
  /** Absent: the run waits, or belongs to another replica. */
  readonly live: LiveRun | undefined;
  /** The facts of the first run that its answer names. */
  readonly state: RunState | undefined;
  /** As many runs wait as may: these were not begun. */
  readonly refused: number;
}

/** So many runs of one call begin before the others wait for a commit. */
const portion = 500;

/** Begins the runs of a trigger that fired, under the concurrency limit of the trigger. */
export class RunStarter {
  constructor(private readonly runs: RunService) {}

  /** At once where nothing has to be asked first: one run, no limit, no key of the caller. */
  start(start: Start): Started | Promise<Started> {
    const { workflow, trigger, fired, idempotencyKey } = start;
    const limit = concurrencyOf(workflow, trigger);
    if (limit !== undefined || idempotencyKey !== undefined) return this.#admit(start, limit);
    if (fired.runs.length !== 1) return this.#beginAll(start);
    const live = this.#begin(start, 0, start.id);
    return { ids: [start.id], live, state: live.state, refused: 0 };
  }

  async #beginAll(start: Start): Promise<Started> {
    const ids = idsOf(start);
    let first: LiveRun | undefined;
    for (const [index, id] of ids.entries()) {
      if (index > 0 && index % portion === 0) await this.runs.barrier();
      const live = this.#begin(start, index, id);
      first ??= live;
    }
    return { ids, live: first && this.runs.find(first.id), state: first?.state, refused: 0 };
  }

  #begin({ workflow, fired, correlation }: Start, index: number, id: string): LiveRun {
    const tracking =
      fired.itemTrackingIds?.[index] ?? fired.clientTrackingId ?? correlation?.correlationId;
    return this.runs.begin({
      id,
      workflow,
      trigger: fired.runs[index]!,
      ...(tracking !== undefined && { clientTrackingId: tracking }),
      ...(correlation && { correlation }),
    });
  }

  async #admit(start: Start, limit: ConcurrencyLimit | undefined): Promise<Started> {
    const { workflow, fired, idempotencyKey, correlation } = start;
    const tracking = fired.clientTrackingId ?? correlation?.correlationId;
    const tracked = tracking === undefined ? {} : { clientTrackingId: tracking };
    const ids = idsOf(start);
    const begun: string[] = [];
    let refused = 0;
    for (const [index, record] of fired.runs.entries()) {
      const key = index === 0 ? idempotencyKey : undefined;
      const id = ids[index]!;
      const own = fired.itemTrackingIds?.[index];
      const itself = own === undefined ? tracked : { clientTrackingId: own };
      const admitted = await this.runs.admit(
        { id, workflow, trigger: record, ...itself, ...(correlation && { correlation }) },
        { ...(limit && { limit }), ...(key !== undefined && { idempotencyKey: key }) },
      );
      if (admitted.kind === 'refused') refused += 1;
      else begun.push(admitted.kind === 'known' ? admitted.runId : id);
      if (admitted.kind === 'known') break;
    }
    const [runId] = begun;
    const [trigger] = fired.runs;
    const live = runId === undefined ? undefined : this.runs.find(runId);
    // The answer names the run, whoever drives it.
    const state =
      trigger && startRun({ runId: runId ?? start.id, trigger, now: Date.now(), ...tracked }).state;
    return { ids: begun, live, state, refused };
  }
}

function idsOf({ fired, id }: Start): string[] {
  const now = Date.now();
  return fired.runs.map((_, index) => (index === 0 ? id : newRunId(now, Math.random)));
}
