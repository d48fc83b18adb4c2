import { countText } from '../work-meter.js';

/** Kinds of nodes of a read-only XML tree that keeps prefixes and the order of the document. */
export type TreeNodeKind =
  | 'document'
  | 'element'
  | 'attribute'
  | 'namespace'
  | 'text'
  | 'cdata'
  | 'blank'
  | 'comment'
  | 'instruction'
  | 'declaration'
  | 'doctype';

/**
 * A node of an XML document as it was written: what XPath, XSLT and the JSON conversion walk.
 * Unlike the XLinq tree it keeps prefixes and CDATA apart and knows its place in the document.
 */
export class TreeNode {
  parent: TreeNode | null = null;
  children: TreeNode[] = [];
  /** Attributes in order; namespace declarations (`uri` of xmlns) among them. */
  attributes: TreeNode[] = [];
  /** Written `<a />` rather than `<a></a>`. */
  empty = false;
  /** Place in the document; grows in document order. */
  order = 0;
  /** Doctype: public and system id; declaration: encoding and standalone. */
  details: readonly (string | null)[] = [];
  readonly prefix: string;
  readonly local: string;
  readonly uri: string;
  private scope: TreeNode[] | null = null;

  /** `name`: prefix, local name and namespace; an instruction's target is its local name. */
  constructor(
    readonly kind: TreeNodeKind,
    name: { readonly prefix: string; readonly local: string; readonly uri: string } | null,
    public value: string,
  ) {
    this.prefix = name?.prefix ?? '';
    this.local = name?.local ?? '';
    this.uri = name?.uri ?? '';
  }

  get name(): string {
    return this.prefix === '' ? this.local : `${this.prefix}:${this.local}`;
  }

  get isDeclaration(): boolean {
    return this.kind === 'attribute' && this.uri === xmlnsUri;
  }

  get root(): TreeNode {
    return this.parent ? this.parent.root : this;
  }

  append(child: TreeNode): TreeNode {
    child.parent = this;
    this.children.push(child);
    return child;
  }

  /** The string-value of XPath. */
  get stringValue(): string {
    countText(this.value.length);
    if (this.kind !== 'element' && this.kind !== 'document') return this.value;
    let text = '';
    for (const child of this.children)
      if (child.kind === 'element' || isText(child)) text += child.stringValue;
    return text;
  }

  /** The namespace nodes of an element, the latest declaration first; `xml` last. */
  get namespaces(): readonly TreeNode[] {
    if (this.scope) return this.scope;
    const found = new Map<string, TreeNode>();
    let place = 0;
    const add = (prefix: string, uri: string): void => {
      if (found.has(prefix)) return;
      const node = new TreeNode('namespace', { prefix: '', local: prefix, uri: '' }, uri);
      node.parent = this;
      node.order = this.order + ++place / 65_536;
      found.set(prefix, node);
    };
    for (const element of this.elementsAround())
      for (const attribute of element.attributes.toReversed())
        if (attribute.isDeclaration)
          add(attribute.prefix === '' ? '' : attribute.local, attribute.value);
    add('xml', xmlUri);
    this.scope = [...found.values()].filter(({ value }) => value !== '');
    return this.scope;
  }

  private *elementsAround(): Generator<TreeNode> {
    if (this.kind === 'element') yield this;
    if (this.parent) yield* this.parent.elementsAround();
  }

  /** The namespace a prefix stands for here; undefined if it is not declared. */
  lookupPrefix(prefix: string): string | undefined {
    if (prefix === 'xml') return xmlUri;
    return this.namespaces.find(({ local }) => local === prefix)?.value;
  }
}

export const xmlnsUri = 'http://www.w3.org/2000/xmlns/';
export const xmlUri = 'http://www.w3.org/XML/1998/namespace';

/** Text of any kind, which XPath does not tell apart. */
export function isText(node: TreeNode): boolean {
  return node.kind === 'text' || node.kind === 'cdata' || node.kind === 'blank';
}
