import { copyFile, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The files of one connector, in a folder of their own. */
export interface ConnectorFolder {
  /** As in `managedApis/{name}`. */
  readonly name: string;
  readonly path: string;
}

/**
 * The connectors of a folder: one folder a connector. Where folders cannot be (a mounted ConfigMap), files named
 * `orders__apiDefinition.swagger.json` stand for `orders/apiDefinition.swagger.json`; they are copied into a
 * temporary folder. What begins with a dot is left alone: there Kubernetes keeps what it mounts.
 */
export async function connectorFolders(folder: string): Promise<ConnectorFolder[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(
    ({ name }) => !name.startsWith('.'),
  );
  const flat = entries.filter((entry) => !entry.isDirectory() && /^[^_].*?__/.test(entry.name));
  const found = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, path: join(folder, name) }));
  if (flat.length === 0) return found;
  const unfolded = await mkdtemp(join(tmpdir(), 'isthmus-connectors-'));
  const names = new Set<string>();
  for (const { name } of flat) {
    const place = name.split('__');
    const target = join(unfolded, ...place);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(folder, name), target);
    names.add(place[0]!);
  }
  return [...found, ...[...names].map((name) => ({ name, path: join(unfolded, name) }))];
}
