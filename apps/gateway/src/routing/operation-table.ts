import type { Query } from '@isthmus/policy-engine';
import { decode, matchMixed, parseUrlTemplate } from './url-template.js';
import type { TemplateQuery, TemplateSegment } from './url-template.js';
import { TemplateShapes } from './template-shape.js';
import type { TemplateShape } from './template-shape.js';

/** An operation that a request matched. */
export interface OperationMatch<T> {
  readonly operation: T;
  /** Template parameters by name, decoded. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** What an operation table needs to know of an operation. */
export interface RoutedOperation {
  readonly method: string;
  readonly urlTemplate: string;
}

/** The end of a way through the tree: one operation, and what its template still asks for. */
class Leaf<T> {
  constructor(
    readonly operation: T,
    readonly shape: TemplateShape,
  ) {}
}

/** A place in the tree where the ways of several operations part. */
class Fork<T> {
  readonly literals = new Map<string, Fork<T> | Leaf<T>>();
  readonly mixed: {
    readonly segment: TemplateSegment & { kind: 'mixed' };
    readonly next: Fork<T> | Leaf<T>;
  }[] = [];
  parameter: Fork<T> | Leaf<T> | undefined;
  readonly leaves: Leaf<T>[] = [];
  readonly wildcards: Leaf<T>[] = [];
}

/** An operation on its way into the tree. */
interface Entry<T> {
  readonly operation: T;
  readonly segments: readonly TemplateSegment[];
  readonly query: readonly TemplateQuery[];
}

/**
 * The operations of one API: a tree of path segments for each method. A lookup walks the request's
 * segments, so its cost does not depend on the number of operations; where only one operation is left, the rest of its
 * template is compared without a tree, and equal rests are one object: what thousands of operations have in common
 * stays in the processor's cache. Literal segments win over mixed ones, those over parameters, wildcards come last;
 * more query conditions win over fewer.
 */
export class OperationTable<T extends RoutedOperation> {
  readonly #methods = new Map<string, Fork<T> | Leaf<T>>();

  /** Throws an Error when a template is malformed. */
  constructor(operations: Iterable<T>) {
    const byMethod = new Map<string, Entry<T>[]>();
    for (const operation of operations) {
      const method = operation.method.toUpperCase();
      const entry = { operation, ...parseUrlTemplate(operation.urlTemplate) };
      const entries = byMethod.get(method);
      if (entries) entries.push(entry);
      else byMethod.set(method, [entry]);
    }
    const shapes = new TemplateShapes();
    for (const [method, entries] of byMethod) this.#methods.set(method, grow(entries, 0, shapes));
  }

  /** The operation for a path below the API's, which begins with a slash or is empty. */
  find(method: string, path: string, query: Query): OperationMatch<T> | undefined {
    const root = this.#methods.get(method) ?? this.#methods.get('*');
    if (!root) return undefined;
    const segments = segmentsOf(path);
    const leaf =
      walk(root, segments, 0, query) ??
      (segments.at(-1) === '' ? walk(root, segments.slice(0, -1), 0, query) : undefined);
    return leaf && { operation: leaf.operation, parameters: capture(leaf.shape, segments, query) };
  }
}

function segmentsOf(path: string): string[] {
  const segments: string[] = [];
  if (path === '' || path === '/') return segments;
  let from = 1;
  for (let at = path.indexOf('/', 1); at >= 0; at = path.indexOf('/', from)) {
    segments.push(path.slice(from, at));
    from = at + 1;
  }
  segments.push(path.slice(from));
  return segments;
}

/** The tree of templates that agree in their first segments. */
function grow<T>(
  entries: readonly Entry<T>[],
  depth: number,
  shapes: TemplateShapes,
): Fork<T> | Leaf<T> {
  const [only] = entries;
  if (only && entries.length === 1) return leafOf(only, depth, shapes);
  const fork = new Fork<T>();
  const groups = new Map<string, Entry<T>[]>();
  for (const entry of entries) {
    const segment = entry.segments[depth];
    if (segment === undefined) insert(fork.leaves, leafOf(entry, depth, shapes));
    else if (segment.kind === 'wildcard') insert(fork.wildcards, leafOf(entry, depth, shapes));
    else {
      const key = groupOf(segment);
      const group = groups.get(key);
      if (group) group.push(entry);
      else groups.set(key, [entry]);
    }
  }
  for (const group of groups.values()) {
    const segment = group[0]!.segments[depth]!;
    const next = grow(group, depth + 1, shapes);
    if (segment.kind === 'literal') fork.literals.set(decode(segment.text).toLowerCase(), next);
    else if (segment.kind === 'mixed') fork.mixed.push({ segment, next });
    else fork.parameter = next;
  }
  return fork;
}

/** Segments of equal keys are one branch of the tree. */
function groupOf(segment: Exclude<TemplateSegment, { kind: 'wildcard' }>): string {
  switch (segment.kind) {
    case 'literal':
      return `l${decode(segment.text).toLowerCase()}`;
    case 'parameter':
      return 'p';
    case 'mixed':
      return `m${segment.source.toLowerCase()}`;
  }
}

function leafOf<T>(
  { operation, segments, query }: Entry<T>,
  depth: number,
  shapes: TemplateShapes,
): Leaf<T> {
  return new Leaf(operation, shapes.shape({ segments, query }, depth));
}

/** Leaves with more fixed query values come first, then those with more query parameters. */
function insert<T>(leaves: Leaf<T>[], leaf: Leaf<T>): void {
  leaves.push(leaf);
  leaves.sort((a, b) => weight(b.shape.query) - weight(a.shape.query));
}

function weight(query: readonly TemplateQuery[]): number {
  let sum = 0;
  for (const one of query) sum += 'value' in one ? 1000 : one.optional ? 0 : 1;
  return sum;
}

function walk<T>(
  place: Fork<T> | Leaf<T>,
  segments: readonly string[],
  index: number,
  query: Query,
): Leaf<T> | undefined {
  if (place instanceof Leaf) return fits(place.shape, segments, index, query) ? place : undefined;
  const segment = segments[index];
  if (segment === undefined) return pick(place.leaves, query) ?? pick(place.wildcards, query);
  const plain = decode(segment);
  const literal = place.literals.get(plain.toLowerCase());
  const viaLiteral = literal && walk(literal, segments, index + 1, query);
  if (viaLiteral) return viaLiteral;
  for (const { segment: mixed, next } of place.mixed) {
    if (!matchMixed(mixed.pieces, plain)) continue;
    const found = walk(next, segments, index + 1, query);
    if (found) return found;
  }
  const viaParameter =
    segment !== '' && place.parameter
      ? walk(place.parameter, segments, index + 1, query)
      : undefined;
  return viaParameter ?? pick(place.wildcards, query);
}

/** Whether the rest of a template takes the segments from an index on. */
function fits(
  { rest, query: wanted }: TemplateShape,
  segments: readonly string[],
  index: number,
  query: Query,
): boolean {
  let at = index;
  for (const one of rest) {
    if (one.kind === 'wildcard') return fitsQuery(wanted, query);
    const segment = segments[at++];
    if (segment === undefined) return false;
    switch (one.kind) {
      case 'literal':
        if (decode(segment).toLowerCase() !== one.text) return false;
        break;
      case 'parameter':
        if (segment === '') return false;
        break;
      case 'mixed':
        if (!matchMixed(one.pieces, decode(segment))) return false;
    }
  }
  return at === segments.length && fitsQuery(wanted, query);
}

function pick<T>(leaves: readonly Leaf<T>[], query: Query): Leaf<T> | undefined {
  for (const leaf of leaves) if (fitsQuery(leaf.shape.query, query)) return leaf;
  return undefined;
}

function fitsQuery(wanted: readonly TemplateQuery[], query: Query): boolean {
  for (const one of wanted) {
    const values = query.get(one.name);
    const fits =
      'value' in one
        ? values !== undefined && values.includes(one.value)
        : one.optional || values !== undefined;
    if (!fits) return false;
  }
  return true;
}

const none: ReadonlyMap<string, string> = new Map();

function capture(
  { captures, query: wanted }: TemplateShape,
  segments: readonly string[],
  query: Query,
): ReadonlyMap<string, string> {
  if (captures.length === 0 && wanted.length === 0) return none;
  const found = new Map<string, string>();
  for (const { index, segment } of captures) {
    const text = segments[index] ?? '';
    if (segment.kind === 'parameter') found.set(segment.name, decode(text));
    else if (segment.kind === 'wildcard')
      found.set(segment.name, decode(segments.slice(index).join('/')));
    else
      for (const [name, value] of matchMixed(segment.pieces, decode(text)) ?? [])
        found.set(name, value);
  }
  for (const one of wanted) {
    const value = 'parameter' in one ? query.get(one.name) : undefined;
    if ('parameter' in one && value) found.set(one.parameter, value.join(','));
  }
  return found;
}
