import { xpathException } from './xpath-lexer.js';
import type { XPathExpression } from './xpath-tree.js';

interface Signature {
  readonly least: number;
  readonly most: number;
  /** Arguments that must be node-sets. */
  readonly nodes?: boolean;
  readonly result?: 'nodes';
}

/** Number and kind of arguments of XPath's own functions. */
const signatures: Readonly<Record<string, Signature>> = {
  last: { least: 0, most: 0 },
  position: { least: 0, most: 0 },
  count: { least: 1, most: 1, nodes: true },
  id: { least: 1, most: 1, result: 'nodes' },
  'local-name': { least: 0, most: 1, nodes: true },
  'namespace-uri': { least: 0, most: 1, nodes: true },
  name: { least: 0, most: 1, nodes: true },
  string: { least: 0, most: 1 },
  concat: { least: 2, most: Number.POSITIVE_INFINITY },
  'starts-with': { least: 2, most: 2 },
  contains: { least: 2, most: 2 },
  'substring-before': { least: 2, most: 2 },
  'substring-after': { least: 2, most: 2 },
  substring: { least: 2, most: 3 },
  'string-length': { least: 0, most: 1 },
  'normalize-space': { least: 0, most: 1 },
  translate: { least: 3, most: 3 },
  boolean: { least: 1, most: 1 },
  not: { least: 1, most: 1 },
  true: { least: 0, most: 0 },
  false: { least: 0, most: 0 },
  lang: { least: 1, most: 1 },
  number: { least: 0, most: 1 },
  sum: { least: 1, most: 1, nodes: true },
  floor: { least: 1, most: 1 },
  ceiling: { least: 1, most: 1 },
  round: { least: 1, most: 1 },
};

/** Whether a call may give nodes: XPath's `id`, and functions that XPath does not know. */
export function isNodeSetCall(prefix: string, local: string): boolean {
  if (prefix !== '' || !Object.hasOwn(signatures, local)) return true;
  return signatures[local]!.result === 'nodes';
}

/** Refuses a call with the wrong number or kind of arguments, as .NET does when it parses. */
export function checkCall(
  call: Extract<XPathExpression, { kind: 'call' }>,
  text: string,
  mayBeNodeSet: (argument: XPathExpression) => boolean,
): void {
  if (call.prefix !== '' || !Object.hasOwn(signatures, call.local)) return;
  const { least, most, nodes } = signatures[call.local]!;
  const count = call.args.length;
  if (count < least || count > most)
    throw xpathException(
      `Function '${call.local}' in '${text}' has an invalid number of arguments.`,
    );
  if (nodes && call.args.some((argument) => !mayBeNodeSet(argument)))
    throw xpathException(
      `The argument to function '${call.local}' in '${text}' cannot be converted to a node-set.`,
    );
}
