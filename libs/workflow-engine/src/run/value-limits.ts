import { isArray, isObject, type WorkflowValue } from '@isthmus/workflow-expressions';

/** Deeper values are refused: no writer of JSON takes them. */
const deepest = 1024;
/** What JSON text a value would have. */
interface Extent {
  readonly size: number;
  readonly height: number;
}

const scalar: Extent = { size: 8, height: 0 };
const tooDeep: Extent = { size: Infinity, height: Infinity };
/** Extents of containers that are worth remembering; values never change. */
const known = new WeakMap<object, Extent>();
const worthRemembering = 1000;

/**
 * Why a value cannot be kept, or undefined. Its size is counted as its JSON text would have it, parts that it holds
 * several times as often: a value that shares its parts may be small in memory and endless as text.
 * @param limit characters
 */
export function valueProblem(value: WorkflowValue | undefined, limit: number): string | undefined {
  const { size, height } = extentOf(value ?? null, 0);
  if (height > deepest) return `The value is nested deeper than ${deepest} levels.`;
  return size > limit ? `The value is larger than the limit of '${limit}' characters.` : undefined;
}

function extentOf(value: WorkflowValue, depth: number): Extent {
  if (typeof value === 'string') return { size: value.length + 2, height: 0 };
  if (!isArray(value) && !isObject(value)) return scalar;
  const remembered = known.get(value);
  if (remembered !== undefined) return remembered;
  if (depth > deepest) return tooDeep;
  let size = 2;
  let height = 0;
  const add = (inner: WorkflowValue, name: number): void => {
    const extent = extentOf(inner, depth + 1);
    size += extent.size + name;
    if (extent.height > height) height = extent.height;
  };
  if (isArray(value)) for (const item of value) add(item, 1);
  else for (const name in value) add(value[name] ?? null, name.length + 4);
  const extent = { size, height: height + 1 };
  if (size > worthRemembering) known.set(value, extent);
  return extent;
}
