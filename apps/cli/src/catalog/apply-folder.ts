import { applyResources, ContractError, exportResources } from '@isthmus/contracts';
import type { AppliedResources, Resource } from '@isthmus/contracts';
import type { ArtifactResource } from '@isthmus/artifacts';
import { UsageError } from '../usage-error.js';
import { openCatalog, reached } from './catalog-access.js';
import type { AccessOptions, CatalogAccess } from './catalog-access.js';
import { differences } from './difference.js';
import { readFolder } from './folder.js';
import type { FolderOptions } from './folder.js';
import { printChanges } from './print-changes.js';

/** What `isthmus plan` and `isthmus apply` were asked to do. */
export interface ApplyOptions extends AccessOptions, FolderOptions {
  readonly delete?: boolean;
  readonly json?: boolean;
  readonly exitCode?: boolean;
}

/**
 * Applies a folder to a catalog, or with `dryRun` only shows what that would change. All of it or nothing: any mistake
 * is told with the file that it stands in.
 * @returns the exit status: 0; 1 when something is wrong; 3 for changes, where `--exit-code` asks
 * @throws UsageError for a wrong call, or a catalog that does not answer
 */
export async function applyFolder(
  folder: string,
  options: ApplyOptions,
  dryRun: boolean,
): Promise<number> {
  const { resources, problems } = await readFolder(folder, options);
  for (const { file, line, column, message, severity } of problems) {
    const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
    console.error(`${place}: ${severity}: ${message}`);
  }
  if (problems.some(({ severity }) => severity === 'error')) return 1;
  // A wrong folder must not empty a catalog.
  if (resources.length === 0) throw new UsageError(`There are no artifacts in '${folder}'.`);
  const access = await openCatalog(options);
  const list = resources.map(({ id, properties }) => ({ id, properties }));
  const current = await readCatalog(access);
  const outcome = await send(access, { list, resources, dryRun, deletes: options.delete === true });
  if (outcome === undefined) return 1;
  const changes = differences(outcome, current, list);
  const kept = options.delete === true ? [] : notIn(current, list);
  if (options.json)
    console.log(JSON.stringify({ changes, unchanged: outcome.unchanged, kept }, null, 2));
  else console.log(printChanges({ changes, unchanged: outcome.unchanged, kept, dryRun }));
  return options.exitCode === true && changes.length > 0 ? 3 : 0;
}

/** Every resource of the catalog, secrets left out. */
export async function readCatalog({ client, params }: CatalogAccess): Promise<readonly Resource[]> {
  return (await reached(client(exportResources, { params }))).resources;
}

/** Undefined when the catalog refused the list; its mistakes have been told. */
async function send(
  { client, params }: CatalogAccess,
  {
    list,
    resources,
    dryRun,
    deletes,
  }: {
    readonly list: Resource[];
    readonly resources: readonly ArtifactResource[];
    readonly dryRun: boolean;
    readonly deletes: boolean;
  },
): Promise<AppliedResources | undefined> {
  try {
    const body = { resources: list, dryRun, deleteUnmatched: deletes };
    return await reached(client(applyResources, { params, body }));
  } catch (error) {
    if (!(error instanceof ContractError) || error.status !== 400) throw error;
    const files = new Map(resources.map(({ id, file }) => [id.toLowerCase(), file]));
    for (const { target = '', message } of error.details) {
      const [id = ''] = target.split('#', 1);
      console.error(`${files.get(id.toLowerCase()) ?? id}: error: ${message}`);
    }
    if (error.details.length === 0) console.error(error.message);
    return undefined;
  }
}

function notIn(current: readonly Resource[], list: readonly Resource[]): string[] {
  const names = new Set(list.map(({ id }) => id.toLowerCase()));
  return current.map(({ id }) => id).filter((id) => !names.has(id.toLowerCase()));
}
