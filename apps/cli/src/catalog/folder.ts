import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isArtifactFile, readArtifacts, readFiles } from '@isthmus/artifacts';
import type { ArtifactProblem, ArtifactResource } from '@isthmus/artifacts';
import { tokenValues } from '../token-values.js';
import { UsageError } from '../usage-error.js';

/** How a folder is read before it goes to a catalog. */
export interface FolderOptions {
  readonly environment?: string;
  /** Values of `{#NAME#}` tokens, each as NAME=value. */
  readonly token?: readonly string[];
}

/** What a folder holds, ready to be applied. */
export interface FolderContent {
  readonly resources: readonly ArtifactResource[];
  readonly problems: readonly ArtifactProblem[];
}

/** Adds the options that {@link readFolder} reads. */
export const folderOptions = [
  ['--environment <name>', 'lay configuration.<name>.yaml over the folder'],
  ['--token <name=value...>', 'values of {#NAME#} tokens'],
] as const;

/**
 * Reads an APIOps folder; subscription keys stay as they are, for the catalog seals them.
 * @throws UsageError when it is no folder
 */
export async function readFolder(folder: string, options: FolderOptions): Promise<FolderContent> {
  const files = await readFiles(folder).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`The folder '${folder}' cannot be read: ${error.message}`);
  });
  const tokens = Object.fromEntries(tokenValues(options.token ?? []));
  return readArtifacts(files, {
    tokens,
    subscriptionKeys: 'plain',
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  });
}

/**
 * Writes files below a folder. What is there and belongs to artifacts but is not among them is deleted; everything
 * else (a README, `configuration.*.yaml`) stays.
 * @throws UsageError when the folder holds something and `replace` is false
 */
export async function writeFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
  replace: boolean,
): Promise<{ readonly deleted: number }> {
  const root = resolve(folder);
  await mkdir(root, { recursive: true });
  const present = await readdir(root);
  if (present.some((name) => !name.startsWith('.')) && !replace)
    throw new UsageError(`'${folder}' is not empty. Give --replace to replace its artifacts.`);
  let deleted = 0;
  for (const path of present.length > 0 ? (await readFiles(root)).keys() : []) {
    if (files.has(path) || !isArtifactFile(path)) continue;
    await rm(join(root, path));
    deleted++;
  }
  for (const [path, text] of files) {
    const target = resolve(root, path);
    // Names come from the catalog: none may lead out of the folder.
    if (relative(root, target).split(sep)[0] === '..')
      throw new Error(`'${path}' does not lie in the folder.`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  return { deleted };
}
