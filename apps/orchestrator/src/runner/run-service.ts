import {
  restore,
  startRun,
  type CallEffect,
  type EffectOutcome,
  type ResponseMessage,
  type RunEvent,
} from '@isthmus/workflow-engine';
import type { RunContext } from '@isthmus/workflow-effects';
import type { DeployedWorkflow } from '../definitions/deployed-workflow.js';
import { countStarted } from '../observability/metrics.js';
import type { Admitted, ConcurrencyLimit } from '../store/admission.store.js';
import type { LeaseLost } from '../store/journal.store.js';
import type { ClaimedRun } from '../store/replicas.store.js';
import { answerWithin } from './answers.js';
import { callChild } from './child-run.js';
import { DoubtfulClaims } from './doubtful-claims.js';
import { GroupCommit } from './group-commit.js';
import type { LiveRun, RunOrigin } from './live-run.js';
import { mailOf, type Mail } from './mail.js';
import { Performers } from './performers.js';
import { Replica } from './replica.js';
import { RunDriver } from './run-driver.js';
import { givenUp, journalRows, runRow, setAsideEnd } from './run-rows.js';
import {
  durabilityOf,
  originOf,
  type BeginRun,
  type RunServiceOptions,
} from './run-service-options.js';
import { RunTraces } from './run-traces.js';

const version = '0.2.0';
const scanMs = 1000;
/** A run that cannot be resumed is tried again after so long. */
const postponeMs = 15_000;
/** More records than this wait for their commit: the store cannot keep up. */
const mostBacklog = 100_000;

/** The runs of this replica: begins them, goes on with claimed ones, signals and cancels them. */
export class RunService {
  readonly #traces = new RunTraces();
  readonly #commit: GroupCommit;
  readonly #replica: Replica;
  readonly #driver: RunDriver;
  readonly #doubtful: DoubtfulClaims<ClaimedRun>;
  readonly #performers: Performers;
  #stopping = false;
  #ended: (run: LiveRun) => void = () => undefined;

  constructor(private readonly options: RunServiceOptions) {
    const { stores, logger, settings } = options;
    const lost = (error: LeaseLost) => this.halt(error);
    this.#performers = new Performers(settings, {
      call: (effect, context, signal) =>
        callChild(
          { runs: this, registry: options.registry, store: stores.runs },
          { effect, context },
          signal,
        ),
      sendToBatch: options.sendToBatch,
    });
    this.#commit = new GroupCommit({
      write: (batch) => stores.journal.write(this.#replica, batch),
      lost,
      failed: (err) => logger.warn({ err }, 'commit failed, repeating'),
      refused: (runId, err) => this.#giveUp(runId, err),
    });
    this.#replica = new Replica({
      store: stores.replicas,
      logger,
      version,
      poisonLimit: settings.poisonLimit,
      times: { lease: settings.lease, heartbeat: settings.heartbeat, scan: scanMs },
      resume: (run) => this.#resume(run),
      tidy: () => this.#tidy(),
      doubt: () => this.#doubtful.doubt(),
      lost,
    });
    this.#doubtful = new DoubtfulClaims({
      owned: () => stores.replicas.owned(this.#replica),
      isHere: (id) => this.#driver.find(id) !== undefined,
      barrier: () => this.#commit.barrier(),
      resume: (run) => this.#resume(run),
    });
    this.#driver = new RunDriver({
      replicaId: this.#replica.id,
      commit: this.#commit,
      durability: (plan) => durabilityOf(plan, settings.durability),
      perform: (effect, { context, origin }, signal) => {
        const { workflow } = origin;
        const send = () => this.#performers.perform(workflow, effect, { context, signal });
        if (this.#replica.holdsLease) return send();
        return this.#replica.leaseHeld().then(() => (signal.throwIfAborted(), send()));
      },
      ended: (run) => this.#ended(run),
      now: () => this.#replica.now(),
      suspended: (run) => this.#traces.keep(run.id, run.origin.correlation),
    });
  }

  /** Runs in memory, and events that wait for their commit. */
  get load(): { readonly running: number; readonly backlog: number } {
    return { running: this.#driver.size, backlog: this.#commit.backlog };
  }

  /** Whether new work may be accepted: the store takes what is written, and nobody stops us. */
  get isAccepting(): boolean {
    return (
      !this.#stopping &&
      this.#replica.holdsLease &&
      !this.#commit.isFailing &&
      this.#commit.backlog < mostBacklog
    );
  }

  /** @param ended is told of every run that is over and committed */
  onEnded(ended: (run: LiveRun) => void): void {
    this.#ended = ended;
  }

  start(): Promise<void> {
    return this.#replica.start();
  }

  /** Writes what is pending, lets go of all runs and gives up the lease. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#commit.barrier();
    this.#driver.stop(new Error('the orchestrator is stopping'));
    await this.#commit.barrier();
    await this.#replica.stop();
  }

  /** Lets go of everything at once, as a killed process does: others own our runs, or soon will. */
  halt(error: LeaseLost): void {
    this.#driver.stop(error);
    this.#replica.halt();
    this.options.lost(error);
  }

  begin(start: BeginRun): LiveRun {
    const { id, trigger, clientTrackingId } = start;
    return this.#driver.begin({
      id,
      trigger,
      origin: originOf(start),
      ...(clientTrackingId !== undefined && { clientTrackingId }),
    });
  }

  /** Begins a run whose beginning depends on others: a limit of its trigger, a key of its caller. */
  async admit(
    start: BeginRun,
    rules: { readonly limit?: ConcurrencyLimit; readonly idempotencyKey?: string },
  ): Promise<Admitted> {
    const { id: runId, trigger, clientTrackingId } = start;
    const { state, events } = startRun({
      runId,
      trigger,
      now: this.#replica.now(),
      ...(clientTrackingId !== undefined && { clientTrackingId }),
    });
    const origin = originOf(start);
    const admission = {
      row: runRow(state, origin, { owner: this.#replica.id, suspended: false }),
      events: journalRows(runId, events, 1),
      ...rules,
    };
    const { stores } = this.options;
    const admitted = await this.#claiming(stores.admission.admit(this.#replica, admission));
    if (admitted.kind === 'running' || admitted.kind === 'waiting')
      countStarted(origin.workflow.name);
    if (admitted.kind === 'running') this.#driver.resume(runId, state, origin);
    else if (admitted.kind === 'waiting') this.#traces.keep(runId, origin.correlation);
    return admitted;
  }

  /** Begins a run with the events that it shares with another one. */
  beginFrom(events: readonly RunEvent[], origin: RunOrigin): LiveRun {
    return this.#driver.beginFrom(restore(events), events, origin);
  }

  find(runId: string): LiveRun | undefined {
    return this.#driver.find(runId);
  }

  /** The events of a run as they are kept. */
  journalOf(runId: string): Promise<RunEvent[]> {
    return this.options.stores.journal.read(runId);
  }

  /** Resolves when everything so far is committed. */
  barrier(): Promise<void> {
    return this.#commit.barrier();
  }

  /** Performs a call that belongs to a trigger instead of a run. */
  perform(
    workflow: DeployedWorkflow,
    effect: CallEffect,
    context: Omit<RunContext, 'workflow'>,
  ): Promise<EffectOutcome> {
    const signal = AbortSignal.timeout(effect.timeout);
    const whole = { ...context, workflow: workflow.plan.environment.workflow };
    return this.#performers.perform(workflow, effect, { context: whole, signal });
  }

  /** The answer of a run to its caller; after `timeout` milliseconds undefined, and the run is told. */
  answer(run: LiveRun, timeout: number): Promise<ResponseMessage | undefined> {
    return answerWithin(run, timeout, () => this.#driver.expireResponse(run));
  }

  /** Cancels a run wherever it is driven. */
  async cancel(runId: string): Promise<void> {
    await this.options.stores.runs.requestCancel(runId);
    await this.attend(runId);
  }

  /**
   * Something has come for a run (a callback, a cancellation) and is in the store: hands it over
   * when the run is here, or goes on with it when nobody drives it.
   */
  async attend(runId: string): Promise<void> {
    if (this.#driver.handOver(runId, await this.#mailOf(runId))) return;
    // It may have left memory a moment ago; nobody can claim it before that is committed.
    await this.#commit.barrier();
    const { replicas } = this.options.stores;
    const claimed = await this.#claiming(replicas.claimRun(this.#replica, runId));
    if (claimed) await this.#resume(claimed);
  }

  /** Attends to what came for our runs while notifications were not heard. */
  async catchUp(): Promise<void> {
    const ids = await this.options.stores.runs.signalled(this.#replica.id);
    for (const id of ids) await this.attend(id);
  }

  /** Looks for runs that nobody drives now, instead of at the next scan. */
  scan(): Promise<void> {
    return this.#replica.scan();
  }

  #mailOf(runId: string): Promise<Mail> {
    return mailOf(this.options.stores.runs, runId);
  }

  /** A claim whose answer is lost may have come true. */
  async #claiming<Outcome>(claim: Promise<Outcome>): Promise<Outcome> {
    try {
      return await claim;
    } catch (error) {
      this.#doubtful.doubt();
      throw error;
    }
  }

  async #tidy(): Promise<void> {
    const { stores, settings, logger } = this.options;
    const end = setAsideEnd(settings.poisonLimit, this.#replica.now());
    for (const run of await stores.replicas.setAside(settings.poisonLimit, end))
      logger.error({ run }, end.message);
    await this.#doubtful.settle();
  }

  async #resume(claimed: ClaimedRun): Promise<void> {
    const { id, workflow: name, version: runVersion } = claimed;
    const { registry, logger, stores } = this.options;
    this.#doubtful.claimed(id);
    try {
      const [workflow, journal, mail] = await Promise.all([
        registry.version(name, runVersion),
        this.journalOf(id),
        this.#mailOf(id),
      ]);
      const origin = { workflow, ...this.#traces.originOf(claimed) };
      this.#driver.resume(id, restore(journal), origin, mail);
      logger.info({ run: id, workflow: name }, 'going on with a run');
      // What came while the run was being read found nobody who drives it.
      const later = await this.#mailOf(id);
      const isMore = later.callbacks.length > mail.callbacks.length || later.cancel !== mail.cancel;
      if (isMore && !this.#driver.handOver(id, later)) await this.attend(id);
    } catch (error) {
      this.#driver.forget(id, error as Error);
      // While the store is away the run stays ours, and is found again when the store is back.
      await this.#claiming(stores.runs.postpone(id, this.#replica.id, postponeMs));
      throw error;
    }
  }

  /** The store refuses what a run has to say: the run ends there, so that it holds up nobody. */
  #giveUp(runId: string, err: unknown): void {
    const run = this.#driver.find(runId);
    this.options.logger.error({ err, run: runId }, 'a run cannot be stored and is given up');
    if (!run) return;
    this.#driver.forget(runId, new Error('the run cannot be stored'));
    const row = runRow(run.state, run.origin, { owner: this.#replica.id, suspended: false });
    this.#commit.append(givenUp(row), []);
  }
}
