import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { readArtifacts, readFiles } from '@isthmus/artifacts';
import type { ArtifactProblem } from '@isthmus/artifacts';
import type { SourceConfiguration } from './compile-gateway.js';

/** Which folder, and how it is read. */
export interface FolderOptions {
  readonly folder: string;
  readonly environment: string | undefined;
  readonly tokens: Readonly<Record<string, string>>;
}

/** A change in a folder seldom comes alone (editors write twice, checkouts many files). Milliseconds. */
const settle = 150;

/** Reads an APIOps folder; mistakes in single files are told, the rest is served. */
export async function readFolder(
  options: FolderOptions,
  tell: (problem: ArtifactProblem) => void,
): Promise<SourceConfiguration> {
  const files = await readFiles(options.folder);
  const { resources, problems } = readArtifacts(files, {
    tokens: options.tokens,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  });
  for (const problem of problems) tell(problem);
  const revision = createHash('sha256')
    .update(JSON.stringify(resources))
    .digest('hex')
    .slice(0, 16);
  return { revision, resources };
}

/** Where the system gives no more watches, the folder is looked at this often. Milliseconds. */
const lookEvery = 2000;

/** Calls back when anything in a folder has changed and it has been quiet for a moment. */
export function watchFolder(folder: string, changed: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;
  const look = (): void => {
    looking ??= setInterval(changed, lookEvery).unref();
  };
  const settled = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, settle);
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { recursive: true }, settled);
    watcher.on('error', () => {
      watcher?.close();
      look();
    });
  } catch {
    look();
  }
  return {
    close() {
      clearTimeout(timer);
      clearInterval(looking);
      watcher?.close();
    },
  };
}
