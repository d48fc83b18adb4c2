import { randomUUID } from 'node:crypto';
import {
  newRunId,
  limitsFromHost,
  compilePlan,
  fireRequest,
  type Artifacts,
  type Environment,
  type LoadedWorkflow,
  type Plan,
  type PlannedTrigger,
  type ResponseMessage,
  type RunEvent,
  type RunState,
} from '@isthmus/workflow-engine';
import { memberOf, writeJson, type WorkflowObject } from '@isthmus/workflow-expressions';
import {
  RunDriver,
  systemClock,
  type DriverClock,
  type DriverPorts,
  type DriverStart,
} from '../driver/run-driver.js';
import { CallbackServer } from './callback-server.js';
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
  /** Waiting webhook actions are answered with this as soon as they wait; else their callback URLs are served. */
  readonly callback?: (path: string) => WorkflowObject;
}

/** What came of it. */
export type LocalOutcome =
  | {
      readonly kind: 'run';
      readonly plan: Plan;
      /** One, or one for each item of `splitOn`. */
      readonly states: readonly RunState[];
      readonly trigger: PlannedTrigger;
      readonly split: boolean;
    }
  | { readonly kind: 'refused'; readonly response: ResponseMessage }
  | { readonly kind: 'skipped'; readonly condition: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** The environment of a loaded workflow on this machine. */
function localEnvironment(run: LocalRun, callbackUrl: (path: string) => string): Environment {
  const { workflow } = run;
  const kind = workflow.kind === 'Stateless' ? 'Stateless' : 'Stateful';
  return {
    workflow: {
      id: workflowId(workflow),
      name: workflow.name,
      version: '00000000000000000001',
    },
    kind,
    parameters: workflow.parameters,
    appSettings: workflow.appSettings,
    artifacts: run.artifacts ?? {},
    // Retries may follow each other faster than the service allows.
    limits: { ...limitsFromHost(workflow.settings, kind), defaultRetryMinimumInterval: 0 },
    callbackUrl: (_runId, path) => callbackUrl(path),
    staticResults: run.staticResults,
  };
}

/** As the service has it: of a Standard workflow below its app, of any other the id of its resource. */
function workflowId({ name, pointer, kind }: LoadedWorkflow): string {
  const isStandard = pointer === '/definition' || kind === 'Stateless';
  return isStandard
    ? `/workflows/${name}`
    : `/subscriptions/${noId}/resourceGroups/local/providers/Microsoft.Logic/workflows/${name}`;
}

const noId = '00000000-0000-0000-0000-000000000000';

/** Runs a definition in memory, from its first trigger to its end; with `splitOn` a run for each item, side by side. */
export async function runLocally(run: LocalRun): Promise<LocalOutcome> {
  if (run.callback || !/"type":"\w*Webhook"/i.test(writeJson(run.workflow.definition))) {
    return runWith(run, undefined);
  }
  const server = await CallbackServer.start();
  try {
    return await runWith(run, server);
  } finally {
    server.close();
  }
}

async function runWith(run: LocalRun, server: CallbackServer | undefined): Promise<LocalOutcome> {
  const clock = run.clock ?? systemClock;
  const callbackUrl = (path: string): string =>
    server?.url(path) ?? `http://127.0.0.1/callbacks/${encodeURIComponent(path)}`;
  const plan = compilePlan(run.workflow.definition, localEnvironment(run, callbackUrl));
  const runId = newRunId(clock.now(), Math.random);
  const ambient = { now: clock.now(), random: Math.random, newGuid: randomUUID, runId };
  const [trigger] = plan.triggers;
  if (!trigger)
    return { kind: 'failed', code: 'TriggerNotFound', message: 'The definition has no trigger.' };
  const fired = fireRequest(
    plan,
    trigger,
    triggerRequest(run.trigger, trigger.type.receive !== undefined),
    ambient,
  );
  if (fired.kind !== 'fired') return fired;
  const { clientTrackingId, itemTrackingIds, isSplit, runs } = fired;
  const states = await Promise.all(
    runs.map((record, index) => {
      const id = index === 0 ? runId : newRunId(clock.now(), Math.random);
      // The runs of one splitOn share their tracking id, unless it makes one of each item.
      const shared = clientTrackingId ?? (isSplit ? runId : undefined);
      const tracking = itemTrackingIds?.[index] ?? shared;
      const start = {
        runId: id,
        ...(tracking !== undefined && { clientTrackingId: tracking }),
        trigger: record,
      };
      return drive({ run, plan, clock, server }, start);
    }),
  );
  return { kind: 'run', plan, states, trigger, split: isSplit };
}

interface Session {
  readonly run: LocalRun;
  readonly plan: Plan;
  readonly clock: DriverClock;
  readonly server: CallbackServer | undefined;
}

async function drive({ run, plan, clock, server }: Session, start: DriverStart): Promise<RunState> {
  const driver = new RunDriver(plan, start, {
    perform: run.perform(plan),
    clock,
    onEvents: (events) => onWait(events, (path) => waiting(path, { run, server, driver })),
  });
  server?.onSignal((signal) => driver.callback(signal));
  // The caller of a Request trigger does not wait for ever.
  const patience = setTimeout(
    () => driver.expireResponse(),
    plan.environment.limits.requestTimeout,
  );
  return driver.run().finally(() => clearTimeout(patience));
}

function onWait(events: readonly RunEvent[], waits: (path: string) => void): void {
  for (const event of events) if (event.type === 'waitStarted' && event.callback) waits(event.path);
}

interface Callee {
  readonly run: LocalRun;
  readonly server: CallbackServer | undefined;
  readonly driver: RunDriver;
}

/** A webhook action waits for its callback: it comes from outside, or at once where calls are stubbed. */
function waiting(path: string, { run, server, driver }: Callee): void {
  server?.await(path);
  if (!run.callback) return;
  const body = memberOf(run.callback(path), 'body');
  const headers = { 'Content-Type': 'application/json' };
  setImmediate(() => driver.callback({ path, headers, ...(body !== undefined && { body }) }));
}
