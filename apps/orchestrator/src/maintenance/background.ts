import type { Database } from '@isthmus/database';
import type { Logger } from '@isthmus/host';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import type { LiveRun } from '../runner/live-run.js';
import type { RunService } from '../runner/run-service.js';
import type { AdmissionStore } from '../store/admission.store.js';
import { showWorkload } from '../observability/metrics.js';
import { channel } from '../store/replicas.store.js';
import type { Tables } from '../store/tables.js';
import { concurrencyOf } from '../triggers/concurrency.js';
import type { TriggerScheduler } from '../triggers/trigger-scheduler.js';
import type { Retention } from './retention.js';

/** What goes on beside the runs. */
export interface BackgroundParts {
  readonly database: Database<Tables>;
  readonly runs: RunService;
  readonly registry: WorkflowRegistry;
  readonly admission: AdmissionStore;
  readonly scheduler: TriggerScheduler;
  readonly retention: Retention;
  readonly logger: Logger;
}

/** Runs that wait for their turn are looked for so often, in milliseconds. */
const reviewMs = 10_000;
const retentionMs = 3_600_000;

/** Notifications of other replicas, triggers, waiting runs, retention. */
export class Background {
  #subscription: { close(): Promise<void> } | undefined;
  #timers: NodeJS.Timeout[] = [];

  constructor(private readonly parts: BackgroundParts) {}

  async start(): Promise<void> {
    const { database, scheduler, retention, runs, admission } = this.parts;
    showWorkload({
      get running() {
        return runs.load.running;
      },
      get backlog() {
        return runs.load.backlog;
      },
      waiting: () => admission.depth(),
    });
    this.#subscription = await database.listen(channel, (runId) => this.#notified(runId));
    // What came before that is not heard any more.
    await this.parts.runs.catchUp();
    scheduler.start();
    this.#timers = [
      setInterval(() => this.#quietly(this.#review()), reviewMs),
      setInterval(() => this.#quietly(retention.sweep()), retentionMs),
    ];
    this.#quietly(retention.sweep());
  }

  async stop(): Promise<void> {
    showWorkload(undefined);
    for (const timer of this.#timers) clearInterval(timer);
    await this.#subscription?.close();
    await this.parts.scheduler.stop();
  }

  /** A run is over: the next one that waits under its trigger's limit begins. */
  ended(run: LiveRun): void {
    const { workflow } = run.origin;
    const name = run.state.trigger?.name ?? '';
    const trigger = run.plan.triggers.find((one) => one.name === name);
    const limit = trigger && concurrencyOf(workflow, trigger);
    if (limit) this.#quietly(this.parts.admission.promote(workflow.name, name, limit));
  }

  #notified(runId: string | undefined): void {
    const { runs } = this.parts;
    if (runId === '') this.#quietly(runs.scan());
    else if (runId !== undefined) this.#quietly(runs.attend(runId));
    // The connection was away: look for what was said meanwhile.
    else this.#quietly(runs.catchUp().then(() => runs.scan()));
  }

  async #review(): Promise<void> {
    const { runs, admission, registry } = this.parts;
    if (!runs.isAccepting) return;
    for (const waiting of await admission.waitingTriggers()) {
      const workflow = await registry.version(waiting.workflow, waiting.version);
      const trigger = workflow.plan.triggers.find(({ name }) => name === waiting.trigger_name);
      // A limit that a later version took away holds nobody back.
      const limit = (trigger && concurrencyOf(workflow, trigger)) ?? { runs: 100, waiting: 100 };
      await admission.promote(waiting.workflow, waiting.trigger_name, limit);
    }
  }

  #quietly(work: Promise<unknown>): void {
    work.catch((err: unknown) => this.parts.logger.warn({ err }, 'work in the background failed'));
  }
}
