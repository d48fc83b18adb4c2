import { folderKinds, specificationExtensions } from './layout.js';
import type { FolderKind } from './layout.js';

/** What a file is to the resource with this id. */
export type FilePlace =
  | {
      readonly role: 'information' | 'policy' | 'fragment' | 'specification' | 'wiki';
      readonly id: string;
    }
  | { readonly role: 'list'; readonly id: string; readonly collection: string };

/** Whether a file, by its path in a folder, belongs to an artifact. */
export function isArtifactFile(path: string): boolean {
  return placeFile(path, folderKinds) !== undefined;
}

/** The place of a file by its path; undefined when no artifact has such a file. */
export function placeFile(path: string, kinds: readonly FolderKind[]): FilePlace | undefined {
  const segments = path.split('/');
  if (segments.length === 1)
    return path === 'policy.xml' ? { role: 'policy', id: '/policies/policy' } : undefined;
  return placeBelow(segments, kinds, '');
}

function placeBelow(
  segments: readonly string[],
  kinds: readonly FolderKind[],
  owner: string,
): FilePlace | undefined {
  const [folder, name, ...rest] = segments;
  if (folder === undefined || name === undefined || rest.length === 0) return undefined;
  const candidates = kinds.filter((kind) => kind.folders.includes(folder));
  for (const kind of candidates) {
    const id = `${owner}/${kind.collection}/${name}`;
    const place =
      rest.length === 1
        ? placeHere(rest[0] ?? '', kind, id)
        : placeBelow(rest, kind.children ?? [], id);
    if (place) return asMembership(place, kind, owner);
  }
  return undefined;
}

function placeHere(file: string, kind: FolderKind, id: string): FilePlace | undefined {
  if (kind.information.includes(file)) return { role: 'information', id };
  if (file === 'policy.xml') {
    if (kind.collection === 'policyFragments') return { role: 'fragment', id };
    return kind.policy ? { role: 'policy', id: `${id}/policies/policy` } : undefined;
  }
  if (file === 'wiki.md') return { role: 'wiki', id: `${id}/wikis/default` };
  const list = kind.lists?.[file];
  if (list) return { role: 'list', id, collection: list.collection };
  const [stem, extension] = [
    file.slice(0, file.lastIndexOf('.')),
    file.slice(file.lastIndexOf('.') + 1),
  ];
  if (
    kind.collection === 'apis' &&
    stem === 'specification' &&
    specificationExtensions.includes(extension)
  ) {
    return { role: 'specification', id };
  }
  return undefined;
}

/** `tags/{t}/apis/{a}` of old folders says that the API has the tag: the same as `apis/{a}/tags/{t}`. */
function asMembership(place: FilePlace, kind: FolderKind, owner: string): FilePlace {
  if (kind.collection !== 'tags' || place.role !== 'information') return place;
  const match = /^(.*)\/tags\/([^/]+)\/(apis|products)\/([^/]+)$/.exec(place.id);
  if (!match || !place.id.startsWith(`${owner}/tags/`)) return place;
  const [, before, tag, collection, member] = match;
  return { role: 'information', id: `${before}/${collection}/${member}/tags/${tag}` };
}
