import { argumentException } from '../dotnet-error.js';
import { valueToText } from './value-to-text.js';
import { XAttribute } from './x-attribute.js';
import type { XElement } from './x-element.js';
import { XText } from './x-leaves.js';
import type { XName } from './x-name.js';
import { XNode } from './x-node.js';
import { countWork } from '../work-meter.js';

/** System.Xml.Linq.XContainer: an element or a document. */
export abstract class XContainer extends XNode {
  protected readonly items: XNode[] = [];
  /** Content that is the empty string: the element is written `<a></a>`. */
  protected emptyText = false;

  abstract override clone(): XContainer;

  get firstNode(): XNode | null {
    return this.items[0] ?? null;
  }

  get lastNode(): XNode | null {
    return this.items.at(-1) ?? null;
  }

  nodes(): readonly XNode[] {
    return this.items;
  }

  /** The nodes while the tree may change: a node that is taken out ends the enumeration. */
  *enumerate(): Generator<XNode> {
    let index = 0;
    for (let node = this.items[0]; node; node = this.items[++index]) {
      countWork(1);
      yield node;
      if (node.container !== this) return;
      if (this.items[index] !== node) index = this.items.indexOf(node);
    }
  }

  siblingOf(node: XNode, distance: 1 | -1): XNode | null {
    countWork(this.items.length >> 6);
    return this.items[this.items.indexOf(node) + distance] ?? null;
  }

  /** Child elements, of that name where one is given. */
  elements(name?: XName | null): readonly XElement[] {
    if (name === null) return [];
    countWork(this.items.length >> 2);
    return this.items.filter((node) => isElement(node, name)) as XElement[];
  }

  element(name: XName | null): XElement | null {
    if (name === null) return null;
    countWork(this.items.length >> 3);
    return (this.items.find((node) => isElement(node, name)) as XElement | undefined) ?? null;
  }

  *descendantNodes(): Generator<XNode> {
    for (const node of this.items) {
      countWork(1);
      yield node;
      if (node instanceof XContainer) yield* node.descendantNodes();
    }
  }

  *descendants(name?: XName | null): Generator<XElement> {
    if (name === null) return;
    for (const node of this.descendantNodes()) if (isElement(node, name)) yield node as XElement;
  }

  /** Adds content at the end: nodes, attributes, plain values, enumerables of these. */
  add(content: unknown): void {
    for (const part of contentParts(content)) this.addPart(part, this.items.length);
  }

  addFirst(content: unknown): void {
    this.insertContent(0, content);
  }

  /** Inserts content before the node at `index`. */
  insertContent(index: number, content: unknown): void {
    let at = index;
    for (const part of contentParts(content)) {
      if (part instanceof XAttribute)
        throw argumentException('An attribute cannot be added to content.');
      const before = this.items.length;
      this.addPart(part, at);
      at += this.items.length - before;
    }
  }

  /** Removes all nodes; attributes stay. */
  removeNodes(): void {
    for (const node of this.items) node.container = null;
    this.items.length = 0;
    this.emptyText = false;
  }

  replaceNodes(content: unknown): void {
    const parts = contentParts(content);
    this.removeNodes();
    this.add(parts);
  }

  removeNode(node: XNode): void {
    this.items.splice(this.items.indexOf(node), 1);
    node.container = null;
  }

  /** Appends a node just made by a parser: no checks, no copy. */
  append(node: XNode): void {
    node.container = this;
    this.emptyText = false;
    this.items.push(node);
  }

  /** Marks content as the empty string where there is none. */
  appendEmptyText(): void {
    if (this.items.length === 0) this.emptyText = true;
  }

  protected addAttributePart(_attribute: XAttribute): void {
    throw argumentException('An attribute cannot be added to content.');
  }

  /** Refuses a node that cannot stand here. */
  protected abstract validateNode(node: XNode, index: number): void;
  protected abstract validateText(text: string): void;

  private addPart(part: unknown, index: number): void {
    if (part instanceof XAttribute) this.addAttributePart(part);
    else if (part instanceof XNode) this.addNode(part, index);
    else this.addText(valueToText(part), index);
  }

  private addNode(node: XNode, index: number): void {
    this.validateNode(node, index);
    const taken = node.container !== null || this.isInside(node);
    const own = taken ? node.clone() : node;
    own.container = this;
    this.items.splice(index, 0, own);
  }

  // Text joins the text before it, as XLinq's lazily kept string content does.
  private addText(text: string, index: number): void {
    this.validateText(text);
    if (text === '') {
      if (this.items.length === 0) this.emptyText = true;
      return;
    }
    const before = this.items[index - 1];
    if (before?.nodeType === 'Text') {
      const node = before as XText;
      node.value += text;
      return;
    }
    const node = new XText(text);
    node.container = this;
    this.items.splice(index, 0, node);
  }

  /** Whether this container is the node or stands in it. */
  isInside(node: XNode): boolean {
    if (node === this) return true;
    if (!(node instanceof XContainer) || node.items.length === 0) return false;
    let above = this.container;
    while (above && above !== node) above = above.container;
    return above === node;
  }
}

function isElement(node: XNode, name: XName | undefined): boolean {
  if (node.nodeType !== 'Element') return false;
  return name === undefined || (node as XElement).name.equals(name);
}

/** Unfolds content: enumerables (also of enumerables) into parts, nulls left out. */
export function contentParts(content: unknown): unknown[] {
  if (content === null || content === undefined) return [];
  if (typeof content !== 'object' || content instanceof Uint8Array) return [content];
  // A JSON token enumerates its children and never comes to text.
  if ('className' in content && 'deepClone' in content) return [];
  if (!(Symbol.iterator in content)) return [content];
  return [...(content as Iterable<unknown>)].flatMap(contentParts);
}
