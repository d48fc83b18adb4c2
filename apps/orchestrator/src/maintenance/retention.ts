import type { Logger } from '@isthmus/host';
import type { BatchesStore } from '../store/batches.store.js';
import type { RunsStore, WorkflowSelection } from '../store/runs.store.js';
import type { TriggersStore } from '../store/triggers.store.js';

/** The stores that grow. */
export interface RetentionStores {
  readonly runs: RunsStore;
  readonly triggers: TriggersStore;
  readonly batches: BatchesStore;
}

const day = 86_400_000;
/** Runs that one statement removes: small enough to hold nobody up. */
const portion = 200;
const setting = /^Workflows\.(.+)\.RuntimeConfiguration\.RetentionInDays$/i;

/** How long histories are kept. */
export interface RetentionTimes {
  /** Of workflows that say nothing else. */
  readonly days: number;
  /** By workflow, in lower case. */
  readonly byWorkflow: ReadonlyMap<string, number>;
}

/**
 * The setting of the service, and `Workflows.<name>.RuntimeConfiguration.RetentionInDays` of the app settings.
 * @throws Error that names the setting that is no number of days
 */
export function retentionTimes(
  days: number,
  appSettings: Readonly<Record<string, string>>,
): RetentionTimes {
  const byWorkflow = new Map<string, number>();
  for (const [name, text] of Object.entries(appSettings)) {
    const workflow = setting.exec(name)?.[1];
    if (workflow === undefined) continue;
    if (!/^[1-9]\d{0,4}$/.test(text.trim()))
      throw new Error(`App setting ${name} must be a whole number of days but is '${text}'`);
    byWorkflow.set(workflow.toLowerCase(), Number(text));
  }
  return { days, byWorkflow };
}

/** Removes histories whose time is over. */
export class Retention {
  constructor(
    private readonly stores: RetentionStores,
    private readonly times: RetentionTimes,
    private readonly logger: Logger,
  ) {}

  async sweep(now = Date.now()): Promise<void> {
    const { days, byWorkflow } = this.times;
    const before = (age: number) => new Date(now - age * day);
    const own = [...byWorkflow.keys()];
    await this.#remove(before(days), { except: own });
    for (const [workflow, age] of byWorkflow) await this.#remove(before(age), { only: workflow });
    await this.stores.batches.removeReleased(before(days));
  }

  async #remove(before: Date, workflows: WorkflowSelection): Promise<void> {
    const { runs, triggers } = this.stores;
    let removed = 0;
    for (let last = portion; last === portion; removed += last)
      last = await runs.removeEnded(before, portion, workflows);
    await triggers.removeAttempts(before, workflows);
    if (removed > 0) this.logger.info({ runs: removed, before }, 'old runs removed');
  }
}
