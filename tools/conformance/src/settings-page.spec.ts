import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsPage } from './settings-page.js';

describe('docs/support/settings.md', () => {
  it('says what the built services print', () => {
    const page = readFileSync(
      join(import.meta.dirname, '../../../docs/support/settings.md'),
      'utf8',
    );
    // "npm run support-tables" writes it anew.
    expect(page).toBe(settingsPage());
  }, 60_000);
});
