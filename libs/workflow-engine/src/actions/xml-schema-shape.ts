import { buildTree, type TreeNode } from '@isthmus/dotnet';

/** What the JSON form of an element needs to know of its schema. */
export interface ElementShape {
  /** JSON kind of an element with text only. */
  readonly scalar: 'text' | 'integer' | 'number' | 'boolean' | undefined;
  /** May occur more than once: an array in JSON. */
  readonly repeats: boolean;
  readonly children: ReadonlyMap<string, ElementShape>;
}

const scalars: Readonly<Record<string, ElementShape['scalar']>> = {
  boolean: 'boolean',
  decimal: 'number',
  double: 'number',
  float: 'number',
  ...Object.fromEntries(
    [
      'integer',
      'int',
      'long',
      'short',
      'byte',
      'unsignedInt',
      'unsignedLong',
      'unsignedShort',
      'unsignedByte',
      'positiveInteger',
      'negativeInteger',
      'nonNegativeInteger',
      'nonPositiveInteger',
    ].map((name) => [name, 'integer'] as const),
  ),
};
/** Recursive types are followed so far. */
const deepest = 32;

/** The shapes of the global elements of an XML schema, by local name. @throws DotNetError when it is no XML */
export function elementShapes(schema: string): ReadonlyMap<string, ElementShape> {
  const root = childElements(buildTree(schema))[0];
  const shapes = new Map<string, ElementShape>();
  if (!root) return shapes;
  const globals = new Map<string, TreeNode>();
  for (const node of childElements(root)) {
    const name = attribute(node, 'name');
    if (name !== undefined) globals.set(`${node.local} ${name}`, node);
  }
  const reader = new ShapeReader(globals);
  for (const node of childElements(root)) {
    const name = attribute(node, 'name');
    if (node.local === 'element' && name !== undefined) shapes.set(name, reader.element(node, 0));
  }
  return shapes;
}

class ShapeReader {
  constructor(private readonly globals: ReadonlyMap<string, TreeNode>) {}

  element(node: TreeNode, depth: number): ElementShape {
    const occurs = attribute(node, 'maxOccurs');
    const repeats = occurs !== undefined && occurs !== '0' && occurs !== '1';
    const reference = attribute(node, 'ref');
    const target =
      reference === undefined ? node : this.globals.get(`element ${localPart(reference)}`);
    if (!target || depth > deepest) return { scalar: 'text', repeats, children: new Map() };
    const type = attribute(target, 'type');
    const inline = childElements(target).find((child) => child.local.endsWith('Type'));
    const definition =
      inline ??
      (type === undefined
        ? undefined
        : (this.globals.get(`complexType ${localPart(type)}`) ??
          this.globals.get(`simpleType ${localPart(type)}`)));
    const children = new Map<string, ElementShape>();
    if (definition?.local === 'complexType') this.collect(definition, children, depth + 1);
    return {
      scalar: children.size > 0 ? undefined : this.scalar(type, definition),
      repeats,
      children,
    };
  }

  private collect(node: TreeNode, children: Map<string, ElementShape>, depth: number): void {
    for (const child of childElements(node)) {
      const name = attribute(child, 'name') ?? attribute(child, 'ref');
      if (child.local === 'element' && name !== undefined)
        children.set(localPart(name), this.element(child, depth));
      else if (child.local === 'extension') {
        const base = this.globals.get(`complexType ${localPart(attribute(child, 'base') ?? '')}`);
        if (base && depth < deepest) this.collect(base, children, depth + 1);
        this.collect(child, children, depth);
      } else if (child.local !== 'attribute' && child.local !== 'annotation')
        this.collect(child, children, depth);
    }
  }

  private scalar(
    type: string | undefined,
    definition: TreeNode | undefined,
  ): ElementShape['scalar'] {
    const restriction =
      definition && childElements(definition).find((child) => child.local === 'restriction');
    const base = restriction ? attribute(restriction, 'base') : type;
    return scalars[localPart(base ?? '')] ?? 'text';
  }
}

function childElements(node: TreeNode): TreeNode[] {
  return node.children.filter((child) => child.kind === 'element');
}

function attribute(node: TreeNode, name: string): string | undefined {
  return node.attributes.find((one) => one.local === name)?.stringValue;
}

function localPart(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
