import { countWork } from '../work-meter.js';
import { TreeNode, xmlUri } from '../xml-tree/tree-node.js';
import type { XPathContext } from './evaluate.js';
import { xpathException } from './xpath-lexer.js';
import {
  isNodeSet,
  numberOfText,
  toBoolean,
  toNumber,
  toText,
  type XPathValue,
} from './xpath-value.js';

/** A function's implementation: arguments evaluated, the context where it is called. */
export type XPathFunction = (args: readonly XPathValue[], context: XPathContext) => XPathValue;

const text = (args: readonly XPathValue[], index: number, context: XPathContext): string => {
  const value = args[index];
  return value === undefined ? context.node.stringValue : toText(value, context.numberText);
};

const firstNode = (args: readonly XPathValue[], context: XPathContext): TreeNode | undefined => {
  const value = args[0];
  if (value === undefined) return context.node;
  if (!isNodeSet(value)) throw xpathException('Expression must evaluate to a node-set.');
  return value[0];
};

const number = (args: readonly XPathValue[], index: number, context: XPathContext): number => {
  const value = args[index];
  return value === undefined ? numberOfText(context.node.stringValue) : toNumber(value);
};

function nodes(args: readonly XPathValue[]): readonly TreeNode[] {
  const value = args[0]!;
  if (isNodeSet(value)) return value;
  throw xpathException('Expression must evaluate to a node-set.');
}

function named(node: TreeNode | undefined): boolean {
  return node !== undefined && node.kind !== 'document' && node.kind !== 'comment';
}

const round = (value: number): number => {
  // Halves go up; what rounds to zero from below keeps its sign.
  if (value >= -0.5 && value < 0) return -0;
  return Math.floor(value + 0.5);
};

function substring(args: readonly XPathValue[], context: XPathContext): string {
  const source = text(args, 0, context);
  const start = round(toNumber(args[1]!));
  const end = args[2] === undefined ? Number.POSITIVE_INFINITY : start + round(toNumber(args[2]));
  if (Number.isNaN(start) || Number.isNaN(end)) return '';
  const from = Math.max(start - 1, 0);
  return source.slice(from, Math.max(end - 1, from));
}

function translate(source: string, from: string, to: string): string {
  countWork(source.length >> 3);
  const places = new Map<string, string>();
  for (let i = 0; i < from.length; i++)
    if (!places.has(from.charAt(i))) places.set(from.charAt(i), to.charAt(i));
  let result = '';
  for (let i = 0; i < source.length; i++) {
    const letter = source.charAt(i);
    result += places.get(letter) ?? letter;
  }
  return result;
}

function hasLanguage(node: TreeNode, wanted: string): boolean {
  for (let at: TreeNode | null = node; at; at = at.parent) {
    const lang = at.attributes.find((one) => one.uri === xmlUri && one.local === 'lang');
    if (!lang) continue;
    const value = lang.value.toLowerCase();
    return value === wanted.toLowerCase() || value.startsWith(`${wanted.toLowerCase()}-`);
  }
  return false;
}

/** The core function library of XPath 1.0. */
export const coreFunctions: ReadonlyMap<string, XPathFunction> = new Map<string, XPathFunction>([
  ['last', (_, context) => context.size],
  ['position', (_, context) => context.position],
  ['count', (args) => nodes(args).length],
  // Only a DTD can say what an ID is, and there is none.
  ['id', () => []],
  [
    'local-name',
    (args, context) => {
      const node = firstNode(args, context);
      return named(node) ? node!.local : '';
    },
  ],
  ['namespace-uri', (args, context) => firstNode(args, context)?.uri ?? ''],
  [
    'name',
    (args, context) => {
      const node = firstNode(args, context);
      return named(node) ? node!.name : '';
    },
  ],
  ['string', (args, context) => text(args, 0, context)],
  ['concat', (args, context) => args.map((arg) => toText(arg, context.numberText)).join('')],
  ['starts-with', (args, c) => text(args, 0, c).startsWith(text(args, 1, c))],
  ['contains', (args, c) => text(args, 0, c).includes(text(args, 1, c))],
  [
    'substring-before',
    (args, c) => {
      const source = text(args, 0, c);
      return source.slice(0, Math.max(source.indexOf(text(args, 1, c)), 0));
    },
  ],
  [
    'substring-after',
    (args, c) => {
      const [source, sought] = [text(args, 0, c), text(args, 1, c)];
      const index = source.indexOf(sought);
      return index < 0 ? '' : source.slice(index + sought.length);
    },
  ],
  ['substring', substring],
  ['string-length', (args, c) => text(args, 0, c).length],
  [
    'normalize-space',
    (args, c) => {
      const source = text(args, 0, c);
      countWork(source.length >> 4);
      return source.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '');
    },
  ],
  ['translate', (args, c) => translate(text(args, 0, c), text(args, 1, c), text(args, 2, c))],
  ['boolean', (args) => toBoolean(args[0]!)],
  ['not', (args) => !toBoolean(args[0]!)],
  ['true', () => true],
  ['false', () => false],
  ['lang', (args, context) => hasLanguage(context.node, text(args, 0, context))],
  ['number', (args, context) => number(args, 0, context)],
  ['sum', (args) => nodes(args).reduce((sum, node) => sum + numberOfText(node.stringValue), 0)],
  ['floor', (args) => Math.floor(toNumber(args[0]!))],
  ['ceiling', (args) => Math.ceil(toNumber(args[0]!))],
  ['round', (args) => round(toNumber(args[0]!))],
]);
