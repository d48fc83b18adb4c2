import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const name = 'start.lock';

/**
 * Takes the data folder for this process. A lock whose process is gone is taken over.
 * @throws Error that names the process which runs there already.
 */
export function lockDataFolder(dataFolder: string): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const file = join(dataFolder, name);
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readFileSync(file, 'utf8'));
    if (isAlive(owner)) {
      throw new Error(
        `npm start already runs on ${dataFolder} (process ${owner}). Stop it first, or use another clone.`,
      );
    }
    rmSync(file, { force: true });
  }
}

/** Gives the data folder up. */
export function unlockDataFolder(dataFolder: string): void {
  rmSync(join(dataFolder, name), { force: true });
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
