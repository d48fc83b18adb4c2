import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../gateway/isthmus-gateway.js';

const run = promisify(execFile);
const longestInstallMs = 15 * 60_000;

/** A product that we are compared with, as npm has it. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  /** Other packages beside it, such as the Node.js that it needs. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** A peer on disk, or why it cannot be had. */
export type InstalledPeer = { readonly folder: string } | { readonly missing: string };

/**
 * Installs a peer into a folder of its own below `.isthmus/bench-peers`, once. Install scripts do not run: a
 * benchmark must not build what nobody looked at.
 */
export async function installPeer({ name, version, beside = {} }: Peer): Promise<InstalledPeer> {
  const folder = join(root, '.isthmus/bench-peers', `${name}-${version}`);
  if (existsSync(join(folder, 'installed'))) return { folder };
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { [name]: version, ...beside } }),
  );
  try {
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'];
    await run('npm', ['install', ...flags], { cwd: folder, timeout: longestInstallMs });
  } catch (error) {
    const [reason = ''] =
      (error as Error & { stderr?: string }).stderr?.match(/npm error .*/) ?? [];
    return { missing: `${name} ${version} could not be installed: ${reason}` };
  }
  await writeFile(join(folder, 'installed'), '');
  return { folder };
}

/** What rows say when peers are switched off. */
export const peersOff = 'left out (--no-peers)';

/** Starts a peer; one that fails to start is a row that says so, not the end of the benchmark. */
export async function orReason<T>(start: () => Promise<T | string>): Promise<T | string> {
  try {
    return await start();
  } catch (error) {
    return (error as Error).message.split('\n').slice(0, 2).join(': ');
  }
}
