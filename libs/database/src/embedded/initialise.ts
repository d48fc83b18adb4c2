import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinaries, type Binaries } from './binaries.js';

/** The superuser of every embedded server; its password is in the data folder, for the owner's eyes only. */
export const superuser = 'isthmus';

/** The password file inside `<folder>/data`. */
export const passwordFile = 'isthmus.password';

/** Makes `<folder>/data` when it is missing. Several processes may do so at once: one result is kept. */
export async function initialise(folder: string): Promise<Binaries> {
  const binaries = await findBinaries();
  const data = join(folder, 'data');
  if (await isInitialised(data)) return binaries;
  await mkdir(folder, { recursive: true });
  const draft = `${data}.${randomBytes(4).toString('hex')}`;
  try {
    await initdb(binaries, draft);
    await rename(draft, data).catch(async (error: unknown) => {
      if (!(await isInitialised(data))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return binaries;
}

async function isInitialised(data: string): Promise<boolean> {
  return readFile(join(data, 'PG_VERSION')).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw new Error(`the database folder ${data} cannot be read: ${error.message}`);
    },
  );
}

async function initdb({ folder, identity }: Binaries, draft: string): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  const secret = `${draft}.password`;
  await mkdir(draft, { mode: 0o700 });
  await writeFile(secret, password, { mode: 0o600 });
  if (identity) {
    await chown(draft, identity.uid, identity.gid);
    await chown(secret, identity.uid, identity.gid);
  }
  const handle = await open(secret);
  try {
    const child = spawn(
      join(folder, 'initdb'),
      [
        '-D',
        dataArgument(draft, identity !== undefined),
        `--pwfile=${identity ? '/proc/self/fd/3' : secret}`,
        `--username=${superuser}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
      ],
      { cwd: draft, env: {}, stdio: ['ignore', 'pipe', 'pipe', handle.fd], ...identity },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0)
      throw new Error(`initdb failed (exit code ${code}): ${output.slice(-1000).trim()}`);
    const kept = join(draft, passwordFile);
    await writeFile(kept, password, { mode: 0o600 });
    if (identity) await chown(kept, identity.uid, identity.gid);
  } finally {
    await handle.close();
    await rm(secret, { force: true });
  }
}

/**
 * The data folder as PostgreSQL is told of it. A lent id may not be able to walk to the folder (a home of mode 700),
 * but it may stay in the folder where it was started, and this link leads there without a walk.
 */
export function dataArgument(data: string, lentId: boolean): string {
  return lentId && process.platform === 'linux' ? '/proc/self/cwd' : data;
}
