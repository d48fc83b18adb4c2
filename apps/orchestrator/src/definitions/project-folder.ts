import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What the runtime reads of a project; everything else in the folder is left alone. */
const wanted =
  /(^|\/)(host|connections|parameters|workflow)\.json$|^Artifacts\/(Maps|Schemas|Rules)\//;
const skipped = new Set(['node_modules', 'workflow-designtime', 'lib']);

/**
 * The files of a Logic Apps Standard project by their path in it. Where folders cannot be (a mounted
 * ConfigMap), `__` in a name stands for `/`.
 */
export async function readProjectFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const visit = async (current: string): Promise<void> => {
    for (const entry of await readdir(current, { withFileTypes: true })) {
      const path = join(current, entry.name);
      // Among them the folders in which Kubernetes keeps what it mounts: the files themselves are links.
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) await visit(path);
        continue;
      }
      const place = relative(folder, path).replaceAll('\\', '/');
      const name = current === folder ? place.replaceAll('__', '/') : place;
      if (wanted.test(name)) files.set(name, await readFile(path, 'utf8'));
    }
  };
  await visit(folder);
  return files;
}
