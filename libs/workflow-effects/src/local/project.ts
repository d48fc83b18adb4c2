import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Artifacts, ProjectFiles } from '@isthmus/workflow-engine';

const projectFiles = ['host.json', 'connections.json', 'parameters.json', 'local.settings.json'];
const artifactFolders = [
  'Artifacts/Maps',
  'Artifacts/Schemas',
  'Artifacts/Rules',
  'Maps',
  'Schemas',
];
const largest = 20_000_000;

/** The files of the Standard project that a workflow.json stands in, by path; empty when there is no host.json. */
export async function projectAround(file: string): Promise<ProjectFiles> {
  const files = new Map<string, string>();
  const root = dirname(dirname(file) === '.' ? join(process.cwd(), file) : dirname(file));
  const host = await text(join(root, 'host.json'));
  if (host === undefined) return files;
  files.set('host.json', host);
  for (const name of projectFiles.slice(1)) {
    const content = await text(join(root, name));
    if (content !== undefined) files.set(name, content);
  }
  for (const folder of [...artifactFolders, relative(root, dirname(file))]) {
    for (const path of await filesBelow(join(root, folder))) {
      const content = await text(path);
      if (content !== undefined) files.set(relative(root, path).split(sep).join('/'), content);
    }
  }
  return files;
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

async function text(path: string): Promise<string | undefined> {
  try {
    const content = await readFile(path, 'utf8');
    return content.length > largest ? undefined : content;
  } catch {
    return undefined;
  }
}

/** Maps and schemas of the project, found by name with or without extension, and code files by their name. */
export function artifactsOf(files: ProjectFiles): Artifacts {
  const find = (kind: string, name: string): string | undefined => {
    const wanted = name.toLowerCase();
    for (const [path, content] of files) {
      const file = basename(path).toLowerCase();
      if (!path.toLowerCase().includes(kind)) continue;
      if (file === wanted || file.replace(/\.[^.]+$/, '') === wanted) return content;
    }
    return undefined;
  };
  return {
    map: (name) => find('maps/', name) ?? find('', name),
    schema: (name) => find('schemas/', name),
  };
}
