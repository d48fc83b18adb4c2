import { expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KillResult } from './kill-run.js';

jest.setTimeout(240_000);

/** The built harness: replicas are real processes, and so is what kills them. */
const harness = join(import.meta.dirname, '../../dist/kill/main.js');

it('no run is lost, stuck or doubled when replicas are killed and paused at random instants', async () => {
  const flags = ['--kills', '10', '--pauses', '1', '--replicas', '2', '--seed', '11'];
  const { stdout } = await promisify(execFile)(process.execPath, [harness, ...flags]);
  const result = JSON.parse(stdout) as KillResult;
  expect(result.violations).toEqual([]);
  // How many depends on the machine: replicas live for shorter than a busy one takes for some runs.
  expect(result.accepted).toBeGreaterThan(0);
  expect(result.calls).toBeGreaterThan(0);
});
