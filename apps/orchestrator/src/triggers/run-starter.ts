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

  async start(start: Start): Promise<Started> {
    const { workflow, trigger, fired, correlation } = start;
    const now = Date.now();
    const ids = fired.runs.map((_, index) => (index === 0 ? start.id : newRunId(now, Math.random)));
    for (const id of correlation ? ids : []) this.runs.traces.keep(id, correlation!);
    const tracking = fired.clientTrackingId ?? correlation?.correlationId;
    const [first] = fired.runs;
    const state = first && startRun({ runId: start.id, trigger: first, now, ...tracked(tracking) });
    const limit = concurrencyOf(workflow, trigger);
    if (limit !== undefined || start.idempotencyKey !== undefined)
      return this.#admit(start, { ids, tracking, state: state?.state });
    for (const [index, record] of fired.runs.entries()) {
      if (index > 0 && index % portion === 0) await this.runs.barrier();
      this.runs.begin({ id: ids[index]!, workflow, trigger: record, ...tracked(tracking) });
    }
    return { ids, live: this.runs.find(start.id), state: state?.state, refused: 0 };
  }

  async #admit(
    { workflow, trigger, fired, idempotencyKey }: Start,
    runs: { ids: string[]; tracking: string | undefined; state: RunState | undefined },
  ): Promise<Started> {
    const limit = concurrencyOf(workflow, trigger);
    const begun: string[] = [];
    let refused = 0;
    for (const [index, record] of fired.runs.entries()) {
      const key = idempotencyKey === undefined || index === 0 ? idempotencyKey : undefined;
      const id = runs.ids[index]!;
      const admitted = await this.runs.admit(
        { id, workflow, trigger: record, ...tracked(runs.tracking) },
        { ...(limit && { limit }), ...(key !== undefined && { idempotencyKey: key }) },
      );
      if (admitted.kind === 'refused') refused += 1;
      else begun.push(admitted.kind === 'known' ? admitted.runId : id);
      if (admitted.kind === 'known') break;
    }
    const [first] = begun;
    const state = runs.state && first !== undefined ? { ...runs.state, runId: first } : runs.state;
    return {
      ids: begun,
      live: first === undefined ? undefined : this.runs.find(first),
      state,
      refused,
    };
  }
}

function tracked(id: string | undefined): { clientTrackingId?: string } {
  return id === undefined ? {} : { clientTrackingId: id };
}
