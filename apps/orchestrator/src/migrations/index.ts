import type { Migration } from 'kysely/migration';
import { store001 } from './001-store.js';
import { triggers002 } from './002-triggers.js';
import { signalsByTime003 } from './003-signals-by-time.js';

/** Applied in the order of their names; an applied one is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-store': store001,
  '002-triggers': triggers002,
  '003-signals-by-time': signalsByTime003,
};
