import type { Logger } from '@isthmus/host';
import type { BatchesStore } from '../store/batches.store.js';
import type { RunsStore } from '../store/runs.store.js';
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

/** Removes histories whose time is over. */
export class Retention {
  constructor(
    private readonly stores: RetentionStores,
    private readonly days: number,
    private readonly logger: Logger,
  ) {}

  async sweep(now = Date.now()): Promise<void> {
    const { runs, triggers, batches } = this.stores;
    const before = new Date(now - this.days * day);
    let removed = 0;
    for (let last = portion; last === portion; removed += last)
      last = await runs.removeEnded(before, portion);
    await triggers.removeAttempts(before);
    await batches.removeReleased(before);
    if (removed > 0) this.logger.info({ runs: removed, before }, 'old runs removed');
  }
}
