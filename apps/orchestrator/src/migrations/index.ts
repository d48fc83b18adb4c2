import type { Migration } from 'kysely/migration';
import { store001 } from './001-store.js';
import { triggers002 } from './002-triggers.js';
import { signalsByTime003 } from './003-signals-by-time.js';
import { integrationAccounts004 } from './004-integration-accounts.js';
import { signalledRuns005 } from './005-signalled-runs.js';
import { crashes006 } from './006-crashes.js';
import { batchPartitions007 } from './007-batch-partitions.js';

/** Applied in the order of their names; an applied one is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-store': store001,
  '002-triggers': triggers002,
  '003-signals-by-time': signalsByTime003,
  '004-integration-accounts': integrationAccounts004,
  '005-signalled-runs': signalledRuns005,
  '006-crashes': crashes006,
  '007-batch-partitions': batchPartitions007,
};
