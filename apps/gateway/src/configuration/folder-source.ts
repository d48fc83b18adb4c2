import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { readArtifacts, readFiles, whyNoApis } from '@isthmus/artifacts';
import type { ArtifactProblem, Resource } from '@isthmus/artifacts';
import type { SourceConfiguration } from './compile-gateway.js';

/** Which folder, and how it is read. */
export interface FolderOptions {
  readonly folder: string;
  readonly environment: string | undefined;
  readonly tokens: Readonly<Record<string, string>>;
}

/** A change in a folder seldom comes alone (editors write twice, checkouts many files). Milliseconds. */
const settle = 150;

/**
 * Reads an APIOps folder, again and again. Mistakes in single files are told and the rest is served; a file that was
 * sound before and cannot be read now counts as it last was, so that a slip of the editor takes no API away.
 */
export class FolderReader {
  /** The texts of the last reading that had no mistakes. */
  #sound: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly options: FolderOptions,
    private readonly tell: (problem: ArtifactProblem) => void,
  ) {}

  /** Rejects when the folder itself cannot be read. */
  async read(): Promise<SourceConfiguration> {
    const files = await readFiles(this.options.folder);
    const { resources, problems } = this.#interpret(files);
    const hasApis = resources.some(({ id }) => isApi(id));
    if (!hasApis) this.#tellEmpty(files);
    for (const problem of problems) if (hasApis || isError(problem)) this.tell(problem);
    let served: readonly Resource[] = resources;
    const broken = new Set(problems.filter(isError).map(({ file }) => file));
    if (broken.size > 0) served = this.#mend(files, broken) ?? resources;
    this.#sound = files;
    const revision = createHash('sha256').update(JSON.stringify(served)).digest('hex').slice(0, 16);
    return { revision, resources: served };
  }

  /** A folder without APIs may well be the wrong one: one sentence instead of one about each strange file. */
  #tellEmpty(files: ReadonlyMap<string, string>): void {
    const message = whyNoApis(files.keys());
    this.tell({ severity: 'warning', message, file: this.options.folder });
  }

  /** Puts back what was sound of the broken files; undefined when nothing of them ever was. */
  #mend(files: Map<string, string>, broken: ReadonlySet<string>): readonly Resource[] | undefined {
    let mended = false;
    for (const file of broken) {
      const before = this.#sound.get(file);
      if (before === undefined) files.delete(file);
      else {
        files.set(file, before);
        mended = true;
      }
    }
    return mended ? this.#interpret(files).resources : undefined;
  }

  #interpret(files: ReadonlyMap<string, string>): ReturnType<typeof readArtifacts> {
    const { environment, tokens } = this.options;
    return readArtifacts(files, { tokens, ...(environment === undefined ? {} : { environment }) });
  }
}

/** APIs of the service and of workspaces. */
function isApi(id: string): boolean {
  return /^(\/workspaces\/[^/]+)?\/apis\/[^/]+$/i.test(id);
}

function isError({ severity }: ArtifactProblem): boolean {
  return severity === 'error';
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
