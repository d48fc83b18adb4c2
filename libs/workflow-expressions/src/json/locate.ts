/** A place in a text; both count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

// Strings, punctuation, comments, and anything else up to the next of them.
const token =
  /"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|[{}[\],:]|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[^\s{}[\],:"'/]+|\//g;

interface Container {
  readonly pointer: string;
  /** Index of the next item; undefined in objects. */
  index: number | undefined;
  /** Name of the member whose value comes next. */
  name: string | undefined;
}

/** The text of a name as it stands in a JSON pointer. */
export function pointerStep(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function nameOf(text: string): string {
  const isQuoted = text.startsWith('"') || text.startsWith("'");
  if (!isQuoted) return text;
  try {
    return JSON.parse(`"${text.slice(1, -1)}"`) as string;
  } catch {
    return text.slice(1, -1);
  }
}

function childPointer(container: Container | undefined): string {
  if (container === undefined) return '';
  return container.pointer + pointerStep(container.index ?? container.name ?? '');
}

/** Every value of a JSON text with its pointer, in the order of the text. */
function* values(text: string): Generator<{ pointer: string; offset: number }> {
  const open: Container[] = [];
  for (const match of text.matchAll(token)) {
    const [word] = match;
    const container = open.at(-1);
    const isName =
      container !== undefined && container.index === undefined && container.name === undefined;
    if (word.startsWith('//') || word.startsWith('/*')) continue;
    if (word === '}' || word === ']') open.pop();
    else if (word === ',') {
      if (container?.index !== undefined) container.index += 1;
      else if (container !== undefined) container.name = undefined;
    } else if (word === ':') continue;
    else if (isName) container.name = nameOf(word);
    else {
      const pointer = childPointer(container);
      yield { pointer, offset: match.index };
      if (word === '{') open.push({ pointer, index: undefined, name: undefined });
      else if (word === '[') open.push({ pointer, index: 0, name: undefined });
    }
  }
}

/** Line and column of an offset. */
export function placeOf(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

/**
 * Finds values in a JSON text by their pointers (RFC 6901). A pointer that the text does not have,
 * because the value was computed, is placed at its nearest ancestor.
 */
export function locateJson(
  text: string,
  pointers: Iterable<string>,
): ReadonlyMap<string, TextPlace> {
  const wanted = new Map<string, { length: number; offset: number }>();
  for (const pointer of pointers) wanted.set(pointer, { length: -1, offset: 0 });
  if (wanted.size === 0) return new Map();
  const ancestors = new Map<string, string[]>();
  for (const pointer of wanted.keys()) {
    for (let end = pointer.length; ; end = pointer.lastIndexOf('/', end - 1)) {
      const ancestor = pointer.slice(0, Math.max(end, 0));
      ancestors.set(ancestor, [...(ancestors.get(ancestor) ?? []), pointer]);
      if (end <= 0) break;
    }
  }
  for (const { pointer, offset } of values(text)) {
    for (const interested of ancestors.get(pointer) ?? []) {
      const best = wanted.get(interested);
      // Of repeated names the last counts.
      if (best !== undefined && pointer.length >= best.length)
        wanted.set(interested, { length: pointer.length, offset });
    }
  }
  return new Map(
    [...wanted].map(([pointer, { offset }]) => [pointer, placeOf(text, offset)] as const),
  );
}
