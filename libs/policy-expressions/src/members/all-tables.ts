import { baseTables } from './base-tables.js';
import { documentTables } from './document-tables.js';
import { languageTables } from './language-tables.js';
import type { TypeTable } from './table.js';

/** Every .NET type that expressions may use: the boundary of the sandbox. */
export const allTables: readonly TypeTable[] = [
  ...languageTables,
  ...baseTables,
  ...documentTables,
];
