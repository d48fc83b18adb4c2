import { countWork } from '../work-meter.js';
import { isText, type TreeNode } from '../xml-tree/tree-node.js';
import type { Axis, NodeTest } from './xpath-tree.js';

/** Nodes of an axis in its own order: reverse axes give the nearest first. */
export function axisNodes(node: TreeNode, axis: Axis): Iterable<TreeNode> {
  switch (axis) {
    case 'child':
      return node.children;
    case 'attribute':
      return node.attributes.filter((attribute) => !attribute.isDeclaration);
    case 'namespace':
      return node.kind === 'element' ? node.namespaces : [];
    case 'self':
      return [node];
    case 'parent':
      return node.parent ? [node.parent] : [];
    case 'ancestor':
      return ancestors(node.parent);
    case 'ancestor-or-self':
      return ancestors(node);
    case 'descendant':
      return descendants(node);
    case 'descendant-or-self':
      return descendantsAndSelf(node);
    case 'following-sibling':
      return siblings(node).after;
    case 'preceding-sibling':
      return siblings(node).before.toReversed();
    case 'following':
      return following(node);
    case 'preceding':
      return preceding(node);
  }
}

function* ancestors(start: TreeNode | null): Generator<TreeNode> {
  for (let node = start; node; node = node.parent) yield node;
}

function* descendants(node: TreeNode): Generator<TreeNode> {
  for (const child of node.children) {
    yield child;
    yield* descendants(child);
  }
}

function* descendantsAndSelf(node: TreeNode): Generator<TreeNode> {
  yield node;
  yield* descendants(node);
}

function siblings(node: TreeNode): { before: TreeNode[]; after: TreeNode[] } {
  const all =
    node.kind === 'attribute' || node.kind === 'namespace' ? [] : (node.parent?.children ?? []);
  countWork(all.length >> 4);
  const index = all.indexOf(node);
  return { before: all.slice(0, Math.max(index, 0)), after: all.slice(index + 1) };
}

function* following(node: TreeNode): Generator<TreeNode> {
  // The children of an attribute's element come after the attribute.
  if ((node.kind === 'attribute' || node.kind === 'namespace') && node.parent)
    yield* descendants(node.parent);
  for (let at: TreeNode | null = holder(node); at; at = at.parent)
    for (const sibling of siblings(at).after) yield* descendantsAndSelf(sibling);
}

function* preceding(node: TreeNode): Generator<TreeNode> {
  for (let at: TreeNode | null = holder(node); at; at = at.parent)
    for (const sibling of siblings(at).before.toReversed()) yield* reversed(sibling);
}

function holder(node: TreeNode): TreeNode | null {
  return node.kind === 'attribute' || node.kind === 'namespace' ? node.parent : node;
}

function* reversed(node: TreeNode): Generator<TreeNode> {
  for (const child of node.children.toReversed()) yield* reversed(child);
  yield node;
}

/** Whether a node fits a test; names are of the axis's principal node type. */
export function fits(
  node: TreeNode,
  axis: Axis,
  test: NodeTest,
  resolve: (prefix: string) => string,
): boolean {
  switch (test.kind) {
    case 'node':
      return node.kind !== 'declaration' && node.kind !== 'doctype';
    case 'text':
      return isText(node);
    case 'comment':
      return node.kind === 'comment';
    case 'instruction':
      return node.kind === 'instruction' && (test.target === null || test.target === node.local);
    case 'any':
      return isPrincipal(node, axis);
    case 'namespace':
      return isPrincipal(node, axis) && node.uri === resolve(test.prefix);
    case 'name':
      return (
        isPrincipal(node, axis) &&
        node.local === test.local &&
        node.uri === (test.prefix === '' ? '' : resolve(test.prefix))
      );
  }
}

function isPrincipal(node: TreeNode, axis: Axis): boolean {
  if (axis === 'attribute') return node.kind === 'attribute';
  return axis === 'namespace' ? node.kind === 'namespace' : node.kind === 'element';
}
