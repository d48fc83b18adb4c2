import type { XContainer } from './x-container.js';
import type { XElement } from './x-element.js';
import { missingParent, XObject } from './x-object.js';

/** System.Xml.Linq.XNode. */
export abstract class XNode extends XObject {
  abstract clone(): XNode;

  get nextNode(): XNode | null {
    return this.container?.siblingOf(this, 1) ?? null;
  }

  get previousNode(): XNode | null {
    return this.container?.siblingOf(this, -1) ?? null;
  }

  *ancestors(): Generator<XElement> {
    for (let element = this.parent; element; element = element.parent) yield element;
  }

  nodesAfterSelf(): readonly XNode[] {
    const all = this.container?.nodes() ?? [];
    return all.slice(all.indexOf(this) + 1);
  }

  nodesBeforeSelf(): readonly XNode[] {
    const all = this.container?.nodes() ?? [];
    return all.slice(0, all.indexOf(this));
  }

  /** Removes this node from its parent. */
  remove(): void {
    this.requireContainer().removeNode(this);
  }

  addAfterSelf(content: unknown): void {
    const container = this.requireContainer();
    container.insertContent(container.nodes().indexOf(this) + 1, content);
  }

  addBeforeSelf(content: unknown): void {
    const container = this.requireContainer();
    container.insertContent(container.nodes().indexOf(this), content);
  }

  replaceWith(content: unknown): void {
    const container = this.requireContainer();
    const index = container.nodes().indexOf(this);
    container.removeNode(this);
    container.insertContent(index, content);
  }

  /** Whether this node stands before `other` in document order. */
  isBefore(other: XNode): boolean {
    return compareDocumentOrder(this, other) < 0;
  }

  private requireContainer(): XContainer {
    if (!this.container) throw missingParent();
    return this.container;
  }
}

/** XNode.CompareDocumentOrder: negative, zero or positive; undefined without common ancestor. */
export function compareDocumentOrder(a: XNode, b: XNode): number {
  const first = pathOf(a);
  const second = pathOf(b);
  if (first[0] !== second[0]) return Number.NaN;
  let i = 0;
  while (i < first.length && first[i] === second[i]) i++;
  const [x, y] = [first[i], second[i]];
  if (!x || !y) return first.length - second.length;
  const siblings = x.container!.nodes();
  return siblings.indexOf(x) - siblings.indexOf(y);
}

function pathOf(node: XNode): XNode[] {
  const path: XNode[] = [];
  for (let at: XNode | null = node; at; at = at.container) path.unshift(at);
  return path;
}
