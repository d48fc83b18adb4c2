import { compareText } from '../text/compare.js';
import type { TreeNode } from '../xml-tree/tree-node.js';
import { numberOfText } from '../xpath/xpath-value.js';
import { compileTextTemplate } from './avt.js';
import { attributeOf, checkAttributes, type Compiler } from './compiler.js';
import { compileXPath } from './expression.js';
import type { Frame } from './runtime.js';
import { transformError } from './xslt-error.js';

/** Sorts nodes for a frame; without xsl:sort they stay as they are. */
export type NodeSorter = (nodes: readonly TreeNode[], frame: Frame) => readonly TreeNode[];

interface Criterion {
  readonly keys: readonly (string | number)[];
  readonly sign: 1 | -1;
  readonly compare: (a: string | number, b: string | number) => number;
}

/** Compiles xsl:sort elements, the most important first. */
export function compileSorts(elements: readonly TreeNode[], compiler: Compiler): NodeSorter {
  if (elements.length === 0) return (nodes) => nodes;
  const criteria = elements.map((element) => compileSort(element, compiler));
  return (nodes, frame) => {
    const all = criteria.map((criterion) => criterion(nodes, frame));
    const order = nodes.map((_, i) => i);
    order.sort((a, b) => {
      for (const { keys, sign, compare } of all) {
        const difference = compare(keys[a]!, keys[b]!);
        if (difference !== 0) return difference * sign;
      }
      return a - b;
    });
    return order.map((i) => nodes[i]!);
  };
}

function compileSort(
  element: TreeNode,
  compiler: Compiler,
): (nodes: readonly TreeNode[], frame: Frame) => Criterion {
  checkAttributes(element, ['select', 'lang', 'data-type', 'order', 'case-order']);
  const scope = compiler.scope(element);
  const select = compileXPath(attributeOf(element, 'select') ?? '.', scope);
  const option = (name: string, otherwise: string) =>
    compileTextTemplate(attributeOf(element, name) ?? otherwise, scope);
  const [type, order, caseOrder] = [
    option('data-type', 'text'),
    option('order', 'ascending'),
    option('case-order', ''),
  ];
  return (nodes, frame) => {
    const numeric = oneOf(type(frame), ['text', 'number'], 'data-type') === 'number';
    const upperFirst = caseOrder(frame) === 'upper-first';
    const keys = nodes.map((node, i) => {
      const text = select.text({ ...frame, node, position: i + 1, size: nodes.length });
      return numeric ? numberOfText(text) : text;
    });
    return {
      keys,
      sign: oneOf(order(frame), ['ascending', 'descending'], 'order') === 'descending' ? -1 : 1,
      compare: numeric ? compareNumbers : textOrder(upperFirst),
    };
  };
}

function oneOf(value: string, allowed: readonly string[], name: string): string {
  if (allowed.includes(value)) return value;
  throw transformError(`The value of the '${name}' attribute must be '${allowed.join("' or '")}'.`);
}

// What is no number comes first.
function compareNumbers(a: string | number, b: string | number): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(y)) - Number(Number.isNaN(x));
  return x - y;
}

function textOrder(upperFirst: boolean): (a: string | number, b: string | number) => number {
  return (a, b) => {
    const [x, y] = [String(a), String(b)];
    const order = compareText(x, y, 'InvariantCulture');
    // Same letters: only the case can differ.
    if (upperFirst && x.toLowerCase() === y.toLowerCase()) return -order;
    return order;
  };
}
