import type { Resource } from '../resource.js';
import { folderKinds } from './layout.js';
import type { FolderKind } from './layout.js';
import { scalarText } from './parse-text.js';
import type { ApiSpecification } from './specifications.js';

/**
 * Writes resources as an APIOps folder in the new layout: paths and texts. Values of secret named
 * values and subscription keys are left out, as an extractor does; documents stay verbatim.
 */
export function writeArtifacts(
  resources: readonly Resource[],
  specifications: readonly Pick<ApiSpecification, 'apiId' | 'file' | 'text'>[] = [],
): Map<string, string> {
  const files = new Map<string, string>();
  const lists = new Map<string, { name: string }[]>();
  const sorted = [...resources].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const resource of sorted) writeResource(resource, files, lists);
  for (const [path, names] of lists) files.set(path, json(names));
  for (const { apiId, file, text } of specifications) {
    const extension = file.slice(file.lastIndexOf('.') + 1);
    files.set(`${folderOf(apiId)?.path ?? `apis/${apiId}`}/specification.${extension}`, text);
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a folder has a place for a resource: users and their like are no configuration. */
export function hasPlace(id: string): boolean {
  const owner = /^(.*)\/(?:policies|wikis)\/[^/]+$/.exec(id)?.[1];
  if (owner !== undefined) return owner === '' || folderOf(owner) !== undefined;
  const member = /^(.*)\/([^/]+)\/[^/]+$/.exec(id);
  const list = member?.[1] ? folderOf(member[1])?.kind.lists?.[`${member[2]}.json`] : undefined;
  return list !== undefined || folderOf(id) !== undefined;
}

function writeResource(
  resource: Resource,
  files: Map<string, string>,
  lists: Map<string, { name: string }[]>,
): void {
  const policy = /^(.*)\/policies\/[^/]+$/.exec(resource.id);
  if (policy) {
    const owner = policy[1] === '' ? '' : folderOf(policy[1] ?? '')?.path;
    if (owner !== undefined)
      files.set(
        `${owner === '' ? '' : `${owner}/`}policy.xml`,
        scalarText(resource.properties['value']),
      );
    return;
  }
  const wiki = /^(.*)\/wikis\/[^/]+$/.exec(resource.id);
  if (wiki) {
    const owner = folderOf(wiki[1] ?? '');
    if (owner) files.set(`${owner.path}/wiki.md`, scalarText(resource.properties['text']));
    return;
  }
  const member = /^(.*)\/([^/]+)\/([^/]+)$/.exec(resource.id);
  const owner = member?.[1] ? folderOf(member[1]) : undefined;
  const list = `${member?.[2]}.json`;
  if (owner && member && owner.kind.lists?.[list]) {
    const path = `${owner.path}/${list}`;
    lists.set(path, [...(lists.get(path) ?? []), { name: member[3] ?? '' }]);
    return;
  }
  const place = folderOf(resource.id);
  if (!place) throw new Error(`An APIOps folder has no place for '${resource.id}'.`);
  const properties = published(resource, place.kind);
  if (place.kind.collection === 'policyFragments') {
    files.set(`${place.path}/policy.xml`, scalarText(resource.properties['value']));
  }
  files.set(`${place.path}/${place.kind.information[0]}`, json({ properties }));
}

function published(resource: Resource, kind: FolderKind): Record<string, unknown> {
  const properties: Record<string, unknown> = { ...resource.properties };
  const drop = (...names: string[]): void => names.forEach((name) => delete properties[name]);
  if (kind.collection === 'policyFragments') drop('value', 'format');
  if (kind.collection === 'namedValues' && properties['secret'] === true) drop('value');
  if (kind.collection === 'subscriptions') {
    drop('primaryKey', 'secondaryKey', 'primaryKeyHash', 'secondaryKeyHash');
  }
  return properties;
}

/** The folder of a resource and its kind; undefined when the layout has none. */
function folderOf(id: string): { readonly path: string; readonly kind: FolderKind } | undefined {
  const segments = id.split('/').slice(1);
  let kinds: readonly FolderKind[] = folderKinds;
  let kind: FolderKind | undefined;
  const path: string[] = [];
  for (let index = 0; index + 1 < segments.length; index += 2) {
    kind = kinds.find((one) => one.collection === segments[index]);
    if (!kind) return undefined;
    path.push(kind.folders[0], segments[index + 1] ?? '');
    kinds = kind.children ?? [];
  }
  return kind && { path: path.join('/'), kind };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
