import { access, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { documentText, type Artifacts, type ProjectFiles } from '@isthmus/workflow-engine';

const projectFiles = ['host.json', 'connections.json', 'parameters.json', 'local.settings.json'];
const artifactFolders = [
  'Artifacts/Maps',
  'Artifacts/Schemas',
  'Artifacts/Rules',
  'Maps',
  'Schemas',
];
const largest = 20_000_000;

/** The root of the project that a document stands in: the folder above the one of a `workflow.json`. */
async function rootOf(file: string): Promise<string> {
  const folder = dirname(resolve(file));
  if (basename(file).toLowerCase() === 'workflow.json') return dirname(folder);
  if (await isThere(join(folder, 'host.json'))) return folder;
  return (await isThere(join(dirname(folder), 'host.json'))) ? dirname(folder) : folder;
}

/**
 * The files that a workflow document is read together with, by their paths from the root of its project:
 * those of a Standard project, and the parameter file of a template.
 */
export async function filesBeside(file: string): Promise<Map<string, string>> {
  const root = await rootOf(file);
  const files = new Map<string, string>();
  for (const name of projectFiles) {
    const content = await text(join(root, name));
    if (content !== undefined) files.set(name, content);
  }
  const parameters = basename(file).replace(/\.json$/i, '.parameters.json');
  const content = await text(join(dirname(file), parameters));
  if (content !== undefined) files.set(parameters, content);
  return files;
}

/** The files beside a workflow document with the maps, schemas and code files that it may name. */
export async function projectAround(file: string): Promise<ProjectFiles> {
  const root = await rootOf(file);
  const files = await filesBeside(file);
  // A document that stands alone has no artifacts.
  if (!projectFiles.some((name) => files.has(name))) return files;
  for (const folder of [...artifactFolders, relative(root, dirname(resolve(file)))]) {
    if (folder === '') continue;
    for (const path of await filesBelow(join(root, folder))) {
      const artifact = await text(path);
      if (artifact !== undefined) files.set(relative(root, path).split(sep).join('/'), artifact);
    }
  }
  return files;
}

/** The names of the workflows of a Standard project; undefined where there is none around the document. */
export async function workflowsAround(file: string): Promise<ReadonlySet<string> | undefined> {
  const root = await rootOf(file);
  if (!(await isThere(join(root, 'host.json')))) return undefined;
  const names = new Set<string>();
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (entry.isDirectory() && (await isThere(join(root, entry.name, 'workflow.json'))))
      names.add(entry.name);
  }
  return names;
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function text(path: string): Promise<string | undefined> {
  try {
    const content = documentText(await readFile(path));
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
