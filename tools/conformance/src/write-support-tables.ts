import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsPage } from './settings-page.js';
import { supportTables } from './support-tables.js';

const folder = join(import.meta.dirname, '../../../docs/support');
mkdirSync(folder, { recursive: true });
for (const [name, text] of supportTables()) writeFileSync(join(folder, name), text);
writeFileSync(join(folder, 'settings.md'), settingsPage());
