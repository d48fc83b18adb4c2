import {
  restore,
  type EffectOutcome,
  type ResponseMessage,
  type RunEvent,
  type TriggerRecord,
  type WorkflowEffect,
} from '@isthmus/workflow-engine';
import {
  connectionsOf,
  EffectPerformer,
  HttpTokenSource,
  type RunContext,
} from '@isthmus/workflow-effects';
import type { Logger } from '@isthmus/host';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import { readEvent } from '../store/event-text.js';
import type { JournalStore, LeaseLost } from '../store/journal.store.js';
import type { ClaimedRun, ReplicasStore } from '../store/replicas.store.js';
import type { RunsStore } from '../store/runs.store.js';
import { callChild } from './child-run.js';
import { GroupCommit } from './group-commit.js';
import type { LiveRun } from './live-run.js';
import { Replica } from './replica.js';
import { RunDriver, type Durability } from './run-driver.js';
import { RunTraces } from './run-traces.js';

/** Settings of the runner. Times in milliseconds. */
export interface RunServiceSettings {
  readonly durability: Exclude<Durability, 'none'>;
  readonly lease: number;
  readonly heartbeat: number;
  readonly allowPrivateAddresses: boolean;
}

/** The stores that runs are kept in. */
export interface RunStores {
  readonly journal: JournalStore;
  readonly replicas: ReplicasStore;
  readonly runs: RunsStore;
}

/** What a run service is made of. */
export interface RunServiceOptions {
  readonly settings: RunServiceSettings;
  readonly stores: RunStores;
  readonly registry: WorkflowRegistry;
  readonly logger: Logger;
  /** The lease is lost; the process has to end. */
  readonly lost: (error: LeaseLost) => void;
}

/** A run to begin. */
export interface BeginRun {
  readonly id: string;
  readonly workflow: DeployedWorkflow;
  readonly trigger: TriggerRecord;
  readonly clientTrackingId?: string;
  readonly parentRun?: string;
}

const version = '0.1.0';
const scanMs = 1000;

/** The runs of this replica: begins them, goes on with claimed ones, signals and cancels them. */
export class RunService {
  readonly traces = new RunTraces();
  readonly #commit: GroupCommit;
  readonly #replica: Replica;
  readonly #driver: RunDriver;
  readonly #performers = new WeakMap<DeployedWorkflow, EffectPerformer>();
  readonly #tokens = new HttpTokenSource({ kind: 'none' });

  constructor(private readonly options: RunServiceOptions) {
    const { stores, logger, settings } = options;
    const lost = (error: LeaseLost) => {
      this.#driver.stop(error);
      options.lost(error);
    };
    this.#commit = new GroupCommit({
      write: (batch) =>
        stores.journal.write({ id: this.#replica.id, epoch: this.#replica.epoch }, batch),
      lost,
      failed: (err) => logger.warn({ err }, 'commit failed, repeating'),
    });
    this.#replica = new Replica({
      store: stores.replicas,
      logger,
      version,
      times: { lease: settings.lease, heartbeat: settings.heartbeat, scan: scanMs },
      resume: (run) => this.#resume(run),
      lost,
    });
    this.#driver = new RunDriver({
      replicaId: this.#replica.id,
      commit: this.#commit,
      durability: (plan) => (plan.environment.kind === 'Stateless' ? 'none' : settings.durability),
      perform: (effect, run, signal) => {
        if (!this.#replica.holdsLease) return Promise.reject(new Error('the lease has lapsed'));
        return this.#performerOf(run).perform(effect, this.#contextOf(run), signal);
      },
    });
  }

  start(): Promise<void> {
    return this.#replica.start();
  }

  /** Writes what is pending, lets go of all runs and gives up the lease. */
  async stop(): Promise<void> {
    await this.#commit.barrier();
    this.#driver.stop(new Error('the orchestrator is stopping'));
    await this.#commit.barrier();
    await this.#replica.stop();
  }

  begin(start: BeginRun): LiveRun {
    const { workflow, parentRun } = start;
    return this.#driver.begin({
      id: start.id,
      trigger: start.trigger,
      origin: { workflow, ...(parentRun ? { parentRun } : {}) },
      ...(start.clientTrackingId === undefined ? {} : { clientTrackingId: start.clientTrackingId }),
    });
  }

  find(runId: string): LiveRun | undefined {
    return this.#driver.find(runId);
  }

  /** The events of a run as they are kept. */
  async journalOf(runId: string): Promise<RunEvent[]> {
    return (await this.options.stores.journal.read(runId)).map(readEvent);
  }

  /** Resolves when everything so far is committed. */
  barrier(): Promise<void> {
    return this.#commit.barrier();
  }

  /** The answer of a run to its caller; after `timeout` milliseconds undefined, and the run is told. */
  async answer(run: LiveRun, timeout: number): Promise<ResponseMessage | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        this.#driver.expireResponse(run);
        resolve(undefined);
      }, timeout);
    });
    try {
      return await Promise.race([run.answer, expired]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Cancels a run wherever it is driven. */
  async cancel(runId: string): Promise<void> {
    await this.options.stores.runs.requestCancel(runId);
    if (this.#driver.cancel(runId)) return;
    const claimed = await this.options.stores.replicas.claimRun(this.#replica.id, runId);
    if (claimed) await this.#resume(claimed);
  }

  /** Delivers a callback that the store has accepted; false when another replica drives the run. */
  async deliver(runId: string, signal: Parameters<RunDriver['signal']>[1]): Promise<boolean> {
    if (this.#driver.signal(runId, signal)) return true;
    const claimed = await this.options.stores.replicas.claimRun(this.#replica.id, runId);
    if (!claimed) return false;
    await this.#resume(claimed);
    return this.#driver.signal(runId, signal);
  }

  /** Looks for runs that nobody drives now, instead of at the next scan. */
  scan(): Promise<void> {
    return this.#replica.scan();
  }

  async #resume(claimed: ClaimedRun): Promise<void> {
    const { id, workflow: name, version: runVersion } = claimed;
    const [workflow, journal] = await Promise.all([
      this.options.registry.version(name, runVersion),
      this.journalOf(id),
    ]);
    const state = restore(journal);
    this.#driver.resume(id, state, { workflow });
    if (claimed.cancelRequested) this.#driver.cancel(id);
    this.options.logger.info({ run: id, workflow: name }, 'going on with a run');
  }

  #performerOf(run: LiveRun): EffectPerformer {
    const { workflow } = run.origin;
    const known = this.#performers.get(workflow);
    if (known) return known;
    const { limits } = workflow.plan.environment;
    const performer = new EffectPerformer({
      connections: connectionsOf(workflow.loaded.connections),
      egress: { allowPrivateAddresses: this.options.settings.allowPrivateAddresses },
      tokens: this.#tokens,
      contentSize: limits.contentSize,
      pageCount: limits.pageCount,
      workflows: {
        call: (effect, context, signal) => this.#callWorkflow(effect, context, signal),
        sendToBatch: (effect) =>
          Promise.resolve(notSupported(effect.id, 'Batch triggers are not supported yet.')),
      },
    });
    this.#performers.set(workflow, performer);
    return performer;
  }

  #callWorkflow(
    effect: WorkflowEffect,
    context: RunContext,
    signal: AbortSignal,
  ): Promise<EffectOutcome> {
    return callChild(
      { runs: this, registry: this.options.registry, store: this.options.stores.runs },
      effect,
      context,
      signal,
    );
  }

  #contextOf(run: LiveRun): RunContext {
    const { workflow } = run.plan.environment;
    return {
      runId: run.id,
      clientTrackingId: run.state.clientTrackingId,
      workflow,
      headers: this.traces.headersOf(run.id),
    };
  }
}

function notSupported(effectId: string, message: string): EffectOutcome {
  return { kind: 'failure', effectId, code: 'NotSupported', message, retryable: false };
}
