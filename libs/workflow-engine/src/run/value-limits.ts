import { isArray, isObject, type WorkflowValue } from '@isthmus/workflow-expressions';

/** Deeper values are refused: no writer of JSON takes them. */
const deepest = 1024;
/** What JSON text a value would have. */
interface Extent {
  readonly size: number;
  readonly height: number;
}

/** Characters of a number, a boolean or null, about. */
const scalar = 8;
/** Extents of containers that are worth remembering; values never change. */
const known = new WeakMap<object, Extent>();
const worthRemembering = 4096;

/**
 * Why a value cannot be kept, or undefined. Its size is counted as its JSON text would have it, parts that it holds
 * several times as often: a value that shares its parts may be small in memory and endless as text.
 * @param limit characters
 */
export function valueProblem(value: WorkflowValue | undefined, limit: number): string | undefined {
  if (typeof value === 'object' && value !== null) {
    top = 0;
    const size = sizeOf(value, 1);
    if (top > deepest) return `The value is nested deeper than ${deepest} levels.`;
    return size > limit ? tooLarge(limit) : undefined;
  }
  return typeof value === 'string' && value.length + 2 > limit ? tooLarge(limit) : undefined;
}

function tooLarge(limit: number): string {
  return `The value is larger than the limit of '${limit}' characters.`;
}

/** The deepest level that the walk has met; kept here, so that a walk makes nothing. */
let top = 0;

/** @param level of the value: 1 for the whole */
function sizeOf(value: WorkflowValue, level: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return scalar;
  const isList = isArray(value);
  if (!isList && !isObject(value)) return scalar;
  const remembered = known.get(value);
  if (remembered !== undefined) {
    top = Math.max(top, level - 1 + remembered.height);
    return remembered.size;
  }
  if (level > deepest) {
    top = Infinity;
    return Infinity;
  }
  const before = top;
  top = level;
  let size = 2;
  if (isList)
    for (let at = 0; at < value.length; at += 1) size += sizeOf(value[at]!, level + 1) + 1;
  else for (const name in value) size += sizeOf(value[name] ?? null, level + 1) + name.length + 4;
  if (size > worthRemembering) known.set(value, { size, height: top - level + 1 });
  top = Math.max(top, before);
  return size;
}
