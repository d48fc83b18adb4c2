/**
 * Facts are keyed by the action's path: its name behind the passes of the loops around it, such as
 * `For_each[17].Call_B`. Other containers do not show, since names are unique in a definition.
 */
export function actionPath(prefix: string, name: string): string {
  return prefix + escapeName(name);
}

/** What stands before the names of the actions inside one pass of a loop. */
export function passPrefix(loopPath: string, index: number): string {
  return `${loopPath}[${index}].`;
}

/** Brackets in a name would look like a pass. */
function escapeName(name: string): string {
  return /[[\]%]/.test(name)
    ? name.replaceAll('%', '%25').replaceAll('[', '%5B').replaceAll(']', '%5D')
    : name;
}

function unescapeName(name: string): string {
  return name.includes('%')
    ? name.replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('%25', '%')
    : name;
}

/** A path taken apart: the action's name and the indexes of its passes, outermost first. */
export function splitPath(path: string): { name: string; indexes: number[] } {
  const end = path.lastIndexOf('].');
  const indexes =
    end < 0 ? [] : [...path.matchAll(/\[(\d+)\]\./g)].map((match) => Number(match[1]));
  return { name: unescapeName(end < 0 ? path : path.slice(end + 2)), indexes };
}

/** The innermost pass in which the action runs; undefined outside of loops. */
export function passOf(path: string): { loopPath: string; index: number } | undefined {
  const end = path.lastIndexOf('].');
  if (end < 0) return undefined;
  const start = path.lastIndexOf('[', end);
  return { loopPath: path.slice(0, start), index: Number(path.slice(start + 1, end)) };
}
