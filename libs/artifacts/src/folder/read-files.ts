import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { documentText } from '@isthmus/dotnet';

/** The text files of a folder, in whatever encoding they tell: paths relative to it, with forward slashes. */
export type ArtifactFiles = ReadonlyMap<string, string>;

/** No artifact is as large as this; a larger file is not one. Bytes. */
const largestFile = 64 * 1024 * 1024;

/**
 * Reads a folder from disk. Names that begin with a dot and `node_modules` are left out.
 * Rejects when the folder cannot be read or holds a file above 64 MiB.
 */
export async function readFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  await walk(folder, '', files);
  return files;
}

async function walk(root: string, below: string, files: Map<string, string>): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    const facts = entry.isSymbolicLink() ? await stat(join(root, path)) : entry;
    if (facts.isDirectory()) await walk(root, path, files);
    else if (facts.isFile()) {
      const { size } = await stat(join(root, path));
      if (size > largestFile)
        throw new Error(`${path} is larger than any artifact (${size} bytes)`);
      files.set(path, documentText(await readFile(join(root, path))));
    }
  }
}
