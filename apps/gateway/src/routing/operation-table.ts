import type { Query } from '@isthmus/policy-engine';
import { decode, matchMixed, parseUrlTemplate } from './url-template.js';
import type { TemplateQuery, TemplateSegment, UrlTemplate } from './url-template.js';

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

interface Leaf<T> {
  readonly operation: T;
  readonly template: UrlTemplate;
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  readonly mixed: {
    readonly segment: TemplateSegment & { kind: 'mixed' };
    readonly node: Node<T>;
  }[];
  parameter: Node<T> | undefined;
  readonly leaves: Leaf<T>[];
  readonly wildcards: Leaf<T>[];
}

/**
 * The operations of one API: a tree of path segments for each method. A lookup walks the request's
 * segments, so its cost does not depend on the number of operations. Literal segments win over
 * mixed ones, those over parameters, wildcards come last; more query conditions win over fewer.
 */
export class OperationTable<T extends RoutedOperation> {
  readonly #methods = new Map<string, Node<T>>();

  /** Throws an Error when a template is malformed. */
  constructor(operations: Iterable<T>) {
    for (const operation of operations) this.#add(operation);
  }

  #add(operation: T): void {
    const template = parseUrlTemplate(operation.urlTemplate);
    const method = operation.method.toUpperCase();
    let node = this.#methods.get(method);
    if (!node) this.#methods.set(method, (node = emptyNode()));
    for (const segment of template.segments) {
      if (segment.kind === 'wildcard') {
        insert(node.wildcards, { operation, template });
        return;
      }
      node = childOf(node, segment);
    }
    insert(node.leaves, { operation, template });
  }

  /** The operation for a path below the API's, which begins with a slash or is empty. */
  find(method: string, path: string, query: Query): OperationMatch<T> | undefined {
    const root = this.#methods.get(method) ?? this.#methods.get('*');
    if (!root) return undefined;
    const segments = path === '' || path === '/' ? [] : path.slice(1).split('/');
    const leaf =
      walk(root, segments, 0, query) ??
      (segments.at(-1) === '' ? walk(root, segments.slice(0, -1), 0, query) : undefined);
    return (
      leaf && { operation: leaf.operation, parameters: capture(leaf.template, segments, query) }
    );
  }

  /** The methods that have an operation for this path. */
  methodsFor(path: string, query: Query): string[] {
    return [...this.#methods.keys()].filter((method) => this.find(method, path, query));
  }
}

function emptyNode<T>(): Node<T> {
  return { literals: new Map(), mixed: [], parameter: undefined, leaves: [], wildcards: [] };
}

function childOf<T>(
  node: Node<T>,
  segment: Exclude<TemplateSegment, { kind: 'wildcard' }>,
): Node<T> {
  switch (segment.kind) {
    case 'literal': {
      const key = decode(segment.text).toLowerCase();
      let child = node.literals.get(key);
      if (!child) node.literals.set(key, (child = emptyNode()));
      return child;
    }
    case 'parameter':
      return (node.parameter ??= emptyNode());
    case 'mixed': {
      const known = node.mixed.find(
        (one) => one.segment.source.toLowerCase() === segment.source.toLowerCase(),
      );
      if (known) return known.node;
      const added = { segment, node: emptyNode<T>() };
      node.mixed.push(added);
      return added.node;
    }
  }
}

/** Leaves with more fixed query values come first, then those with more query parameters. */
function insert<T>(leaves: Leaf<T>[], leaf: Leaf<T>): void {
  leaves.push(leaf);
  leaves.sort((a, b) => weight(b.template.query) - weight(a.template.query));
}

function weight(query: readonly TemplateQuery[]): number {
  let sum = 0;
  for (const one of query) sum += 'value' in one ? 1000 : one.optional ? 0 : 1;
  return sum;
}

function walk<T>(
  node: Node<T>,
  segments: readonly string[],
  index: number,
  query: Query,
): Leaf<T> | undefined {
  const segment = segments[index];
  if (segment === undefined) {
    return pick(node.leaves, query) ?? pick(node.wildcards, query);
  }
  const plain = decode(segment);
  const literal = node.literals.get(plain.toLowerCase());
  const viaLiteral = literal && walk(literal, segments, index + 1, query);
  if (viaLiteral) return viaLiteral;
  for (const mixed of node.mixed) {
    if (!matchMixed(mixed.segment.pieces, plain)) continue;
    const found = walk(mixed.node, segments, index + 1, query);
    if (found) return found;
  }
  const viaParameter =
    segment !== '' && node.parameter ? walk(node.parameter, segments, index + 1, query) : undefined;
  return viaParameter ?? pick(node.wildcards, query);
}

function pick<T>(leaves: readonly Leaf<T>[], query: Query): Leaf<T> | undefined {
  return leaves.find((leaf) => leaf.template.query.every((one) => matches(one, query)));
}

function matches(wanted: TemplateQuery, query: Query): boolean {
  const values = query.get(wanted.name);
  if ('value' in wanted) return values !== undefined && values.includes(wanted.value);
  return wanted.optional || values !== undefined;
}

function capture(
  template: UrlTemplate,
  segments: readonly string[],
  query: Query,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  template.segments.forEach((segment, index) => {
    const text = segments[index] ?? '';
    if (segment.kind === 'parameter') found.set(segment.name, decode(text));
    else if (segment.kind === 'wildcard' && segment.name)
      found.set(segment.name, decode(segments.slice(index).join('/')));
    else if (segment.kind === 'mixed') {
      for (const [name, value] of matchMixed(segment.pieces, decode(text)) ?? [])
        found.set(name, value);
    }
  });
  for (const one of template.query) {
    const value = 'parameter' in one ? query.get(one.name) : undefined;
    if ('parameter' in one && value) found.set(one.parameter, value.join(','));
  }
  return found;
}
