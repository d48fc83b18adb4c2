import { DurationHistogram } from '@isthmus/host';
import { splitPath, type Plan, type RunEvent, type RunState } from '@isthmus/workflow-engine';
import { Counter, Gauge } from 'prom-client';
import { Tally } from './tallies.js';

const started = new Tally('isthmus_orchestrator_runs_started_total', 'Runs begun by workflow', [
  'workflow',
]);

const finished = new Tally(
  'isthmus_orchestrator_runs_finished_total',
  'Runs that are over, by workflow and status',
  ['workflow', 'status'],
);

const runSeconds = new DurationHistogram(
  'isthmus_orchestrator_run_seconds',
  'Time from the beginning of a run to its end, by workflow',
  'workflow',
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3600],
);

const actionSeconds = new DurationHistogram(
  'isthmus_orchestrator_action_seconds',
  'Time that actions took, by type; those that were skipped are not in it',
  'type',
  [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
);

const actions = new Tally(
  'isthmus_orchestrator_actions_total',
  'Actions that are over, by type and status',
  ['type', 'status'],
);

const takenOver = new Counter({
  name: 'isthmus_orchestrator_runs_taken_over_total',
  help: 'Open runs that this replica took from replicas whose lease had ended',
});

/** What of the work of a replica is counted when somebody asks. */
export interface Workload {
  /** Runs in memory. */
  readonly running: number;
  /** Events that wait for their commit. */
  readonly backlog: number;
  /** Runs that wait for their turn under the limit of their trigger, and triggers that are overdue. */
  waiting(): Promise<{ readonly runs: number; readonly triggers: number }>;
}

let workload: Workload | undefined;

/** Names the replica whose work the gauges show; undefined: none any more. */
export function showWorkload(shown: Workload | undefined): void {
  workload = shown;
}

const runningRuns = new Gauge({
  name: 'isthmus_orchestrator_runs_in_memory',
  help: 'Runs that this replica drives now',
  collect() {
    this.set(workload?.running ?? 0);
  },
});

const backlog = new Gauge({
  name: 'isthmus_orchestrator_journal_backlog',
  help: 'Events of runs that wait for their commit',
  collect() {
    this.set(workload?.backlog ?? 0);
  },
});

const queued = new Gauge({
  name: 'isthmus_orchestrator_queue_depth',
  help: 'What waits, of all replicas: runs under the limit of their trigger, triggers whose time has come',
  labelNames: ['what'],
  async collect() {
    // A store that is away is told by readiness; metrics go on without this one.
    const waiting = await workload?.waiting().catch(() => undefined);
    this.reset();
    if (!waiting) return;
    this.set({ what: 'runs' }, waiting.runs);
    this.set({ what: 'triggers' }, waiting.triggers);
  },
});

/** The metrics of the orchestrator; they register themselves. */
export const metrics = [
  started,
  finished,
  runSeconds,
  actionSeconds,
  takenOver,
  actions,
  runningRuns,
  backlog,
  queued,
];

/** A run has begun. Labels are names of deployed workflows, never what a caller wrote. */
export function countStarted(workflow: string, count = 1): void {
  started.add(workflow, '', count);
}

/** Open runs of dead replicas go on here. */
export function countTakenOver(runs: number): void {
  if (runs > 0) takenOver.inc(runs);
}

/** Counts what a turn of a run decided. */
export function countEvents(
  { plan, state }: { readonly plan: Plan; readonly state: RunState },
  events: readonly RunEvent[],
): void {
  const [first] = events;
  if (first?.type === 'runStarted') {
    // What follows was shared with another run, and counted there.
    countStarted(plan.environment.workflow.name);
    return;
  }
  for (const event of events) {
    if (event.type === 'actionFinished') {
      const type = plan.actions.get(splitPath(event.path).name.toLowerCase())?.type.type ?? '';
      actions.add(type, event.status);
      if (event.status !== 'Skipped')
        actionSeconds.series(type).observe(Math.max(event.at - event.startedAt, 0) / 1000);
    } else if (event.type === 'runFinished') {
      const { name: workflow } = plan.environment.workflow;
      finished.add(workflow, event.status);
      runSeconds.series(workflow).observe(Math.max(event.at - state.startedAt, 0) / 1000);
    }
  }
}
