import { randomUUID } from 'node:crypto';
import type { Logger } from '@isthmus/host';
import type { WorkflowRegistry } from '../definitions/workflow-registry.js';
import { countStarted } from '../observability/metrics.js';
import type { RunService } from '../runner/run-service.js';
import type { DueTrigger, TriggersStore } from '../store/triggers.store.js';
import type { BatchCollector } from './batch-collector.js';
import type { TriggerSync } from './trigger-sync.js';
import type { TriggerTasks } from './trigger-tasks.js';

/** What the scheduler works with. */
export interface SchedulerParts {
  readonly store: TriggersStore;
  readonly registry: WorkflowRegistry;
  readonly runs: RunService;
  readonly tasks: TriggerTasks;
  readonly batches: BatchCollector;
  readonly sync: TriggerSync;
  readonly logger: Logger;
}

/** How often due triggers are looked for, in milliseconds, and how many are taken at once. */
const tickMs = 500;
const most = 20;

/** Does what triggers have to do in time; each task is done by one replica. */
export class TriggerScheduler {
  #timer: NodeJS.Timeout | undefined;
  #tick: Promise<void> | undefined;
  readonly #working = new Set<Promise<void>>();

  constructor(private readonly parts: SchedulerParts) {}

  start(): void {
    this.#timer = setInterval(() => void this.tick(), tickMs);
  }

  /** Ends what has begun and begins nothing more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tick;
    await Promise.allSettled([...this.#working]);
  }

  /** Looks for due triggers now. */
  tick(): Promise<void> {
    this.#tick ??= this.#claim().finally(() => {
      this.#tick = undefined;
    });
    return this.#tick;
  }

  /** Resolves when all tasks that have begun are done. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#working]);
  }

  async #claim(): Promise<void> {
    const { store, runs, logger } = this.parts;
    if (!runs.isAccepting) return;
    try {
      for (const row of await store.claimDue(randomUUID(), most)) {
        const work = this.#work(row).catch((err: unknown) =>
          logger.error({ err, workflow: row.workflow, trigger: row.name }, 'a trigger failed'),
        );
        this.#working.add(work);
        void work.finally(() => this.#working.delete(work));
      }
    } catch (err) {
      logger.warn({ err }, 'looking for due triggers failed');
    }
  }

  async #work(row: DueTrigger): Promise<void> {
    const { store, registry, tasks, batches, sync } = this.parts;
    const workflow = await registry.version(row.workflow, row.version);
    const trigger = workflow.plan.triggers.find(({ name }) => name === row.name);
    if (!trigger) {
      await store.complete(row, {});
      return;
    }
    if (row.task === 'batch') {
      const wakeAt = await batches.review(workflow, trigger);
      await store.complete(row, { next: { at: wakeAt ?? null } });
      return;
    }
    const admitted = await store.complete(row, await tasks.perform({ row, workflow, trigger }));
    const begun = admitted?.filter(({ kind }) => kind !== 'refused').length ?? 0;
    if (begun > 0) countStarted(workflow.name, begun);
    // The subscription of the version that followed could not be made before this one was given up.
    if (row.task === 'unsubscribe') {
      const current = await registry.current(row.workflow, 'fresh');
      if (current) await sync.sync(current.row);
    }
  }
}
