// npm start: builds what has changed, then runs the reference architecture.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `Needs Node.js 22.19 or newer, found ${process.versions.node}. "npm start" uses the one that "npm ci" installs.`,
  );
  process.exit(1);
}
const root = join(import.meta.dirname, '../..');
process.chdir(root);
process.stdout.write('Building ... ');
const began = performance.now();
const build = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-b'], {
  stdio: ['ignore', 'pipe', 'pipe'],
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
if (build.status !== 0) {
  console.error(`failed\n${build.stdout}${build.stderr}`);
  process.exit(1);
}
console.log(`done in ${((performance.now() - began) / 1000).toFixed(1)} s`);
await import('./dist/main.js');
