import { randomUUID } from 'node:crypto';
import {
  newRunId,
  statefulLimits,
  statelessLimits,
  limitsFromHost,
  compilePlan,
  fireRequest,
  type Artifacts,
  type Environment,
  type LoadedWorkflow,
  type Plan,
  type PlannedTrigger,
  type ResponseMessage,
  type RunState,
} from '@isthmus/workflow-engine';
import { memberOf, type WorkflowObject } from '@isthmus/workflow-expressions';
import {
  RunDriver,
  systemClock,
  type DriverClock,
  type DriverPorts,
} from '../driver/run-driver.js';
import { triggerRequest } from './trigger-input.js';

/** How a workflow is run in this process. */
export interface LocalRun {
  readonly workflow: LoadedWorkflow;
  /** `trigger.json`: the call or event that starts the run. */
  readonly trigger: WorkflowObject;
  readonly artifacts?: Artifacts;
  readonly staticResults: Environment['staticResults'];
  readonly perform: (plan: Plan) => DriverPorts['perform'];
  readonly clock?: DriverClock;
  /** Waiting webhook actions are answered with this, as soon as they wait; else the run waits for ever. */
  readonly callback?: WorkflowObject;
}

/** What came of it. */
export type LocalOutcome =
  | {
      readonly kind: 'run';
      readonly plan: Plan;
      readonly state: RunState;
      readonly trigger: PlannedTrigger | undefined;
      readonly split: boolean;
    }
  | { readonly kind: 'refused'; readonly response: ResponseMessage }
  | { readonly kind: 'skipped'; readonly condition: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** The environment of a loaded workflow on this machine. */
export function localEnvironment(run: LocalRun): Environment {
  const { workflow } = run;
  const kind = workflow.kind === 'Stateless' ? 'Stateless' : 'Stateful';
  const defaults = kind === 'Stateless' ? statelessLimits : statefulLimits;
  return {
    workflow: {
      id: `/workflows/${workflow.name}`,
      name: workflow.name,
      version: '00000000000000000001',
    },
    kind,
    parameters: workflow.parameters,
    appSettings: workflow.appSettings,
    artifacts: run.artifacts ?? {},
    // Retries may follow each other faster than the service allows.
    limits: { ...limitsFromHost(workflow.settings, defaults), defaultRetryMinimumInterval: 0 },
    callbackUrl: (runId, path) =>
      `http://127.0.0.1/workflows/${workflow.name}/runs/${runId}/actions/${encodeURIComponent(path)}/callback`,
    staticResults: run.staticResults,
  };
}

/** Runs a definition in memory, from its first trigger to its end; of the items of `splitOn` the first one. */
export async function runLocally(run: LocalRun): Promise<LocalOutcome> {
  const clock = run.clock ?? systemClock;
  const plan = compilePlan(run.workflow.definition, localEnvironment(run));
  const runId = newRunId(clock.now(), Math.random);
  const ambient = { now: clock.now(), random: Math.random, newGuid: randomUUID, runId };
  const [trigger] = plan.triggers;
  if (!trigger)
    return { kind: 'failed', code: 'TriggerNotFound', message: 'The definition has no trigger.' };
  const fired = fireRequest(plan, trigger, triggerRequest(run.trigger), ambient);
  if (fired.kind !== 'fired') return fired;
  const [first] = fired.runs;
  if (!first) return { kind: 'skipped', condition: 'splitOn' };
  const { clientTrackingId } = fired;
  const start = {
    runId,
    ...(clientTrackingId !== undefined && { clientTrackingId }),
    trigger: first,
  };
  const driver = new RunDriver(plan, start, {
    perform: run.perform(plan),
    clock,
    ...answering(run, () => driver),
  });
  const state = await driver.run();
  return { kind: 'run', plan, state, trigger, split: fired.isSplit };
}

function answering(run: LocalRun, driver: () => RunDriver): Pick<DriverPorts, 'onEvents'> {
  const { callback } = run;
  if (!callback) return {};
  return {
    onEvents(events) {
      for (const event of events) {
        if (event.type !== 'waitStarted' || !event.callback) continue;
        const { path } = event;
        const body = memberOf(callback, 'body');
        setImmediate(() =>
          driver().callback({
            path,
            headers: { 'Content-Type': 'application/json' },
            ...(body !== undefined && { body }),
          }),
        );
      }
    },
  };
}
