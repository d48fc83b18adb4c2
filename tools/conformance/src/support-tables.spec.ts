import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { supportTables } from './support-tables.js';

describe('the support tables in docs/support', () => {
  it.each([...supportTables()])('%s say what the code does', (name, text) => {
    // "npm run support-tables" writes them anew.
    expect(readFileSync(join(import.meta.dirname, '../../../docs/support', name), 'utf8')).toBe(
      text,
    );
  });
});
