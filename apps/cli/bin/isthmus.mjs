#!/usr/bin/env node
// Starts the command line on a Node version that the product supports, whichever Node the shell found.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = join(dirname(fileURLToPath(import.meta.url)), '../dist/main.js');
if (!existsSync(entry)) {
  console.error('isthmus: not built yet. Run "npm run build" in the root of the clone first.');
  process.exit(2);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  await import(entry);
} else {
  const bundled = bundledNode();
  if (!bundled) {
    console.error(`isthmus: needs Node.js 22.19 or newer, found ${process.versions.node}.`);
    process.exit(2);
  }
  const child = spawn(bundled, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGTERM' ? 143 : 130)));
}

/** The Node that npm installed with the product (optionalDependencies of the root), if there is one. */
function bundledNode() {
  const require = createRequire(import.meta.url);
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const root = dirname(require.resolve(`${name}/package.json`));
    const binary = join(root, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}
