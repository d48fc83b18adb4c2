import { expect, it } from '@jest/globals';
import { newGuid } from './guids.js';

it('gives random GUIDs of version 4, each once', () => {
  const guids = Array.from({ length: 1000 }, newGuid);
  expect(new Set(guids).size).toBe(1000);
  for (const guid of guids)
    expect(guid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
