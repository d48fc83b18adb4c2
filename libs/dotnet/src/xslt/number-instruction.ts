import { countWork } from '../work-meter.js';
import type { TreeNode } from '../xml-tree/tree-node.js';
import { compileTextTemplate } from './avt.js';
import { attributeOf, checkAttributes, type InstructionCompiler } from './compiler.js';
import { compileXPath, prefixResolver } from './expression.js';
import { xsltNumber } from './number-text.js';
import { parsePattern, type Pattern } from './pattern.js';
import type { Frame } from './runtime.js';

/** xsl:number. */
export const numberInstruction: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, [
    'level',
    'count',
    'from',
    'value',
    'format',
    'lang',
    'letter-value',
    'grouping-separator',
    'grouping-size',
  ]);
  const scope = compiler.scope(element);
  const template = (name: string, otherwise: string) =>
    compileTextTemplate(attributeOf(element, name) ?? otherwise, scope);
  const value = attributeOf(element, 'value');
  const expression = value === undefined ? undefined : compileXPath(value, scope);
  const [format, separator, size] = [
    template('format', '1'),
    template('grouping-separator', ''),
    template('grouping-size', '0'),
  ];
  const count = countRules(element);
  return (frame) => {
    const grouping = { separator: separator(frame), size: Number(size(frame)) || 0 };
    if (expression) {
      const number = expression.number(frame);
      const rounded = Math.floor(number + 0.5);
      // What is no positive number is written as it is.
      const text = rounded >= 1 && Number.isFinite(rounded) ? undefined : xsltNumber(number);
      frame.output.text(text ?? formatNumbers([rounded], format(frame), grouping));
      return;
    }
    frame.output.text(formatNumbers(count(frame), format(frame), grouping));
  };
};

type Counter = (frame: Frame) => number[];

function countRules(element: TreeNode): Counter {
  const level = attributeOf(element, 'level') ?? 'single';
  const [countText, fromText] = [attributeOf(element, 'count'), attributeOf(element, 'from')];
  const [count, from] = [countText, fromText].map((text) =>
    text === undefined ? undefined : parsePattern(text),
  );
  const resolve = prefixResolver(element);
  return (frame) => {
    const environment = frame.run.environment(frame, resolve);
    const fits = (patterns: readonly Pattern[], node: TreeNode): boolean =>
      patterns.some((pattern) => pattern.matches(node, environment));
    const counted = (node: TreeNode): boolean =>
      count ? fits(count, node) : sameKind(node, frame.node);
    const begins = (node: TreeNode): boolean => from !== undefined && fits(from, node);
    if (level === 'any') return countAny(frame.node, counted, begins);
    return countSiblings(frame.node, { counted, begins, multiple: level === 'multiple' });
  };
}

function sameKind(a: TreeNode, b: TreeNode): boolean {
  return a.kind === b.kind && a.local === b.local && a.uri === b.uri;
}

function countSiblings(
  node: TreeNode,
  {
    counted,
    begins,
    multiple,
  }: {
    counted: (node: TreeNode) => boolean;
    begins: (node: TreeNode) => boolean;
    multiple: boolean;
  },
): number[] {
  const numbers: number[] = [];
  for (let at: TreeNode | null = node; at && !begins(at); at = at.parent) {
    if (!counted(at)) continue;
    const siblings: readonly TreeNode[] = at.parent?.children ?? [at];
    countWork(siblings.length);
    const before = siblings.slice(0, siblings.indexOf(at)).filter(counted).length;
    numbers.unshift(before + 1);
    if (!multiple) break;
  }
  return numbers;
}

function countAny(
  node: TreeNode,
  counted: (node: TreeNode) => boolean,
  begins: (node: TreeNode) => boolean,
): number[] {
  let total = 0;
  let done = false;
  const visit = (at: TreeNode): void => {
    if (done) return;
    countWork(1);
    if (begins(at)) total = 0;
    if (counted(at)) total++;
    if (at === node) {
      done = true;
      return;
    }
    for (const child of at.children) visit(child);
  };
  visit(node.root);
  return total === 0 ? [] : [total];
}

interface Grouping {
  readonly separator: string;
  readonly size: number;
}

/** Numbers by a format such as `1.1`, `A)`, `i`. */
function formatNumbers(numbers: readonly number[], format: string, grouping: Grouping): string {
  if (numbers.length === 0) return '';
  const tokens = format.match(/[\p{L}\p{N}]+|[^\p{L}\p{N}]+/gu) ?? [];
  const isToken = (text: string | undefined): boolean => /[\p{L}\p{N}]/u.test(text ?? '');
  const prefix = tokens.length > 0 && !isToken(tokens[0]) ? tokens[0]! : '';
  const suffix = tokens.length > 1 && !isToken(tokens.at(-1)) ? tokens.at(-1)! : '';
  const formats = tokens.filter(isToken);
  const body = tokens.slice(prefix === '' ? 0 : 1, suffix === '' ? undefined : -1);
  const separators = body.filter((text) => !isToken(text));
  if (formats.length === 0) formats.push('1');
  let text = prefix;
  for (const [i, number] of numbers.entries()) {
    if (i > 0) text += separators[Math.min(i, separators.length) - 1] ?? '.';
    text += formatOne(number, formats[Math.min(i, formats.length - 1)]!, grouping);
  }
  return text + suffix;
}

function formatOne(number: number, token: string, { separator, size }: Grouping): string {
  if (token === 'A' || token === 'a') {
    const letters = alphabetic(number);
    return token === 'A' ? letters : letters.toLowerCase();
  }
  if (token === 'I' || token === 'i') {
    const letters = roman(number);
    if (letters !== undefined) return token === 'I' ? letters : letters.toLowerCase();
  }
  const digits = String(number).padStart(/^0*1$/.test(token) ? token.length : 1, '0');
  return separator !== '' && size > 0
    ? digits.replace(new RegExp(`\\B(?=(\\d{${size}})+$)`, 'g'), separator)
    : digits;
}

function alphabetic(number: number): string {
  let text = '';
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26))
    text = String.fromCharCode(65 + ((rest - 1) % 26)) + text;
  return text;
}

const romanValues: readonly (readonly [number, string])[] = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

// Beyond 32767 there is no Roman number.
function roman(number: number): string | undefined {
  if (number > 32_767) return undefined;
  let [rest, text] = [number, ''];
  for (const [value, letters] of romanValues) for (; rest >= value; rest -= value) text += letters;
  return text;
}
