import type { Migration } from 'kysely/migration';
import { resources } from './001-resources.js';
import { callTraces } from './002-call-traces.js';

/** Migrations of the catalog's store, in order; applied ones are never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-resources': resources,
  '002-call-traces': callTraces,
};
