import { numberToText } from '../numbers/format-number.js';
import { TreeNode } from '../xml-tree/tree-node.js';

/** A value of XPath 1.0; node-sets are in document order without doubles. */
export type XPathValue = string | number | boolean | readonly TreeNode[];

/** Node-sets that stand for result tree fragments: only functions may take them. */
export const fragments = new WeakSet<readonly TreeNode[]>();

/** Sorts nodes into document order and drops doubles. */
export function inDocumentOrder(nodes: readonly TreeNode[]): readonly TreeNode[] {
  let sorted = true;
  for (let i = 1; i < nodes.length; i++) sorted &&= nodes[i - 1]!.order < nodes[i]!.order;
  if (sorted) return nodes;
  return [...new Set(nodes)].toSorted((a, b) => a.order - b.order);
}

/** `boolean()`. */
export function toBoolean(value: XPathValue): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value);
  return value.length > 0;
}

/** Text to number: no exponent, no plus sign; else NaN. */
export function numberOfText(text: string): number {
  const trimmed = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (/^-?Infinity$/.test(trimmed)) return Number(trimmed);
  return /^-?(?:\d+\.?\d*|\.\d+)$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** `number()`. */
export function toNumber(value: XPathValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return numberOfText(value);
  return numberOfText(value[0]?.stringValue ?? '');
}

/** How numbers become text: XPath by XPathNavigator (`1E-07`) or as XSLT writes them. */
export type NumberText = (value: number) => string;

/** Number text of .NET's XPathNavigator. */
export const navigatorNumber: NumberText = (value) => numberToText('double', value);

/** `string()`. */
export function toText(value: XPathValue, numberText: NumberText): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return typeof value === 'number' ? numberText(value) : (value[0]?.stringValue ?? '');
}

/** Whether a value is a node-set. */
export function isNodeSet(value: XPathValue): value is readonly TreeNode[] {
  return Array.isArray(value);
}

/** `=`, `!=`, `<` … of any two values (XPath 1.0, 3.4). */
export function compareValues(operator: string, left: XPathValue, right: XPathValue): boolean {
  if (isNodeSet(left) && isNodeSet(right)) return compareSets(operator, left, right);
  if (isNodeSet(left)) return compareSet(operator, left, right as string | number | boolean);
  if (isNodeSet(right))
    return compareSet(mirrored[operator] ?? operator, right, left as string | number | boolean);
  return compareAtoms(operator, left as Atom, right as Atom);
}

type Atom = string | number | boolean;

const mirrored: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function compareSets(
  operator: string,
  left: readonly TreeNode[],
  right: readonly TreeNode[],
): boolean {
  if (operator === '=' || operator === '!=') {
    const texts = new Set(right.map((node) => node.stringValue));
    return left.some(({ stringValue }) =>
      operator === '='
        ? texts.has(stringValue)
        : texts.size > 1 || (texts.size === 1 && !texts.has(stringValue)),
    );
  }
  // One pair is enough: only the outermost number of the right side counts.
  const numbers = right
    .map((node) => numberOfText(node.stringValue))
    .filter((value) => !Number.isNaN(value));
  if (numbers.length === 0) return false;
  const sign = operator.startsWith('<') ? 1 : -1;
  const limit = numbers.reduce((best, value) => (value * sign > best * sign ? value : best));
  return left.some((node) => compareNumbers(operator, numberOfText(node.stringValue), limit));
}

function compareSet(operator: string, nodes: readonly TreeNode[], other: Atom): boolean {
  if (typeof other === 'boolean') return compareAtoms(operator, nodes.length > 0, other);
  return nodes.some((node) => {
    const text = node.stringValue;
    return compareAtoms(operator, typeof other === 'number' ? numberOfText(text) : text, other);
  });
}

function compareAtoms(operator: string, left: Atom, right: Atom): boolean {
  if (operator === '=' || operator === '!=') {
    const equal = equalAtoms(left, right);
    return operator === '=' ? equal : !equal;
  }
  return compareNumbers(operator, toNumber(left), toNumber(right));
}

function equalAtoms(left: Atom, right: Atom): boolean {
  if (typeof left === 'boolean' || typeof right === 'boolean')
    return toBoolean(left) === toBoolean(right);
  if (typeof left === 'number' || typeof right === 'number')
    return toNumber(left) === toNumber(right);
  return left === right;
}

function compareNumbers(operator: string, left: number, right: number): boolean {
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}
