// Runs every test of the workspace: builds first, since end-to-end tests start the built processes.
// Properties draw the same inputs each time, so that a test that turns red means a change; another `--seed` draws others.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const run = (command, args) =>
  spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

const build = run(bin('tsc'), ['-b']);
if (build !== 0) process.exit(build);
const args = process.argv.slice(2);
process.exit(
  run(process.execPath, [
    '--experimental-vm-modules',
    '--no-warnings',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--maxWorkers=2',
    '--showSeed',
    ...(args.some((one) => one.startsWith('--seed')) ? [] : ['--seed=1']),
    ...args,
  ]),
);
