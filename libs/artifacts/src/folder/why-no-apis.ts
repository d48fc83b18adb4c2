import { folderKinds } from './layout.js';
import { placeFile } from './place-file.js';

/**
 * Why a folder gives no API, and which folder was perhaps meant: the one above, or one inside. `paths`: its files.
 */
export function whyNoApis(paths: Iterable<string>): string {
  const all = [...paths];
  const looked = 'Looked for apis/<name>/apiInformation.json';
  if (all.length === 0) return `The folder holds no files. ${looked}.`;
  const above = folderAbove(all);
  if (above !== undefined)
    return `The folder holds no API, but looks like the folder '${above}' of an APIOps folder: give the one above it.`;
  const inside = rootsInside(all);
  if (inside.length > 0)
    return `The folder holds no API, but '${inside.slice(0, 3).join("', '")}' inside it ${inside.length === 1 ? 'does' : 'do'}: give that one.`;
  const known = all.filter((path) => placeFile(path, folderKinds)).length;
  return `The folder holds no API (${all.length} files, ${known} of them artifacts). ${looked}.`;
}

/** `apis` when the files stand as they do in that folder. */
function folderAbove(paths: readonly string[]): string | undefined {
  for (const path of paths)
    for (const { folders, collection } of folderKinds)
      if (collection === 'apis' && isInformation(`${folders[0]}/${path}`)) return folders[0];
  return undefined;
}

function rootsInside(paths: readonly string[]): readonly string[] {
  const roots = new Set<string>();
  for (const path of paths) {
    const match = /^(.+?)\/(apis\/.*)$/.exec(path);
    if (match && isInformation(match[2]!)) roots.add(match[1]!);
  }
  return [...roots];
}

function isInformation(path: string): boolean {
  const place = placeFile(path, folderKinds);
  return place?.role === 'information' && /^\/apis\/[^/]+$/.test(place.id);
}
