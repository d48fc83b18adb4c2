import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const skipped: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  'dist',
  'bin',
  'obj',
  '.isthmus',
]);

/** All files below a folder, sorted; the path itself when it is a file. Rejects when it does not exist. */
export async function filesBelow(path: string): Promise<string[]> {
  const found = await stat(path);
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry) => {
      if (entry.isDirectory())
        return skipped.has(entry.name) ? [] : await filesBelow(join(path, entry.name));
      return entry.isFile() ? [join(path, entry.name)] : [];
    }),
  );
  return lists.flat().sort();
}

/** Information files that tell an APIOps folder: `<root>/<collection>/<name>/<file>`. */
const informationFiles: ReadonlySet<string> = new Set([
  'apiInformation.json',
  'productInformation.json',
  'namedValueInformation.json',
  'backendInformation.json',
  'policyFragmentInformation.json',
  'loggerInformation.json',
  'subscriptionInformation.json',
  'versionSetInformation.json',
  'apiVersionSetInformation.json',
  'groupInformation.json',
  'tagInformation.json',
  'diagnosticInformation.json',
]);

/** The APIOps folders among these files: outermost roots only. */
export function artifactRoots(files: readonly string[]): string[] {
  const roots = new Set(
    files
      .filter((file) => informationFiles.has(basename(file)))
      .map((file) => dirname(dirname(dirname(file)))),
  );
  return [...roots]
    .filter((root) => ![...roots].some((other) => other !== root && root.startsWith(`${other}/`)))
    .sort();
}
